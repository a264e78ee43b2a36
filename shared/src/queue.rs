//! A queue that lambdas send to.

use std::time::Duration;

use aws_config::SdkConfig;
use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::SendMessageBatchRequestEntry;
use futures_util::future::try_join_all;
use serde::Serialize;

use crate::aws::variable;
use crate::store::{Result, StoreError};

/// The most messages of one `SendMessageBatch` (SQS' limit).
const MAX_BATCH: usize = 10;

/// One queue.
#[derive(Debug, Clone)]
pub struct Queue {
    client: Client,
    url: String,
}

/// The most bytes of one `SendMessageBatch`: well below the limit of SQS, which has been 256 KiB and is 1 MiB.
const MAX_BATCH_BYTES: usize = 240 * 1_024;

/// A message for a FIFO queue.
#[derive(Debug, Clone)]
pub struct QueueMessage {
    /// Within which group the order is kept.
    pub group: String,
    /// Messages of a group with the same one count as one for 5 minutes.
    pub deduplication_id: String,
    /// What it says.
    pub body: String,
}

impl QueueMessage {
    /// A message that says `body`.
    ///
    /// # Errors
    /// When it cannot be written as JSON, which no type of ours does.
    pub fn new(group: String, deduplication_id: String, body: &impl Serialize) -> Result<Self> {
        Ok(Self { group, deduplication_id, body: json(body)? })
    }
}

/// SQS refuses two characters. In JSON they can only stand in strings, where they can be written otherwise.
fn json(body: &impl Serialize) -> Result<String> {
    let json = serde_json::to_string(body).map_err(StoreError::fault)?;
    Ok(json.replace('\u{fffe}', "\\ufffe").replace('\u{ffff}', "\\uffff"))
}

/// As many in one call as SQS takes.
fn batches(bodies: Vec<String>) -> Vec<Vec<String>> {
    let mut batches: Vec<Vec<String>> = Vec::new();
    let mut bytes = 0;
    for body in bodies {
        bytes += body.len();
        match batches.last_mut() {
            Some(batch) if batch.len() < MAX_BATCH && bytes <= MAX_BATCH_BYTES => batch.push(body),
            _ => {
                bytes = body.len();
                batches.push(vec![body]);
            }
        }
    }
    batches
}

impl Queue {
    /// The queue at `url`.
    #[must_use]
    pub fn new(config: &SdkConfig, url: String) -> Self {
        Self { client: Client::new(config), url }
    }

    /// The queue whose URL the lambda's environment has under `name`.
    ///
    /// # Errors
    /// Names the variable.
    pub async fn from_env(name: &'static str) -> Result<Self, String> {
        Ok(Self::new(&crate::aws::config().await, variable(name)?))
    }

    /// Sends a message, and answers its sequence number: the first one's, where this is a repeat.
    ///
    /// # Errors
    /// When SQS cannot be asked.
    pub async fn send(&self, message: QueueMessage) -> Result<String> {
        let request = self.client.send_message().queue_url(&self.url);
        let output = request
            .message_group_id(message.group)
            .message_deduplication_id(message.deduplication_id)
            .message_body(message.body)
            .send()
            .await?;
        output.sequence_number.ok_or_else(|| StoreError::fault("SQS gave no sequence number"))
    }

    /// Sends messages through a queue that keeps no order, side by side: each as the JSON of a `body`.
    ///
    /// # Errors
    /// When SQS cannot be asked, or did not take all of them.
    pub async fn spread(&self, bodies: &[impl Serialize]) -> Result<()> {
        let bodies: Result<Vec<String>> = bodies.iter().map(json).collect();
        let batches = batches(bodies?).into_iter().map(|batch| self.send_batch(batch));
        try_join_all(batches).await?;
        Ok(())
    }

    /// Sends a message through a queue that keeps no order, which nobody receives before `delay` is over: as the JSON of `body`.
    ///
    /// # Errors
    /// When SQS cannot be asked.
    pub async fn send_later(&self, body: &impl Serialize, delay: Duration) -> Result<()> {
        let request = self.client.send_message().queue_url(&self.url);
        let seconds = delay.as_secs().try_into().map_err(StoreError::fault)?;
        request.message_body(json(body)?).delay_seconds(seconds).send().await?;
        Ok(())
    }

    async fn send_batch(&self, bodies: Vec<String>) -> Result<()> {
        let entry = |(index, body): (usize, String)| {
            let entry = SendMessageBatchRequestEntry::builder().id(index.to_string());
            entry.message_body(body).build().map_err(StoreError::fault)
        };
        let entries: Result<Vec<_>> = bodies.into_iter().enumerate().map(entry).collect();
        let request = self.client.send_message_batch().queue_url(&self.url);
        let output = request.set_entries(Some(entries?)).send().await?;
        if output.failed.is_empty() { Ok(()) } else { Err(StoreError::Busy) }
    }

    /// Sends messages, those of a group in their order.
    ///
    /// # Errors
    /// When SQS cannot be asked, or did not take all of them.
    pub async fn send_all(&self, messages: Vec<QueueMessage>) -> Result<()> {
        for part in messages.chunks(MAX_BATCH) {
            let entries: Result<Vec<_>> = part.iter().enumerate().map(entry).collect();
            let request = self.client.send_message_batch().queue_url(&self.url);
            let output = request.set_entries(Some(entries?)).send().await?;
            if !output.failed.is_empty() {
                return Err(StoreError::Busy);
            }
        }
        Ok(())
    }
}

fn entry((index, message): (usize, &QueueMessage)) -> Result<SendMessageBatchRequestEntry> {
    SendMessageBatchRequestEntry::builder()
        .id(index.to_string())
        .message_group_id(&message.group)
        .message_deduplication_id(&message.deduplication_id)
        .message_body(&message.body)
        .build()
        .map_err(StoreError::fault)
}
