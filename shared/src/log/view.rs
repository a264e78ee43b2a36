//! What a reader sees of a log.

use std::collections::HashSet;

use schemars::{JsonSchema, Schema, json_schema};
use serde::Serialize;
use serde_json::Value;

use crate::model::{
    ClientId, Content, ConversationId, Entry, EntryId, GroupId, Membership, Message, MessageBody,
    Seq, Timestamp, UserId,
};

/// A reader of one conversation.
#[derive(Debug, Clone, Copy)]
pub struct Viewer<'a> {
    /// Their part in it.
    pub membership: &'a Membership,
    /// Whom they have blocked.
    pub blocked: &'a HashSet<UserId>,
}

/// An entry of a conversation's log, as one reader sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(untagged)]
#[schemars(rename = "Entry")]
pub enum Shown {
    /// A message as it now is.
    Message(MessageView),
    /// Any other entry.
    Change(ChangeView),
    /// Something of a person whom the reader has blocked.
    Hidden(HiddenView),
}

/// A message as it now is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(tag = "type", rename = "message", rename_all = "camelCase")]
#[schemars(rename = "Message", transform = tagged("message"))]
pub struct MessageView {
    /// Its id.
    pub message_id: EntryId,
    /// Its log.
    pub conversation_id: ConversationId,
    /// Its place there.
    pub seq: Seq,
    /// Who sent it.
    pub sender_id: UserId,
    /// To whom, in a direct conversation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recipient_id: Option<UserId>,
    /// To which group.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group_id: Option<GroupId>,
    /// What it says; nothing once it is deleted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<MessageBody>,
    /// The message that it answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<Seq>,
    /// The sender's own name for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_message_id: Option<ClientId>,
    /// When it was sent.
    pub created_at: Timestamp,
    /// When it was last edited.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub edited_at: Option<Timestamp>,
    /// When it was deleted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deleted_at: Option<Timestamp>,
}

/// An entry that is no message: what changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Change")]
pub struct ChangeView {
    /// Its log.
    pub conversation_id: ConversationId,
    /// Its place there.
    pub seq: Seq,
    /// Whose doing.
    pub actor_id: UserId,
    /// When.
    pub created_at: Timestamp,
    /// What changed.
    #[serde(flatten)]
    pub content: Content,
}

/// An entry of which the reader sees only that it is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(tag = "type", rename = "hidden", rename_all = "camelCase")]
#[schemars(rename = "Hidden", transform = tagged("hidden"))]
pub struct HiddenView {
    /// Its log.
    pub conversation_id: ConversationId,
    /// Its place there.
    pub seq: Seq,
}

/// Adds the member `type` to the schema of a struct: schemars does not know of tags on structs.
fn tagged(name: &'static str) -> impl FnMut(&mut Schema) {
    move |schema| {
        let tag = json_schema!({ "type": "string", "const": name });
        if let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) {
            properties.insert("type".to_owned(), tag.into());
        }
        if let Some(required) = schema.get_mut("required").and_then(Value::as_array_mut) {
            required.insert(0, "type".into());
        }
    }
}

impl Viewer<'_> {
    /// What this reader sees of `entry`; nothing of what was before they joined.
    #[must_use]
    pub fn show(&self, entry: Entry) -> Option<Shown> {
        if entry.seq < self.membership.joined_seq {
            return None;
        }
        if self.is_hidden(&entry) {
            let Entry { conversation_id, seq, .. } = entry;
            return Some(Shown::Hidden(HiddenView { conversation_id, seq }));
        }
        Some(entry.into())
    }

    /// The message that `entry` is for this reader, if it is one that they may see, a tombstone included.
    #[must_use]
    pub fn message(&self, entry: Entry) -> Option<MessageView> {
        match self.show(entry)? {
            Shown::Message(message) => Some(message),
            Shown::Change(_) | Shown::Hidden(_) => None,
        }
    }

    /// Whether `entry` is a message that another wrote for this reader to read: it is there to be checked, and counts
    /// as unread until it is read. Nothing of a blocked person is, in direct conversations too.
    #[must_use]
    pub fn is_news(&self, entry: &Entry) -> bool {
        entry.seq >= self.membership.joined_seq
            && entry.message().is_some_and(|message| message.deleted_at.is_none())
            && entry.actor_id != self.membership.user_id
            && !self.blocked.contains(&entry.actor_id)
    }

    /// In groups, the messages of a blocked person and what became of them; a direct conversation stays readable.
    fn is_hidden(&self, entry: &Entry) -> bool {
        let author = match &entry.content {
            Content::Message(_) => Some(&entry.actor_id),
            _ => entry.author_id.as_ref(),
        };
        entry.conversation_id.group().is_some()
            && author.is_some_and(|author| self.blocked.contains(author))
    }
}

impl From<Entry> for Shown {
    fn from(entry: Entry) -> Self {
        match entry.content {
            Content::Message(message) => {
                let Message { body, reply_to, client_message_id, edited_at, deleted_at } = message;
                Self::Message(MessageView {
                    message_id: entry.entry_id,
                    seq: entry.seq,
                    recipient_id: entry.conversation_id.peer_of(&entry.actor_id).cloned(),
                    group_id: entry.conversation_id.group().cloned(),
                    conversation_id: entry.conversation_id,
                    sender_id: entry.actor_id,
                    body,
                    reply_to,
                    client_message_id,
                    created_at: entry.created_at,
                    edited_at,
                    deleted_at,
                })
            }
            content => Self::Change(ChangeView {
                conversation_id: entry.conversation_id,
                seq: entry.seq,
                actor_id: entry.actor_id,
                created_at: entry.created_at,
                content,
            }),
        }
    }
}
