//! `tables.json` as types: the name, the keys and the indexes of every table.

use std::collections::BTreeMap;

use serde::Deserialize;

/// The rows of `tables.json` by the table's name.
pub type Tables = BTreeMap<String, Table>;

/// One DynamoDB table.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Table {
    /// The partition key.
    pub partition_key: Key,
    /// The sort key, where there is one.
    pub sort_key: Option<Key>,
    /// The attribute that holds when a row may be deleted, in seconds since the epoch.
    pub time_to_live: Option<String>,
    /// What the table's stream tells of a change, where it has one.
    pub stream: Option<StreamView>,
    /// The global secondary indexes by name.
    #[serde(default)]
    pub indexes: BTreeMap<String, Index>,
}

/// One global secondary index. It is sparse: a row without its keys is not in it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Index {
    /// The partition key.
    pub partition_key: Key,
    /// The sort key.
    pub sort_key: Key,
    /// What it holds besides the keys; all of the row where absent.
    pub attributes: Option<Vec<String>>,
}

/// What a stream tells of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum StreamView {
    /// The row before and after.
    NewAndOldImages,
}

/// A key attribute.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Key {
    /// The attribute's name.
    pub name: String,
    /// `S` for text or `N` for a number, as DynamoDB writes them.
    #[serde(rename = "type")]
    pub kind: KeyType,
}

/// The type of a key attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum KeyType {
    /// Text.
    S,
    /// A number.
    N,
}

/// The rows of the project's `tables.json`.
///
/// # Errors
/// When the file is not as the types above say, which a test keeps from happening.
pub fn tables() -> serde_json::Result<Tables> {
    serde_json::from_str(include_str!("../../tables.json"))
}
