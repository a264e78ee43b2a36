//! What goes through the queue `erasures`.

use serde::{Deserialize, Serialize};

use crate::model::{ConversationId, Seq, Timestamp, UserId};

/// An account is to be erased, or looked at once more: a message of the queue `erasures`. Holds nothing that says whose it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Erasure {
    /// Whose.
    pub user_id: UserId,
    /// How far it is.
    pub look: Look,
    /// Where it goes on; none: at the beginning.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Place>,
}

/// The two looks at what an account has left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Look {
    /// Everything goes.
    First,
    /// So does what came with an access token that was still good.
    Last {
        /// When none is any more.
        not_before: Timestamp,
    },
}

/// A place in a log that is longer than one call can go through.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Place {
    /// The log.
    pub conversation_id: ConversationId,
    /// Nothing is left up to here.
    pub seq: Seq,
}

impl Erasure {
    /// The first look, from the beginning.
    #[must_use]
    pub fn of(user_id: UserId) -> Self {
        Self { user_id, look: Look::First, from: None }
    }
}
