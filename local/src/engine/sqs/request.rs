//! What a client sends, and how SQS refuses it.

use std::collections::BTreeSet;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::engine::aws_json::Refusal;

/// The most that a message, or all of a batch, may hold: 1 MiB.
pub const MAX_BYTES: usize = 1024 * 1024;

const MAX_ENTRIES: usize = 10;

const MAX_DELAY_SECONDS: u16 = 900;

/// One message for a queue.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
pub struct SendMessage {
    /// The queue.
    pub queue_url: Option<String>,
    message_body: Option<String>,
    message_group_id: Option<String>,
    message_deduplication_id: Option<String>,
    delay_seconds: Option<u16>,
}

/// Up to ten messages for a queue, each accepted or refused for itself.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
pub struct SendMessageBatch {
    /// The queue.
    pub queue_url: Option<String>,
    /// The messages.
    #[serde(default)]
    pub entries: Vec<Entry>,
}

/// One of them.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
pub struct Entry {
    /// Its name within the batch.
    pub id: Option<String>,
    message_body: Option<String>,
    message_group_id: Option<String>,
    message_deduplication_id: Option<String>,
    delay_seconds: Option<u16>,
}

/// A message that may be sent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewMessage {
    /// What it says.
    pub body: String,
    /// Its group.
    pub group_id: Option<String>,
    /// What tells a repeat.
    pub deduplication_id: Option<String>,
    /// How long nobody receives it.
    pub delay: Duration,
}

/// A message that was accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Sent {
    /// Its id.
    pub message_id: String,
    /// A checksum, which clients verify.
    #[serde(rename = "MD5OfMessageBody")]
    pub body_md5: String,
    /// Its place in a FIFO queue.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sequence_number: Option<String>,
}

impl SendMessage {
    /// The message, if a queue of this kind takes it.
    pub fn message(self, fifo: bool) -> Result<NewMessage, Refusal> {
        let Self { message_body, message_group_id, message_deduplication_id, .. } = self;
        accept(fifo, message_body, message_group_id, message_deduplication_id, self.delay_seconds)
    }
}

impl Entry {
    /// The message, if a queue of this kind takes it.
    pub fn message(self, fifo: bool) -> Result<NewMessage, Refusal> {
        let Self { message_body, message_group_id, message_deduplication_id, .. } = self;
        accept(fifo, message_body, message_group_id, message_deduplication_id, self.delay_seconds)
    }
}

impl SendMessageBatch {
    /// What concerns the batch as a whole.
    pub fn check(&self) -> Result<(), Refusal> {
        let refuse = |code, message: &str| Err(Refusal { code, message: message.to_owned() });
        let ids: BTreeSet<_> = self.entries.iter().map(|entry| &entry.id).collect();
        let length = |entry: &Entry| entry.message_body.as_ref().map_or(0, String::len);
        match self.entries.len() {
            0 => refuse("EmptyBatchRequest", "There should be at least one entry in the batch."),
            more if more > MAX_ENTRIES => {
                refuse("TooManyEntriesInBatchRequest", "A batch holds at most 10 entries.")
            }
            _ if self.entries.iter().any(|entry| !is_id(entry.id.as_deref())) => refuse(
                "InvalidBatchEntryId",
                "A batch entry id has 1 to 80 letters, digits, hyphens and underscores.",
            ),
            count if ids.len() < count => {
                refuse("BatchEntryIdsNotDistinct", "The ids of a batch must differ.")
            }
            _ if self.entries.iter().map(length).sum::<usize>() > MAX_BYTES => {
                refuse("BatchRequestTooLong", "A batch holds at most 1048576 bytes.")
            }
            _ => Ok(()),
        }
    }
}

fn is_id(id: Option<&str>) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    id.is_some_and(|id| (1..=80).contains(&id.len()) && id.bytes().all(allowed))
}

fn accept(
    fifo: bool,
    body: Option<String>,
    group_id: Option<String>,
    deduplication_id: Option<String>,
    delay_seconds: Option<u16>,
) -> Result<NewMessage, Refusal> {
    let body = body.filter(|body| !body.is_empty()).ok_or_else(|| missing("MessageBody"))?;
    if body.len() > MAX_BYTES {
        return Err(invalid("MessageBody", "must be at most 1048576 bytes"));
    }
    if !body.chars().all(is_allowed) {
        let message = "The message holds characters that are not allowed.".to_owned();
        return Err(Refusal { code: "InvalidMessageContents", message });
    }
    for (name, value) in
        [("MessageGroupId", &group_id), ("MessageDeduplicationId", &deduplication_id)]
    {
        match value {
            None if fifo => return Err(missing(name)),
            Some(_) if !fifo => return Err(invalid(name, "is not for this type of queue")),
            Some(value) if !is_name(value) => {
                return Err(invalid(name, "must be 1 to 128 letters, digits and punctuation"));
            }
            _ => {}
        }
    }
    let delay = match delay_seconds {
        None => Duration::ZERO,
        Some(_) if fifo => return Err(invalid("DelaySeconds", "is not for this type of queue")),
        Some(seconds @ 0..=MAX_DELAY_SECONDS) => Duration::from_secs(seconds.into()),
        Some(_) => return Err(invalid("DelaySeconds", "must be at most 900")),
    };
    Ok(NewMessage { body, group_id, deduplication_id, delay })
}

fn is_name(value: &str) -> bool {
    (1..=128).contains(&value.len()) && value.bytes().all(|byte| byte.is_ascii_graphic())
}

/// What XML can hold.
fn is_allowed(character: char) -> bool {
    let control = character < ' ' && !matches!(character, '\t' | '\n' | '\r');
    !control && !matches!(character, '\u{fffe}' | '\u{ffff}')
}

/// A parameter is not there.
pub fn missing(parameter: &str) -> Refusal {
    let message = format!("The request must contain the parameter {parameter}.");
    Refusal { code: "MissingParameter", message }
}

fn invalid(parameter: &str, reason: &str) -> Refusal {
    let message = format!("The value of the parameter {parameter} is invalid: it {reason}.");
    Refusal { code: "InvalidParameterValue", message }
}
