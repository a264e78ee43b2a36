//! What is sent through the queues.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::model::{ConversationId, Entry, Seq};
use crate::queue::QueueMessage;
use crate::store::Result;

/// What goes through a person's lane of the queue `gateway`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum GatewayMessage {
    /// Another system has something to say.
    Notification {
        /// What.
        message: Value,
    },
    /// A socket has opened: what is held is to be delivered on it.
    Connected,
}

/// New entries of a large group, for a part of its members: a message of the queue `push-chunks`. Holds nothing that
/// anybody wrote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PushChunk {
    /// Which group's.
    pub conversation_id: ConversationId,
    /// What the ids of these members begin with. Who is in which chunk never changes, or the order would not hold.
    pub ids_begin_with: char,
    /// The first of the entries.
    pub first: Seq,
    /// The last of them.
    pub last: Seq,
}

/// The first characters of user ids, which are UUIDs: as many chunks as there are.
const BEGINNINGS: &str = "0123456789abcdef";

/// How many entries one message stands for at most: what it takes to send them to a chunk must fit into one call.
const MAX_ENTRIES: usize = 25;

impl PushChunk {
    /// `entries` for all members of `conversation`. Each chunk of each conversation is a lane of its own.
    ///
    /// # Errors
    /// When one cannot be written as JSON, which none is.
    pub fn all(conversation: &ConversationId, entries: &[Entry]) -> Result<Vec<QueueMessage>> {
        let parts = entries.chunks(MAX_ENTRIES).filter_map(|part| part.first().zip(part.last()));
        let parts = parts.map(|(first, last)| (first.seq, last.seq));
        parts
            .flat_map(|(first, last)| BEGINNINGS.chars().map(move |begin| (first, last, begin)))
            .map(|(first, last, ids_begin_with)| {
                let conversation_id = conversation.clone();
                let chunk = Self { conversation_id, ids_begin_with, first, last };
                let lane = format!("{conversation}.{ids_begin_with}");
                QueueMessage::new(lane, format!("{first}-{last}"), &chunk)
            })
            .collect()
    }
}
