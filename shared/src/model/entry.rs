//! What a log consists of.

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    ClientId, ConversationId, EntryId, MessageBody, Name, Role, Seq, Timestamp, UserId, Visibility,
};
use crate::error::Quota;

/// One entry of a conversation's log, as the Messages table holds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    /// Whose log.
    pub conversation_id: ConversationId,
    /// Its place there.
    pub seq: Seq,
    /// Its own name; a message's `messageId`.
    pub entry_id: EntryId,
    /// Who wrote it, or whose doing it records.
    pub actor_id: UserId,
    /// When. It never falls as `seq` grows.
    pub created_at: Timestamp,
    /// Whose message an `edited` or `deleted` entry is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author_id: Option<UserId>,
    /// For how many milliseconds its writer had lost swaps before: how long the line at this log is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waited_millis: Option<u32>,
    /// How much its actor wrote without a break, for flood control.
    #[serde(flatten)]
    pub streak: Streak,
    /// What it says.
    #[serde(flatten)]
    pub content: Content,
}

/// What an entry says, told apart by `type`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Content {
    /// Somebody said something.
    // On the wire it is a `MessageView`.
    #[schemars(skip)]
    Message(Message),
    /// The message at `target` has another body now.
    Edited {
        /// The message.
        target: Seq,
    },
    /// The message at `target` is a tombstone now.
    Deleted {
        /// The message.
        target: Seq,
    },
    /// The first entry of a group's log.
    GroupCreated {
        /// The group's name at first.
        name: Name,
        /// Its visibility at first.
        visibility: Visibility,
        /// The first members, the owner among them.
        member_ids: Vec<UserId>,
    },
    /// `target` belongs to the group from here on.
    MemberAdded {
        /// The new member.
        target: UserId,
        /// Their role.
        role: Role,
    },
    /// `target` does not belong to the group any more.
    MemberRemoved {
        /// The former member.
        target: UserId,
    },
    /// `target` has another role.
    RoleChanged {
        /// The member.
        target: UserId,
        /// Their role now.
        role: Role,
    },
    /// The group has another name or visibility.
    GroupUpdated {
        /// The new name, where it changed.
        #[serde(skip_serializing_if = "Option::is_none")]
        name: Option<Name>,
        /// The new visibility, where it changed.
        #[serde(skip_serializing_if = "Option::is_none")]
        visibility: Option<Visibility>,
    },
    /// The account of the entry's actor was erased: of what they wrote before it, nothing is left, and they belong to the
    /// conversation no more.
    UserErased,
    /// The group is gone; nothing follows.
    GroupDeleted,
}

/// A message as it now is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Message {
    /// What it says; nothing once it is deleted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<MessageBody>,
    /// The message that it answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<Seq>,
    /// The sender's own name for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_message_id: Option<ClientId>,
    /// When it was last edited.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub edited_at: Option<Timestamp>,
    /// When it was deleted: from then on it is a tombstone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deleted_at: Option<Timestamp>,
}

impl Entry {
    /// The message that this entry is, if it is one.
    #[must_use]
    pub fn message(&self) -> Option<&Message> {
        match &self.content {
            Content::Message(message) => Some(message),
            _ => None,
        }
    }
}

/// How many messages one sender wrote in a row into one log within one window, and since when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Streak {
    /// How many, this one included.
    pub streak: u32,
    /// The time of the first.
    pub streak_since: Timestamp,
}

/// The window of flood control.
const WINDOW_MILLIS: i64 = 1_000;

impl Streak {
    /// The streak of an entry by `actor` at `now` behind `last`. Only messages (`counts`) make it longer.
    #[must_use]
    pub fn behind(last: Option<&Entry>, actor: &UserId, now: Timestamp, counts: bool) -> Self {
        let added = u32::from(counts);
        match last {
            Some(last) if last.actor_id == *actor && last.streak.is_open(now) => Self {
                streak: last.streak.streak.saturating_add(added),
                streak_since: last.streak.streak_since,
            },
            _ => Self { streak: added, streak_since: now },
        }
    }

    /// Whether it is longer than `limit` allows, and if so when the next message may come.
    #[must_use]
    pub fn exceeded(self, limit: u32, now: Timestamp) -> Option<Quota> {
        let rest = WINDOW_MILLIS.saturating_sub(now.millis_since(self.streak_since));
        (self.streak > limit).then(|| Quota {
            limit,
            window: Duration::from_millis(WINDOW_MILLIS.unsigned_abs()),
            retry_after: Duration::from_millis(rest.max(0).unsigned_abs()),
        })
    }

    fn is_open(self, now: Timestamp) -> bool {
        now.millis_since(self.streak_since) < WINDOW_MILLIS
    }
}
