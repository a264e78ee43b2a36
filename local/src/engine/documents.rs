//! What the local engines keep for themselves: JSON documents by kind and id, in a table beside the product's.

use std::collections::{BTreeMap, HashMap};

use dynoxide::actions::delete_item::DeleteItemRequest;
use dynoxide::actions::get_item::GetItemRequest;
use dynoxide::actions::put_item::PutItemRequest;
use dynoxide::actions::query::QueryRequest;
use dynoxide::actions::transact_write_items::{
    TransactDelete, TransactPut, TransactWriteItem, TransactWriteItemsRequest,
};
use dynoxide::{AttributeValue, Database, DynoxideError, Item, item};
use serde::Serialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use shared::tables::{Key, KeyType, Table};

use super::{Result, tables};

const TABLE: &str = "_local";

/// The documents. Every call blocks its thread for as long as the database takes.
#[derive(Clone)]
pub struct Documents {
    database: Database,
}

/// How many documents can be changed together.
const MAX_CHANGES: usize = 100;

/// Documents to write and to delete, at most 100, each named once.
#[derive(Default)]
pub struct Changes(Vec<TransactWriteItem>);

impl Changes {
    /// Writes a document, over an older one where there is one.
    ///
    /// # Errors
    /// When the document cannot be written as JSON.
    pub fn put(&mut self, kind: &str, id: &str, document: &impl Serialize) -> Result<()> {
        let item = row(kind, id, document)?;
        let put = TransactPut { table_name: TABLE.to_owned(), item, ..TransactPut::default() };
        self.0.push(TransactWriteItem { put: Some(put), ..TransactWriteItem::default() });
        Ok(())
    }

    /// Deletes a document; there need not be one.
    pub fn delete(&mut self, kind: &str, id: &str) {
        let key = key(kind, id);
        let delete =
            TransactDelete { table_name: TABLE.to_owned(), key, ..TransactDelete::default() };
        self.0.push(TransactWriteItem { delete: Some(delete), ..TransactWriteItem::default() });
    }
}

impl Documents {
    /// The documents of `database`.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn open(database: Database) -> Result<Self> {
        let key = |name: &str| Key { name: name.to_owned(), kind: KeyType::S };
        let table = Table {
            partition_key: key("kind"),
            sort_key: Some(key("id")),
            time_to_live: Some("expiresAt".to_owned()),
            stream: None,
            indexes: BTreeMap::new(),
        };
        tables::create_one(&database, TABLE, &table)?;
        Ok(Self { database })
    }

    /// The document, where there is one. One that has expired may still be there.
    ///
    /// # Errors
    /// When the database refuses or the document is no `T`.
    pub fn get<T: DeserializeOwned>(&self, kind: &str, id: &str) -> Result<Option<T>> {
        let response = self.database.get_item(GetItemRequest {
            table_name: TABLE.to_owned(),
            key: key(kind, id),
            ..GetItemRequest::default()
        })?;
        response.item.as_ref().map(parse).transpose()
    }

    /// Writes a document, over an older one where there is one.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn put(&self, kind: &str, id: &str, document: &impl Serialize) -> Result<()> {
        self.write(row(kind, id, document)?, None)?;
        Ok(())
    }

    /// Writes a document that is deleted some time after `expires_at`, in seconds since the epoch.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn put_until(
        &self,
        kind: &str,
        id: &str,
        document: &impl Serialize,
        expires_at: u64,
    ) -> Result<()> {
        let mut row = row(kind, id, document)?;
        row.insert("expiresAt".to_owned(), AttributeValue::N(expires_at.to_string()));
        self.write(row, None)?;
        Ok(())
    }

    /// Writes a document unless there is one; says whether it did.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn insert(&self, kind: &str, id: &str, document: &impl Serialize) -> Result<bool> {
        let condition = Some("attribute_not_exists(id)".to_owned());
        match self.write(row(kind, id, document)?, condition) {
            Err(DynoxideError::ConditionalCheckFailedException(..)) => Ok(false),
            outcome => Ok(outcome.map(|()| true)?),
        }
    }

    /// Deletes a document; there need not be one.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn delete(&self, kind: &str, id: &str) -> Result<()> {
        self.database.delete_item(DeleteItemRequest {
            table_name: TABLE.to_owned(),
            key: key(kind, id),
            ..DeleteItemRequest::default()
        })?;
        Ok(())
    }

    /// Deletes all documents of a kind.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn clear(&self, kind: &str) -> Result<()> {
        let kept = self.list::<IgnoredAny>(kind)?;
        kept.chunks(MAX_CHANGES).try_for_each(|part| {
            let mut changes = Changes::default();
            for (id, _) in part {
                changes.delete(kind, id);
            }
            self.change(changes)
        })
    }

    /// Makes `changes`, all of them or none.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn change(&self, changes: Changes) -> Result<()> {
        self.database.transact_write_items(TransactWriteItemsRequest {
            transact_items: changes.0,
            ..TransactWriteItemsRequest::default()
        })?;
        Ok(())
    }

    /// All documents of a kind with their ids, in the order of the ids.
    ///
    /// # Errors
    /// When the database refuses or a document is no `T`.
    pub fn list<T: DeserializeOwned>(&self, kind: &str) -> Result<Vec<(String, T)>> {
        let mut found = Vec::new();
        let mut behind = None;
        loop {
            let page = self.database.query(QueryRequest {
                table_name: TABLE.to_owned(),
                key_condition_expression: Some("kind = :kind".to_owned()),
                expression_attribute_values: Some(item! { ":kind" => kind }),
                scan_index_forward: true,
                exclusive_start_key: behind,
                ..QueryRequest::default()
            })?;
            for row in page.items.iter().flatten() {
                found.push((text(row, "id").to_owned(), parse(row)?));
            }
            behind = page.last_evaluated_key;
            if behind.is_none() {
                return Ok(found);
            }
        }
    }

    fn write(&self, row: Item, condition: Option<String>) -> Result<(), DynoxideError> {
        self.database.put_item(PutItemRequest {
            table_name: TABLE.to_owned(),
            item: row,
            condition_expression: condition,
            ..PutItemRequest::default()
        })?;
        Ok(())
    }
}

