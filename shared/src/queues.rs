//! `queues.json` as types: every queue.

use std::collections::BTreeMap;

use serde::Deserialize;

/// The rows of `queues.json` by the queue's name.
pub type Queues = BTreeMap<String, Queue>;

/// One SQS queue.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Queue {
    /// Whether it keeps the order within a message group. Deduplication, too, is by group.
    pub fifo: bool,
    /// For how long a message that was received is nobody else's. AWS asks for six times the timeout of the lambda that
    /// receives it.
    pub visibility_timeout_seconds: u32,
    /// After how many receives a message goes to the queue's dead-letter queue; none: the queue has none.
    pub max_receive_count: Option<u32>,
}

/// The rows of the project's `queues.json`.
///
/// # Errors
/// When the file is not as the types above say, which a test keeps from happening.
pub fn queues() -> serde_json::Result<Queues> {
    serde_json::from_str(include_str!("../../queues.json"))
}
