//! What would have been sent to people: `GET /local/outbox` shows it, `DELETE` empties it.

mod routes;

use std::sync::{Mutex, PoisonError};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use shared::model::Timestamp;

pub use routes::{Order, router};

use crate::engine::Result;
use crate::engine::documents::{Changes, Documents};

const KIND: &str = "mail";

/// How many messages are kept: the newest.
pub const CAPACITY: usize = 1_000;

/// The messages, kept in the database.
pub struct Outbox {
    documents: Documents,
    /// How many were ever put in.
    count: Mutex<u64>,
}

/// One message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "OutboxMessage")]
pub struct Message {
    /// How it would have gone out.
    pub channel: Channel,
    /// The sender's address.
    pub from: String,
    /// The receiver's address.
    pub to: String,
    /// The subject of a mail.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// The text.
    pub body: String,
    /// When.
    pub sent_at: Timestamp,
}

/// A way to reach people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
#[schemars(rename = "OutboxChannel")]
pub enum Channel {
    /// Mail.
    Email,
    /// Text message.
    Sms,
}

impl Outbox {
    /// The outbox that is kept in `documents`.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn open(documents: Documents) -> Result<Self> {
        let kept = documents.list::<Message>(KIND)?;
        let last = kept.last().and_then(|(id, _)| id.parse().ok()).unwrap_or(0);
        Ok(Self { documents, count: Mutex::new(last) })
    }

    /// Adds a message, behind all others.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn push(&self, message: &Message) -> Result<()> {
        self.push_with(message, Changes::default())
    }

    /// Adds a message, behind all others, and makes `changes` with it: both or nothing.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn push_with(&self, message: &Message, mut changes: Changes) -> Result<()> {
        let mut count = self.count.lock().unwrap_or_else(PoisonError::into_inner);
        let next = *count + 1;
        changes.put(KIND, &id(next), message)?;
        if let Some(old) = next.checked_sub(CAPACITY as u64) {
            changes.delete(KIND, &id(old));
        }
        self.documents.change(changes)?;
        *count = next;
        Ok(())
    }

    /// The messages, the newest last.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn list(&self) -> Result<Vec<Message>> {
        let kept = self.documents.list(KIND)?;
        Ok(kept.into_iter().map(|(_, message)| message).collect())
    }

    /// Deletes all messages.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn clear(&self) -> Result<()> {
        self.documents.clear(KIND)
    }
}

/// With leading zeros, so that the order of the ids is that of the numbers.
fn id(number: u64) -> String {
    format!("{number:020}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use dynoxide::Database;

    fn message(subject: &str) -> Message {
        Message {
            channel: Channel::Email,
            from: "a@example.com".to_owned(),
            to: "b@example.com".to_owned(),
            subject: Some(subject.to_owned()),
            body: String::new(),
            sent_at: Timestamp::now(),
        }
    }

    fn subjects(outbox: &Outbox) -> Vec<String> {
        outbox.list().unwrap().into_iter().filter_map(|message| message.subject).collect()
    }

    #[test]
    fn the_newest_are_kept_in_order_over_a_restart() {
        let documents = Documents::open(Database::memory().unwrap()).unwrap();
        let outbox = Outbox::open(documents.clone()).unwrap();
        (1..=999).try_for_each(|n| outbox.push(&message(&n.to_string()))).unwrap();

        let outbox = Outbox::open(documents).unwrap();
        outbox.push(&message("1000")).unwrap();
        assert_eq!(subjects(&outbox).len(), 1_000);
        outbox.push(&message("1001")).unwrap();
        let kept = subjects(&outbox);
        assert_eq!((kept.len(), kept[0].as_str(), kept[999].as_str()), (1_000, "2", "1001"));

        outbox.clear().unwrap();
        assert!(subjects(&outbox).is_empty());
    }
}