fn key(kind: &str, id: &str) -> HashMap<String, AttributeValue> {
    item! { "kind" => kind, "id" => id }
}

fn row(kind: &str, id: &str, document: &impl Serialize) -> Result<Item> {
    let document = serde_json::to_string(document)?;
    Ok(item! { "kind" => kind, "id" => id, "document" => document })
}

fn parse<T: DeserializeOwned>(row: &Item) -> Result<T> {
    Ok(serde_json::from_str(text(row, "document"))?)
}

fn text<'a>(row: &'a Item, attribute: &str) -> &'a str {
    match row.get(attribute) {
        Some(AttributeValue::S(text)) => text,
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_are_kept_by_kind_and_id() {
        let documents = Documents::open(Database::memory().unwrap()).unwrap();
        assert!(documents.insert("a", "1", &"one").unwrap());
        assert!(!documents.insert("a", "1", &"other").unwrap());
        documents.put("a", "2", &"two").unwrap();
        documents.put_until("b", "1", &"else", 1).unwrap();
        assert_eq!(documents.get::<String>("a", "1").unwrap().as_deref(), Some("one"));

        documents.delete("a", "1").unwrap();
        assert_eq!(documents.get::<String>("a", "1").unwrap(), None);
        assert_eq!(documents.list::<String>("a").unwrap(), [("2".to_owned(), "two".to_owned())]);
    }

    #[test]
    fn changes_are_made_together() {
        let documents = Documents::open(Database::memory().unwrap()).unwrap();
        documents.put("a", "1", &"one").unwrap();
        let mut changes = Changes::default();
        changes.put("a", "2", &"two").unwrap();
        changes.put("b", "1", &"else").unwrap();
        changes.delete("a", "1");
        changes.delete("a", "0");
        documents.change(changes).unwrap();
        assert_eq!(documents.list::<String>("a").unwrap(), [("2".to_owned(), "two".to_owned())]);
        assert!(documents.get::<String>("b", "1").unwrap().is_some());

        (0..150).try_for_each(|id| documents.put("a", &id.to_string(), &"more")).unwrap();
        documents.clear("a").unwrap();
        assert!(documents.list::<String>("a").unwrap().is_empty());
        assert_eq!(documents.list::<String>("b").unwrap().len(), 1);
    }
}
