//! The tables: a struct for each, a method for each way in which it is used. Only here are attribute names known.

mod blocks;
mod connection_tokens;
mod connections;
mod deliveries;
mod error;
mod groups;
mod memberships;
mod messages;
mod pending_notifications;
mod registrations;
mod sending;
mod sent_ids;
mod sent_messages;
mod templates;
mod transaction;
mod users;

use std::collections::HashMap;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{AttributeValue, DeleteRequest, KeysAndAttributes, WriteRequest};
use futures_util::StreamExt;
use futures_util::stream::iter;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::aws::{self, variable};

pub use blocks::{Block, Blocks, Pair};
pub use connection_tokens::ConnectionTokens;
pub use connections::{Connected, Connections};
pub use deliveries::{Deliveries, Planned, Trace};
pub use error::{Result, StoreError};
pub use groups::{Count, Groups};
pub use memberships::{Member, Memberships, ReadMove};
pub use messages::{Appended, Messages, Slice};
pub use pending_notifications::PendingNotifications;
pub use registrations::{Counted, Registrations};
pub use sending::{Claiming, DeliveryKey, Outcome, Sent};
pub use sent_ids::{Claim, Claimed, SentIds};
pub use sent_messages::{ListedBy, SentMessage};
pub use templates::Templates;
pub use transaction::{Transacted, Write};
pub use users::{Created, Erased, Users};

/// A row.
pub type Item = HashMap<String, AttributeValue>;

/// Whether a read sees every write that was acknowledged before it began.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Consistency {
    /// It does, at one unit for 4 KB.
    Strong,
    /// It may miss the latest, at half the price.
    Eventual,
}

impl Consistency {
    fn is_strong(self) -> bool {
        self == Self::Strong
    }
}

/// The DynamoDB client and the names of the tables.
#[derive(Debug, Clone)]
pub struct Store {
    client: Client,
    prefix: String,
}

/// The most keys of one `BatchGetItem` (DynamoDB's limit).
const MAX_BATCH_KEYS: usize = 100;
/// The most rows of one `BatchWriteItem` (DynamoDB's limit).
const MAX_BATCH_WRITES: usize = 25;

/// How many batches are read at once: a lambda has a share of a processor, and no end of rows may be asked for.
const BATCHES_AT_ONCE: usize = 16;

/// What a send asks DynamoDB at once.
const WARM_CONNECTIONS: usize = 3;

impl Store {
    /// Over the tables whose names begin with `prefix`.
    #[must_use]
    pub fn new(client: Client, prefix: &str) -> Self {
        Self { client, prefix: prefix.to_owned() }
    }

    /// As the lambda's environment says: `TABLE_PREFIX`. Opens connections to DynamoDB, so that the first request does not
    /// wait for TLS.
    ///
    /// # Errors
    /// Names the variable that is missing.
    pub async fn from_env() -> Result<Self, lambda_http::Error> {
        let client = Client::new(&aws::config().await);
        let store = Self::new(client, &variable("TABLE_PREFIX")?);
        store.warm_up().await;
        Ok(store)
    }

    /// Opens the connections ahead of the first request: in INIT a lambda has a whole processor for the handshakes, later
    /// a share of one. A failure shows again at that request.
    async fn warm_up(&self) {
        let calls = (0..WARM_CONNECTIONS).map(|_| self.client.describe_endpoints().send());
        futures_util::future::join_all(calls).await;
    }

    fn table(&self, name: &str) -> String {
        format!("{}{name}", self.prefix)
    }

    /// Reads the rows of `keys` from several tables side by side, 100 keys a call, until all are answered for.
    /// The rows come in no order, without those that do not exist.
    async fn batch_get(&self, keys: Vec<BatchKeys>) -> Result<HashMap<String, Vec<Item>>> {
        let calls: Vec<_> = split(keys).into_iter().map(|part| self.batch_get_part(part)).collect();
        let parts: Vec<Result<_>> = iter(calls).buffer_unordered(BATCHES_AT_ONCE).collect().await;
        let mut rows: HashMap<String, Vec<Item>> = HashMap::new();
        for part in parts {
            for (table, items) in part? {
                rows.entry(table).or_default().extend(items);
            }
        }
        Ok(rows)
    }

    async fn batch_get_part(&self, keys: Vec<BatchKeys>) -> Result<Vec<(String, Vec<Item>)>> {
        let mut rows = Vec::new();
        let mut rest = HashMap::new();
        for BatchKeys { table, keys, consistency } in keys {
            let request = KeysAndAttributes::builder()
                .set_keys(Some(keys))
                .consistent_read(consistency.is_strong())
                .build()
                .map_err(StoreError::fault)?;
            rest.insert(self.table(table), request);
        }
        let mut pauses = Pauses::default();
        while !rest.is_empty() {
            let output = self.client.batch_get_item().set_request_items(Some(rest)).send().await?;
            rest = output.unprocessed_keys.unwrap_or_default();
            rows.extend(output.responses.unwrap_or_default().into_iter().map(|(table, items)| {
                (table.strip_prefix(&self.prefix).unwrap_or(&table).to_owned(), items)
            }));
            if !rest.is_empty() {
                pauses.next().await?;
            }
        }
        Ok(rows)
    }
}

