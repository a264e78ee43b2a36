//! The tables themselves, for what no route shows and no client can bring about.

use std::collections::HashMap;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::{Map, Value, json};
use tests::{Backend, unique};

/// The tables of a backend in this process.
#[derive(Debug, Clone)]
pub struct Tables(Client);

impl Tables {
    /// The tables of `backend`.
    pub fn of(backend: &Backend) -> Self {
        Self(backend.server().expect("a backend in this process").dynamodb().clone())
    }

    /// A conversation's log, every entry as it is stored.
    pub async fn log(&self, conversation: &str) -> Vec<Value> {
        self.query("Messages", "conversationId", conversation).await
    }

    /// All rows with this partition key.
    pub async fn query(&self, table: &str, key: &str, value: &str) -> Vec<Value> {
        let request = self.0.query().table_name(table).consistent_read(true);
        let request = request.key_condition_expression("#key = :value");
        let request = request.expression_attribute_names("#key", key);
        let pages = request.expression_attribute_values(":value", to_attribute(&json!(value)));
        let rows = pages.into_paginator().items().send().try_collect().await.expect("rows");
        rows.iter().map(from_item).collect()
    }

    /// All rows.
    pub async fn scan(&self, table: &str) -> Vec<Value> {
        let pages = self.0.scan().table_name(table).consistent_read(true).into_paginator();
        let rows = pages.items().send().try_collect().await.expect("rows");
        rows.iter().map(from_item).collect()
    }

    /// Those who belong to a group, with their rows as the index has them.
    pub async fn members(&self, conversation: &str) -> Vec<Value> {
        let request = self.0.query().table_name("GroupMemberships").index_name("members");
        let request = request.key_condition_expression("memberOf = :group");
        let pages =
            request.expression_attribute_values(":group", to_attribute(&json!(conversation)));
        let rows = pages.into_paginator().items().send().try_collect().await.expect("rows");
        rows.iter().map(from_item).collect()
    }

    /// One row.
    pub async fn get(&self, table: &str, key: &Value) -> Option<Value> {
        let request = self.0.get_item().table_name(table).consistent_read(true);
        let output = request.set_key(Some(to_item(key))).send().await.expect("a row or none");
        output.item.as_ref().map(from_item)
    }

    /// Puts a row, whatever was there.
    pub async fn put(&self, table: &str, row: &Value) {
        let request = self.0.put_item().table_name(table).set_item(Some(to_item(row)));
        request.send().await.expect("the row is put");
    }

    /// Deletes a row, whether it is there or not.
    pub async fn delete(&self, table: &str, key: &Value) {
        let request = self.0.delete_item().table_name(table).set_key(Some(to_item(key)));
        request.send().await.expect("the row is gone");
    }

    /// Gives a row that is there other values.
    pub async fn change(&self, table: &str, key: &Value, values: &Value) {
        let mut row = self.get(table, key).await.expect("the row");
        for (name, value) in values.as_object().expect("values") {
            row[name] = value.clone();
        }
        self.put(table, &row).await;
    }

    /// Appends copies of the log's last entry, which is a message, as if its sender had gone on writing, with another
    /// time where one is given. Answers the log's new end.
    pub async fn append(&self, conversation: &str, count: usize, created_at: Option<&str>) -> u64 {
        let log = self.log(conversation).await;
        let mut entry = log.last().expect("an entry to copy").clone();
        let mut seq = entry["seq"].as_u64().expect("a seq");
        entry.as_object_mut().expect("an entry").remove("clientMessageId");
        if let Some(created_at) = created_at {
            entry["createdAt"] = json!(created_at);
        }
        for _ in 0..count {
            seq += 1;
            entry["seq"] = json!(seq);
            entry["entryId"] = json!(unique("entry"));
            self.put("Messages", &entry).await;
        }
        seq
    }
}

/// The key of an entry.
pub fn entry_key(conversation: &str, seq: u64) -> Value {
    json!({ "conversationId": conversation, "seq": seq })
}

fn to_item(row: &Value) -> HashMap<String, AttributeValue> {
    let members = row.as_object().expect("a row");
    members.iter().map(|(name, value)| (name.clone(), to_attribute(value))).collect()
}

fn to_attribute(value: &Value) -> AttributeValue {
    match value {
        Value::Null => AttributeValue::Null(true),
        Value::Bool(value) => AttributeValue::Bool(*value),
        Value::Number(number) => AttributeValue::N(number.to_string()),
        Value::String(text) => AttributeValue::S(text.clone()),
        Value::Array(items) => AttributeValue::L(items.iter().map(to_attribute).collect()),
        Value::Object(_) => AttributeValue::M(to_item(value)),
    }
}

fn from_item(item: &HashMap<String, AttributeValue>) -> Value {
    let members = item.iter().map(|(name, value)| (name.clone(), from_attribute(value)));
    Value::Object(members.collect::<Map<_, _>>())
}

fn from_attribute(value: &AttributeValue) -> Value {
    match value {
        AttributeValue::Bool(value) => json!(value),
        AttributeValue::N(number) => number.parse().map_or(Value::Null, Value::Number),
        AttributeValue::S(text) => json!(text),
        AttributeValue::L(items) => items.iter().map(from_attribute).collect(),
        AttributeValue::M(members) => from_item(members),
        _ => Value::Null,
    }
}
