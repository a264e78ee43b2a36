//! What is held about a person, piece by piece.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use shared::identity::HeldAccount;
use shared::log::Shown;
use shared::model::{
    ConversationId, Membership, Name, Notification, SequenceNumber, Socket, Timestamp, User,
    UserId, Username,
};
use shared::store::{Block, Claim};

/// A piece of what is held about a person.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(untagged)]
#[schemars(rename = "HeldItem")]
pub enum Item {
    /// Something that they wrote, or what is left of it, or changed.
    Entry(Shown),
    /// Anything else.
    Other(Held),
}

/// A piece that is no entry of a log, told apart by `type`.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Held {
    /// What others see of them.
    Profile {
        /// Their id.
        user_id: UserId,
        /// Their user name.
        username: Username,
        /// How they are called.
        display_name: Name,
        /// When they registered.
        created_at: Timestamp,
    },
    /// What the user pool knows.
    Account(HeldAccount),
    /// A device that is connected.
    Connection {
        /// Since when.
        since: Timestamp,
    },
    /// A part in a conversation, former ones included.
    Conversation(Membership),
    /// Somebody whom they have blocked.
    Block(Block),
    /// What a client called a message or a group that it made within the last day.
    ClientId {
        /// As the table names it: a group's stands behind `group#`.
        client_id: String,
        /// Where the message went, or the log of the group.
        conversation_id: ConversationId,
        /// When it was first used.
        created_at: Timestamp,
    },
    /// What another system has to say to them and no device has confirmed.
    Notification {
        /// Its id.
        #[schemars(with = "SequenceNumber")]
        message_id: String,
        /// What it says.
        message: Value,
    },
}

impl From<User> for Item {
    fn from(user: User) -> Self {
        let User { user_id, username, display_name, created_at } = user;
        Self::Other(Held::Profile { user_id, username, display_name, created_at })
    }
}

impl From<HeldAccount> for Item {
    fn from(account: HeldAccount) -> Self {
        Self::Other(Held::Account(account))
    }
}

impl From<Socket> for Item {
    fn from(socket: Socket) -> Self {
        Self::Other(Held::Connection { since: socket.since })
    }
}

impl From<Membership> for Item {
    fn from(membership: Membership) -> Self {
        Self::Other(Held::Conversation(membership))
    }
}

impl From<Block> for Item {
    fn from(block: Block) -> Self {
        Self::Other(Held::Block(block))
    }
}

impl From<Claim> for Item {
    fn from(claim: Claim) -> Self {
        let client_id = claim.client_id().to_owned();
        let Claim { conversation_id, created_at, .. } = claim;
        Self::Other(Held::ClientId { client_id, conversation_id, created_at })
    }
}

impl From<Notification> for Item {
    fn from(notification: Notification) -> Self {
        let message_id = notification.sequence_number.to_string();
        Self::Other(Held::Notification { message_id, message: notification.message })
    }
}