impl Store {
    /// Deletes all rows of a partition, whose sort key is `sort`.
    async fn delete_partition(
        &self,
        table: &str,
        (partition, value): (&str, AttributeValue),
        sort: &str,
    ) -> Result<()> {
        let mut pages = self
            .client
            .query()
            .table_name(self.table(table))
            .key_condition_expression("#partition = :value")
            .projection_expression("#partition, #sort")
            .expression_attribute_names("#partition", partition)
            .expression_attribute_names("#sort", sort)
            .expression_attribute_values(":value", value)
            .consistent_read(true)
            .into_paginator()
            .send();
        while let Some(page) = pages.next().await {
            self.batch_delete(table, page?.items.unwrap_or_default()).await?;
        }
        Ok(())
    }

    /// Deletes the rows of `keys`, 25 a call, until all are gone.
    async fn batch_delete(&self, table: &str, keys: Vec<Item>) -> Result<()> {
        let calls = keys.chunks(MAX_BATCH_WRITES).map(|keys| self.batch_delete_part(table, keys));
        futures_util::future::try_join_all(calls).await?;
        Ok(())
    }

    async fn batch_delete_part(&self, table: &str, keys: &[Item]) -> Result<()> {
        let delete = |key: &Item| {
            let delete = DeleteRequest::builder().set_key(Some(key.clone())).build();
            let delete = delete.map_err(StoreError::fault)?;
            Ok(WriteRequest::builder().delete_request(delete).build())
        };
        let requests: Result<Vec<_>> = keys.iter().map(delete).collect();
        let mut rest = HashMap::from([(self.table(table), requests?)]);
        let mut pauses = Pauses::default();
        loop {
            let output =
                self.client.batch_write_item().set_request_items(Some(rest)).send().await?;
            rest = output.unprocessed_items.unwrap_or_default();
            if rest.is_empty() {
                return Ok(());
            }
            pauses.next().await?;
        }
    }
}

/// Waits between the parts of a batch that DynamoDB left over, and gives up after a second or so.
#[derive(Debug, Default)]
struct Pauses(u32);

impl Pauses {
    async fn next(&mut self) -> Result<()> {
        self.0 += 1;
        if self.0 > 6 {
            return Err(StoreError::Busy);
        }
        let longest = 16_u64 << self.0;
        tokio::time::sleep(std::time::Duration::from_millis(fastrand::u64(..longest))).await;
        Ok(())
    }
}

/// How many rows a query reads for a page of `limit`: one more tells whether there is more, which DynamoDB's own key of
/// the last row does not.
fn one_more(limit: usize) -> i32 {
    limit.saturating_add(1).try_into().unwrap_or(i32::MAX)
}

/// The page of `limit` rows out of those that [`one_more`] asked for, and its last row's place where there is more.
fn page_of<T, K>(
    mut rows: Vec<T>,
    limit: usize,
    cut_off: bool,
    place: impl FnOnce(&T) -> K,
) -> (Vec<T>, Option<K>) {
    let more = cut_off || rows.len() > limit;
    rows.truncate(limit);
    let last = rows.last().filter(|_| more).map(place);
    (rows, last)
}

/// The keys that a batch reads from one table.
#[derive(Debug)]
struct BatchKeys {
    table: &'static str,
    keys: Vec<Item>,
    consistency: Consistency,
}

/// The keys in calls of at most [`MAX_BATCH_KEYS`].
fn split(tables: Vec<BatchKeys>) -> Vec<Vec<BatchKeys>> {
    let total: usize = tables.iter().map(|table| table.keys.len()).sum();
    if total <= MAX_BATCH_KEYS {
        return vec![tables.into_iter().filter(|table| !table.keys.is_empty()).collect()];
    }
    tables
        .into_iter()
        .flat_map(|BatchKeys { table, keys, consistency }| {
            let chunks: Vec<_> = keys.chunks(MAX_BATCH_KEYS).map(<[Item]>::to_vec).collect();
            chunks.into_iter().map(move |keys| vec![BatchKeys { table, keys, consistency }])
        })
        .collect()
}

#[expect(clippy::needless_pass_by_value, reason = "references to ids and owned texts alike")]
fn text(value: impl ToString) -> AttributeValue {
    AttributeValue::S(value.to_string())
}

#[expect(clippy::needless_pass_by_value, reason = "numbers are small")]
fn number(value: impl ToString) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

fn key<const N: usize>(attributes: [(&str, AttributeValue); N]) -> Item {
    attributes.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

fn to_item(row: &impl Serialize) -> Result<Item> {
    serde_dynamo::aws_sdk_dynamodb_1::to_item(row).map_err(StoreError::fault)
}

fn from_item<T: DeserializeOwned>(item: Item) -> Result<T> {
    serde_dynamo::aws_sdk_dynamodb_1::from_item(item).map_err(StoreError::fault)
}

fn from_items<T: DeserializeOwned>(items: Vec<Item>) -> Result<Vec<T>> {
    items.into_iter().map(from_item).collect()
}
