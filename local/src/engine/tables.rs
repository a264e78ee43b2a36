//! The tables of `tables.json`, made at the first start.

use std::collections::BTreeMap;

use dynoxide::{Database, DynoxideError};
use serde_json::{Value, json};
use shared::tables::{Index, Key, KeyType, StreamView, Table, Tables};

use super::Result;

/// Makes those of `tables` that are not there yet.
///
/// # Errors
/// When the database refuses.
pub fn create(database: &Database, tables: &Tables) -> Result<()> {
    tables.iter().try_for_each(|(name, table)| create_one(database, name, table))
}

/// Makes the table `name` unless it is there.
///
/// # Errors
/// When the database refuses.
pub fn create_one(database: &Database, name: &str, table: &Table) -> Result<()> {
    match database.create_table(serde_json::from_value(definition(name, table))?) {
        Ok(_) => {}
        Err(DynoxideError::ResourceInUseException(_)) => add_stream(database, name, table)?,
        Err(error) => return Err(error.into()),
    }
    if let Some(attribute) = &table.time_to_live {
        let specification = json!({ "AttributeName": attribute, "Enabled": true });
        let request = json!({ "TableName": name, "TimeToLiveSpecification": specification });
        database.update_time_to_live(serde_json::from_value(request)?)?;
    }
    Ok(())
}

/// A table that an older version made has none.
fn add_stream(database: &Database, name: &str, table: &Table) -> Result<()> {
    let Some(view) = table.stream else { return Ok(()) };
    let described =
        database.describe_table(serde_json::from_value(json!({ "TableName": name }))?)?;
    if described.table.latest_stream_arn.is_none() {
        let request = json!({ "TableName": name, "StreamSpecification": stream(view) });
        database.update_table(serde_json::from_value(request)?)?;
    }
    Ok(())
}

fn stream(view: StreamView) -> Value {
    let StreamView::NewAndOldImages = view;
    json!({ "StreamEnabled": true, "StreamViewType": "NEW_AND_OLD_IMAGES" })
}

/// What `CreateTable` is asked for.
#[must_use]
pub fn definition(name: &str, table: &Table) -> Value {
    let mut definition = json!({
        "TableName": name,
        "BillingMode": "PAY_PER_REQUEST",
        "KeySchema": key_schema(&table.partition_key, table.sort_key.as_ref()),
        "AttributeDefinitions": attributes(table),
    });
    if let Some(view) = table.stream {
        definition["StreamSpecification"] = stream(view);
    }
    if !table.indexes.is_empty() {
        definition["GlobalSecondaryIndexes"] =
            table.indexes.iter().map(|(name, index)| global_index(name, index)).collect();
    }
    definition
}

fn global_index(name: &str, index: &Index) -> Value {
    let projection = match &index.attributes {
        None => json!({ "ProjectionType": "ALL" }),
        Some(names) if names.is_empty() => json!({ "ProjectionType": "KEYS_ONLY" }),
        Some(names) => json!({ "ProjectionType": "INCLUDE", "NonKeyAttributes": names }),
    };
    json!({
        "IndexName": name,
        "KeySchema": key_schema(&index.partition_key, Some(&index.sort_key)),
        "Projection": projection,
    })
}

fn key_schema(partition: &Key, sort: Option<&Key>) -> Value {
    let element = |key: &Key, kind| json!({ "AttributeName": key.name, "KeyType": kind });
    [element(partition, "HASH")].into_iter().chain(sort.map(|key| element(key, "RANGE"))).collect()
}

/// Every key attribute of the table and its indexes, each once.
fn attributes(table: &Table) -> Value {
    let of_indexes =
        table.indexes.values().flat_map(|index| [&index.partition_key, &index.sort_key]);
    let keys = [&table.partition_key].into_iter().chain(&table.sort_key).chain(of_indexes);
    let kinds: BTreeMap<&str, &str> = keys.map(|key| (key.name.as_str(), kind(key.kind))).collect();
    kinds
        .into_iter()
        .map(|(name, kind)| json!({ "AttributeName": name, "AttributeType": kind }))
        .collect()
}

