//! The tables of `tables.json`, made at the first start.

use std::collections::BTreeMap;

use dynoxide::{Database, DynoxideError};
use serde_json::{Value, json};
use shared::tables::{Index, Key, KeyType, Table, Tables};

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
        Ok(_) | Err(DynoxideError::ResourceInUseException(_)) => {}
        Err(error) => return Err(error.into()),
    }
    if let Some(attribute) = &table.time_to_live {
        let specification = json!({ "AttributeName": attribute, "Enabled": true });
        let request = json!({ "TableName": name, "TimeToLiveSpecification": specification });
        database.update_time_to_live(serde_json::from_value(request)?)?;
    }
    Ok(())
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
