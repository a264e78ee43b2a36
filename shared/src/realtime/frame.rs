//! What is sent on sockets.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use crate::error::{Error, Result};
use crate::http::Problem;
use crate::log::{ChangeView, MessageView};
use crate::model::{ConversationId, Seq, SequenceNumber, UserId};

/// What the server says on its own.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(tag = "type", rename_all_fields = "camelCase")]
pub enum Push {
    /// Somebody wrote a message.
    #[serde(rename = "message.created")]
    MessageCreated {
        /// The message.
        message: MessageView,
    },
    /// A message has another body.
    #[serde(rename = "message.updated")]
    MessageUpdated {
        /// It, as it now is; only to those who could read it.
        #[serde(skip_serializing_if = "Option::is_none")]
        message: Option<MessageView>,
        /// The entry that records it.
        entry: ChangeView,
    },
    /// A message is a tombstone.
    #[serde(rename = "message.deleted")]
    MessageDeleted {
        /// It, as it now is; only to those who could read it.
        #[serde(skip_serializing_if = "Option::is_none")]
        message: Option<MessageView>,
        /// The entry that records it.
        entry: ChangeView,
    },
    /// A group was made, with the person in it.
    #[serde(rename = "group.created")]
    GroupCreated {
        /// The entry that records it.
        entry: ChangeView,
    },
    /// Somebody belongs to a group now.
    #[serde(rename = "member.added")]
    MemberAdded {
        /// The entry that records it.
        entry: ChangeView,
    },
    /// Somebody does not belong to a group any more.
    #[serde(rename = "member.removed")]
    MemberRemoved {
        /// The entry that records it.
        entry: ChangeView,
    },
    /// A member has another role.
    #[serde(rename = "member.updated")]
    MemberUpdated {
        /// The entry that records it.
        entry: ChangeView,
    },
    /// A group has another name or visibility.
    #[serde(rename = "group.updated")]
    GroupUpdated {
        /// The entry that records it.
        entry: ChangeView,
    },
    /// Somebody's account was erased: what is held of their messages is to be dropped.
    #[serde(rename = "user.erased")]
    UserErased {
        /// The entry that records it.
        entry: ChangeView,
    },
    /// A group is gone.
    #[serde(rename = "group.deleted")]
    GroupDeleted {
        /// The entry that records it.
        entry: ChangeView,
    },
    /// Whom the person has blocked has changed: what their devices hold must be paged in anew.
    #[serde(rename = "blocks.changed")]
    BlocksChanged,
    /// Somebody has read a conversation up to an entry.
    #[serde(rename = "conversation.read")]
    ConversationRead {
        /// Which conversation.
        conversation_id: ConversationId,
        /// Who.
        user_id: UserId,
        /// Up to which entry.
        seq: Seq,
    },
    /// Somebody is writing.
    #[serde(rename = "typing")]
    Typing {
        /// Where.
        conversation_id: ConversationId,
        /// Who.
        user_id: UserId,
    },
    /// Another system has something to say.
    #[serde(rename = "notification")]
    Notification {
        /// By which it is confirmed.
        #[schemars(with = "SequenceNumber")]
        message_id: String,
        /// What.
        message: Value,
    },
}

/// What is said in answer to a frame of the client.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Reply<'a> {
    /// It is done.
    Ack {
        /// The client's name for its frame.
        #[serde(skip_serializing_if = "Option::is_none")]
        request_id: Option<&'a str>,
        /// The message that was sent.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[schemars(with = "Option<MessageView>")]
        message: Option<&'a Value>,
    },
    /// The answer to `ping`.
    Pong {
        /// The client's name for its frame.
        #[serde(skip_serializing_if = "Option::is_none")]
        request_id: Option<&'a str>,
    },
    /// It is not done.
    Error {
        /// The client's name for its frame.
        #[serde(skip_serializing_if = "Option::is_none")]
        request_id: Option<&'a str>,
        /// Why.
        problem: Problem<'a>,
    },
}

/// A frame as it goes over a socket: JSON text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame(String);

impl Frame {
    /// The frame that says `what`.
    ///
    /// # Errors
    /// When it cannot be written as JSON, which no type of ours does.
    pub fn new(what: &impl Serialize) -> Result<Self> {
        serde_json::to_string(what).map(Self).map_err(Error::internal)
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl From<Frame> for String {
    fn from(frame: Frame) -> Self {
        frame.0
    }
}