fn kind(kind: KeyType) -> &'static str {
    match kind {
        KeyType::S => "S",
        KeyType::N => "N",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn described(database: &Database, name: &str) -> Value {
        let request = || json!({ "TableName": name });
        let table = database.describe_table(serde_json::from_value(request()).unwrap()).unwrap();
        let ttl = database.describe_time_to_live(serde_json::from_value(request()).unwrap());
        let mut description = serde_json::to_value(table.table).unwrap();
        description["timeToLive"] = json!(ttl.unwrap().time_to_live_description.attribute_name);
        description
    }

    /// The names and types of a key, as `tables.json` writes them.
    fn keys(schema: &Value, attributes: &Value) -> Vec<Value> {
        let kind = |name: &Value| {
            let mut attributes = attributes.as_array().unwrap().iter();
            attributes.find(|each| each["AttributeName"] == *name).unwrap()["AttributeType"].clone()
        };
        let keys = schema.as_array().unwrap().iter().map(|key| &key["AttributeName"]);
        keys.map(|name| json!({ "name": name, "type": kind(name) })).collect()
    }

    fn keys_of(row: &Value) -> Vec<Value> {
        [&row["partitionKey"], &row["sortKey"]]
            .into_iter()
            .filter(|key| key.is_object())
            .cloned()
            .collect()
    }

    /// None and no names are the same.
    fn names(names: &Value) -> Vec<Value> {
        names.as_array().cloned().unwrap_or_default()
    }

    #[test]
    fn the_tables_are_what_tables_json_says() {
        let database = Database::memory().unwrap();
        create(&database, &shared::tables::tables().unwrap()).unwrap();
        let rows: BTreeMap<String, Value> =
            serde_json::from_str(include_str!("../../../tables.json")).unwrap();
        for (name, row) in rows {
            let table = described(&database, &name);
            let attributes = &table["AttributeDefinitions"];
            assert_eq!(keys(&table["KeySchema"], attributes), keys_of(&row), "{name}");
            assert_eq!(table["timeToLive"], row["timeToLive"], "{name}");
            let view = &table["StreamSpecification"]["StreamViewType"];
            assert_eq!(view, &row["stream"], "{name}");
            let indexes = table["GlobalSecondaryIndexes"].as_array().cloned().unwrap_or_default();
            let wanted = row["indexes"].as_object().cloned().unwrap_or_default();
            assert_eq!(indexes.len(), wanted.len(), "{name}");
            for index in indexes {
                let wanted = &wanted[index["IndexName"].as_str().unwrap()];
                let projection = match wanted["attributes"].as_array().map(Vec::len) {
                    None => "ALL",
                    Some(0) => "KEYS_ONLY",
                    Some(_) => "INCLUDE",
                };
                assert_eq!(index["Projection"]["ProjectionType"], projection, "{name}");
                assert_eq!(keys(&index["KeySchema"], attributes), keys_of(wanted), "{name}");
                let also = &index["Projection"]["NonKeyAttributes"];
                assert_eq!(names(also), names(&wanted["attributes"]), "{name}");
            }
        }
    }

    #[test]
    fn a_table_that_had_no_stream_gets_one_and_keeps_it() {
        let database = Database::memory().unwrap();
        let with_stream = shared::tables::tables().unwrap().remove("Messages").unwrap();
        let without = Table { stream: None, ..with_stream.clone() };
        create_one(&database, "Messages", &without).unwrap();
        let stream = || described(&database, "Messages")["LatestStreamArn"].clone();
        assert_eq!(stream(), Value::Null);
        create_one(&database, "Messages", &with_stream).unwrap();
        let first = stream();
        assert!(first.is_string());
        create_one(&database, "Messages", &with_stream).unwrap();
        assert_eq!(stream(), first);
    }

    #[test]
    fn every_table_is_made_once_and_a_missing_one_is_added() {
        let database = Database::memory().unwrap();
        let all = shared::tables::tables().unwrap();
        let mut older = all.clone();
        older.pop_last();
        create(&database, &older).unwrap();
        create(&database, &all).unwrap();
        create(&database, &all).unwrap();
        let names = database.list_tables(serde_json::from_str("{}").unwrap()).unwrap().table_names;
        assert!(names.iter().eq(all.keys()));
    }
}
