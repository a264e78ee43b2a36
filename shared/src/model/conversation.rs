//! Which log a message belongs to.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::ids::UUID_LENGTH;
use super::{GroupId, Rejected, UserId};

/// Names a conversation's log without a look-up: a direct one by its two people, a group's by the group.
///
/// As text `d-<lower user id>-<higher user id>` or `g-<group id>`: at most 75 bytes, safe in a URL path.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ConversationId {
    /// Two people, the lower id first.
    Direct(UserId, UserId),
    /// The members of a group.
    Group(GroupId),
}

/// The longest id that clients must expect.
const MAX_LENGTH: usize = 100;

impl ConversationId {
    /// The direct conversation of two people, the same whoever asks.
    #[must_use]
    pub fn direct(one: &UserId, other: &UserId) -> Self {
        let (lower, higher) = if one <= other { (one, other) } else { (other, one) };
        Self::Direct(lower.clone(), higher.clone())
    }

    /// The other person of a direct conversation that `user` takes part in.
    #[must_use]
    pub fn peer_of(&self, user: &UserId) -> Option<&UserId> {
        match self {
            Self::Direct(lower, higher) if lower == user => Some(higher),
            Self::Direct(lower, higher) if higher == user => Some(lower),
            _ => None,
        }
    }

    /// The group whose log it is.
    #[must_use]
    pub fn group(&self) -> Option<&GroupId> {
        match self {
            Self::Group(group) => Some(group),
            Self::Direct(..) => None,
        }
    }
}

impl fmt::Display for ConversationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Direct(lower, higher) => write!(f, "d-{lower}-{higher}"),
            Self::Group(group) => write!(f, "g-{group}"),
        }
    }
}

impl FromStr for ConversationId {
    type Err = Rejected;

    fn from_str(text: &str) -> Result<Self, Rejected> {
        const REASON: Rejected = Rejected("must be a conversation id");
        if let Some(group) = text.strip_prefix("g-") {
            return Ok(Self::Group(group.parse().map_err(|_| REASON)?));
        }
        let people = text.strip_prefix("d-").ok_or(REASON)?;
        let (lower, rest) = people.split_at_checked(UUID_LENGTH).ok_or(REASON)?;
        let higher = rest.strip_prefix('-').ok_or(REASON)?;
        let (lower, higher): (UserId, UserId) =
            (lower.parse().map_err(|_| REASON)?, higher.parse().map_err(|_| REASON)?);
        if lower < higher { Ok(Self::Direct(lower, higher)) } else { Err(REASON) }
    }
}

/// What a client may rely on; what the id is made of it need not know.
impl JsonSchema for ConversationId {
    fn schema_name() -> Cow<'static, str> {
        "ConversationId".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A conversation: opaque, safe in the path of a URL.",
            "type": "string",
            "pattern": "^[A-Za-z0-9._~-]+$",
            "minLength": 1,
            "maxLength": MAX_LENGTH,
        })
    }
}

impl Serialize for ConversationId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ConversationId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOW: &str = "0b5ad1e4-63f3-4c4b-9e6f-3a3b2b4c5d6e";
    const HIGH: &str = "f0000000-63f3-4c4b-9e6f-3a3b2b4c5d6e";

    #[test]
    fn both_people_name_the_same_conversation() {
        let (low, high): (UserId, UserId) = (LOW.parse().unwrap(), HIGH.parse().unwrap());
        let id = ConversationId::direct(&high, &low);
        assert_eq!(id, ConversationId::direct(&low, &high));
        assert_eq!(id.peer_of(&low), Some(&high));
        assert_eq!(id.to_string().parse::<ConversationId>().unwrap(), id);
        assert!(id.to_string().len() <= MAX_LENGTH);
    }

    #[test]
    fn nothing_else_is_a_conversation_id() {
        let swapped = format!("d-{HIGH}-{LOW}");
        let alone = format!("d-{LOW}-{LOW}");
        for text in ["", "d-", "g-", "g-x", "d-ä", LOW, &swapped, &alone] {
            assert!(text.parse::<ConversationId>().is_err(), "{text}");
        }
    }
}
