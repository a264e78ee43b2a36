//! The nouns and their rules; nothing here knows HTTP or AWS.

mod conversation;
mod delivery;
mod entry;
mod group;
mod ids;
mod membership;
mod notification;
mod password;
mod socket;
mod text;
mod timestamp;
mod user;

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Number;

pub use conversation::ConversationId;
pub use delivery::{Address, Channel, Delivery, DeliveryId, DeliveryStatus, TraceId, TraceKey};
pub use entry::{Content, Entry, Message, Streak};
pub use group::{Group, Visibility};
pub use ids::{ClientId, ConnectionId, EntryId, GroupId, UserId};
pub use membership::{Membership, Role};
pub use notification::{Notification, SequenceNumber};
pub use password::Password;
pub use socket::Socket;
pub use text::{MessageBody, Name, Username};
pub use timestamp::Timestamp;
pub use user::{Profile, User};

/// Why a value is not allowed, as the rest of a sentence that begins with the value's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Rejected(pub &'static str);

/// The place of an entry in its log: 1, 2, 3 … without a gap. Zero stands before the first.
#[derive(
    Debug,
    Clone,
    Copy,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    JsonSchema,
)]
#[serde(transparent)]
#[schemars(extend("maximum" = MAX_SEQ))]
pub struct Seq(u64);

impl Seq {
    /// Before the first entry.
    pub const ZERO: Self = Self(0);
    /// The first entry.
    pub const FIRST: Self = Self(1);

    /// The place behind this one.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }

    /// The place before this one; zero stays zero.
    #[must_use]
    pub fn previous(self) -> Self {
        Self(self.0.saturating_sub(1))
    }

    /// How many places lie behind `earlier`, up to this one.
    #[must_use]
    pub fn since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }
}

impl fmt::Display for Seq {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The largest whole number that every JSON reader keeps exactly (RFC 8259, section 6).
const MAX_SEQ: u64 = (1 << 53) - 1;

impl TryFrom<&Number> for Seq {
    type Error = Rejected;

    fn try_from(number: &Number) -> Result<Self, Rejected> {
        match number.as_u64() {
            Some(seq @ ..=MAX_SEQ) => Ok(Self(seq)),
            _ => Err(Rejected("must be a whole number from 0 to 9007199254740991")),
        }
    }
}
