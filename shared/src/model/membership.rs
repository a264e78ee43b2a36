//! Who takes part in a conversation, and as what.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{ConversationId, Rejected, Seq, Timestamp, UserId};

/// What a member may do; the later, the more.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "camelCase")]
pub enum Role {
    /// Reads and writes.
    Member,
    /// Adds members, removes those of lower rank, deletes messages.
    Admin,
    /// Gives roles, renames and deletes the group.
    Owner,
}

impl Role {
    /// The role's name, as tables and answers write it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Admin => "admin",
            Self::Owner => "owner",
        }
    }
}

impl std::str::FromStr for Role {
    type Err = Rejected;

    fn from_str(text: &str) -> Result<Self, Rejected> {
        match text {
            "member" => Ok(Self::Member),
            "admin" => Ok(Self::Admin),
            "owner" => Ok(Self::Owner),
            _ => Err(Rejected("must be 'member', 'admin' or 'owner'")),
        }
    }
}

/// A person's part in a conversation, as the GroupMemberships table holds it, direct conversations included.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Membership {
    /// Whose.
    pub user_id: UserId,
    /// In which conversation.
    pub conversation_id: ConversationId,
    /// The conversation again while they belong to it: the key of the index of members.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub member_of: Option<ConversationId>,
    /// Their role in a group; none in a direct conversation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// The first entry that they may read.
    pub joined_seq: Seq,
    /// Since when they belong to it.
    pub joined_at: Timestamp,
    /// The last entry that they have read.
    pub read_seq: Seq,
    /// The other person of a direct conversation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub peer_id: Option<UserId>,
    /// When they left or were removed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub removed_at: Option<Timestamp>,
    /// By whom; themself if they left.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub removed_by: Option<UserId>,
    /// The entry that says that their account was erased: of what they wrote before it, nothing is left.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub erased_seq: Option<Seq>,
}

impl Membership {
    /// A member of the group conversation `conversation_id` from the entry `seq` on.
    #[must_use]
    pub fn of_group(
        user_id: UserId,
        conversation_id: ConversationId,
        role: Role,
        seq: Seq,
        at: Timestamp,
    ) -> Self {
        Self {
            user_id,
            member_of: Some(conversation_id.clone()),
            conversation_id,
            role: Some(role),
            joined_seq: seq,
            joined_at: at,
            read_seq: seq,
            peer_id: None,
            removed_at: None,
            removed_by: None,
            erased_seq: None,
        }
    }

    /// `user_id`'s part in their direct conversation with `peer_id`.
    #[must_use]
    pub fn of_direct(user_id: UserId, peer_id: UserId, at: Timestamp) -> Self {
        let conversation_id = ConversationId::direct(&user_id, &peer_id);
        Self {
            user_id,
            member_of: Some(conversation_id.clone()),
            conversation_id,
            role: None,
            joined_seq: Seq::FIRST,
            joined_at: at,
            read_seq: Seq::ZERO,
            peer_id: Some(peer_id),
            removed_at: None,
            removed_by: None,
            erased_seq: None,
        }
    }

    /// Whether they belong to the conversation now.
    #[must_use]
    pub fn is_active(&self) -> bool {
        self.removed_at.is_none()
    }

    /// Their role while they belong to the group.
    #[must_use]
    pub fn active_role(&self) -> Option<Role> {
        self.role.filter(|_| self.is_active())
    }
}
