//! A group.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{ConversationId, GroupId, Name, Rejected, Timestamp, UserId};

/// Who may see and join a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Visibility {
    /// Only its members know of it.
    Private,
    /// Everyone sees it and may join.
    Open,
}

impl Visibility {
    /// The visibility's name, as tables and answers write it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Private => "private",
            Self::Open => "open",
        }
    }
}

impl std::str::FromStr for Visibility {
    type Err = Rejected;

    fn from_str(text: &str) -> Result<Self, Rejected> {
        match text {
            "private" => Ok(Self::Private),
            "open" => Ok(Self::Open),
            _ => Err(Rejected("must be 'private' or 'open'")),
        }
    }
}

/// A group as everyone who may see it sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Group {
    /// Its id.
    pub group_id: GroupId,
    /// Its log.
    pub conversation_id: ConversationId,
    /// Its name.
    pub name: Name,
    /// Who may see it.
    pub visibility: Visibility,
    /// When it was made.
    pub created_at: Timestamp,
    /// By whom.
    pub created_by: UserId,
}

impl Group {
    /// The most members that a group may have.
    pub const MAX_MEMBERS: u32 = 10_000;
}
