//! Calls, and telling them apart.

use std::time::Instant;

use serde_json::Value;
use tokio::task::{Id, try_id};

use aws_smithy_runtime_api::client::orchestrator::HttpRequest;

/// A call to DynamoDB.
#[derive(Debug, Clone)]
pub struct Call {
    /// The request of the backend that makes it; none for a test's own.
    pub request: Option<Id>,
    /// The SDK's name for it, the same for each of its attempts.
    pub invocation: String,
    /// `PutItem` and so on.
    pub operation: String,
    /// What it asks for.
    pub input: Value,
}

/// A call that was made.
#[derive(Debug, Clone)]
pub struct Done {
    /// What was asked for.
    pub call: Call,
    /// When it began.
    pub began: Instant,
    /// When its answer was there.
    pub ended: Instant,
    /// What the engine answered; none where it was not asked.
    pub output: Option<Value>,
}

/// Which calls.
#[derive(Debug, Clone, Default)]
pub struct When {
    operation: Option<&'static str>,
    table: Option<&'static str>,
    texts: Vec<String>,
    only_eventual: bool,
}

impl Call {
    /// Runs inside the SDK, and so inside the task of the request: the gateway gives each its own.
    pub(super) fn read(request: &HttpRequest) -> Self {
        let header = |name| request.headers().get(name).unwrap_or_default();
        let operation = header("x-amz-target").rsplit('.').next().unwrap_or_default();
        Self {
            request: try_id(),
            invocation: header("amz-sdk-invocation-id").to_owned(),
            operation: operation.to_owned(),
            input: serde_json::from_slice(request.body().bytes().unwrap_or_default())
                .unwrap_or_default(),
        }
    }

    /// The tables that it names.
    #[must_use]
    pub fn tables(&self) -> Vec<&str> {
        let of_items = self.input["RequestItems"].as_object().into_iter().flatten();
        let writes = self.input["TransactItems"].as_array().into_iter().flatten();
        let writes = writes.filter_map(Value::as_object).flatten();
        let named = writes.filter_map(|(_, write)| write["TableName"].as_str());
        let mut tables: Vec<&str> =
            self.input["TableName"].as_str().into_iter().chain(named).collect();
        tables.extend(of_items.map(|(table, _)| table.as_str()));
        tables
    }

    /// Whether a text occurs anywhere in what it asks for.
    #[must_use]
    pub fn mentions(&self, text: &str) -> bool {
        mentions(&self.input, text)
    }

    /// Whether it reads, and no part of it strongly.
    #[must_use]
    pub fn is_eventual(&self) -> bool {
        let is_strong = |request: &Value| request["ConsistentRead"] == true;
        match self.operation.as_str() {
            "GetItem" | "Query" => !is_strong(&self.input),
            "BatchGetItem" => self.input["RequestItems"]
                .as_object()
                .is_some_and(|tables| !tables.values().all(is_strong)),
            _ => false,
        }
    }
}

fn mentions(value: &Value, text: &str) -> bool {
    match value {
        Value::String(found) => found.contains(text),
        Value::Array(items) => items.iter().any(|item| mentions(item, text)),
        Value::Object(members) => members.values().any(|member| mentions(member, text)),
        _ => false,
    }
}

impl When {
    /// Every call.
    #[must_use]
    pub fn any() -> Self {
        Self::default()
    }

    /// An operation on a table.
    #[must_use]
    pub fn operation(operation: &'static str, table: &'static str) -> Self {
        Self { operation: Some(operation), table: Some(table), ..Self::default() }
    }

    /// A put, outside of transactions.
    #[must_use]
    pub fn put(table: &'static str) -> Self {
        Self::operation("PutItem", table)
    }

    /// A transaction that writes to a table, among others.
    #[must_use]
    pub fn transaction(table: &'static str) -> Self {
        Self::operation("TransactWriteItems", table)
    }

    /// A query.
    #[must_use]
    pub fn query(table: &'static str) -> Self {
        Self::operation("Query", table)
    }

    /// A get of one row.
    #[must_use]
    pub fn get(table: &'static str) -> Self {
        Self::operation("GetItem", table)
    }

    /// A get of many rows, of a table among others.
    #[must_use]
    pub fn batch_get(table: &'static str) -> Self {
        Self::operation("BatchGetItem", table)
    }

    /// Only those that mention `text`, too.
    #[must_use]
    pub fn with(mut self, text: &str) -> Self {
        self.texts.push(text.to_owned());
        self
    }

    /// Only reads that may be stale.
    #[must_use]
    pub fn eventual(mut self) -> Self {
        self.only_eventual = true;
        self
    }

    pub(super) fn matches(&self, call: &Call) -> bool {
        self.operation.is_none_or(|operation| call.operation == operation)
            && self.table.is_none_or(|table| call.tables().contains(&table))
            && self.texts.iter().all(|text| call.mentions(text))
            && (!self.only_eventual || call.is_eventual())
    }
}
