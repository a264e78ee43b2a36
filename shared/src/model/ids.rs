//! The ids: parsed once, canonical from then on.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ulid::Ulid;
use uuid::Uuid;

use super::Rejected;

/// Makes a text newtype that only [`FromStr`] (and a table's row) can fill.
macro_rules! text_id {
    ($(#[$attribute:meta])* $name:ident) => {
        #[derive(
            Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
        )]
        $(#[$attribute])*
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// The id as it is stored and shown.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

text_id! {
    /// A person: the `sub` of the Cognito account, a hyphenated UUID in lower case. In answers also `system`, where it was nobody.
    #[schemars(extend("pattern" = format!("^({UUID}|{SYSTEM})$")))]
    UserId
}
text_id! {
    /// A group: a ULID, or `lobby`.
    #[schemars(extend("pattern" = format!("^({ULID}|{LOBBY})$")))]
    GroupId
}
text_id! {
    /// An entry of a log, a message among them: a ULID.
    #[schemars(extend("pattern" = format!("^{ULID}$")))]
    EntryId
}
text_id! {
    /// A socket, as the WebSocket API names it.
    ConnectionId
}
text_id! {
    /// A client's own name for a message or a group that it creates: 1-64 of `A-Z a-z 0-9 - _ .`.
    #[schemars(extend("pattern" = "^[A-Za-z0-9_.-]+$", "minLength" = 1, "maxLength" = MAX_CLIENT_ID))]
    ClientId
}

/// Characters of a hyphenated UUID (RFC 9562, section 4).
pub(super) const UUID_LENGTH: usize = 36;

/// A hyphenated UUID, for schemas.
const UUID: &str = "[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}";
/// A ULID in the form that is shown, for schemas.
pub(super) const ULID: &str = "[0-7][0-9A-HJKMNP-TV-Z]{25}";

/// The longest name of a client's own.
const MAX_CLIENT_ID: usize = 64;

impl FromStr for UserId {
    type Err = Rejected;

    fn from_str(text: &str) -> Result<Self, Rejected> {
        const REASON: Rejected = Rejected("must be a user id, which is a UUID");
        if text.len() != UUID_LENGTH {
            return Err(REASON);
        }
        let id = Uuid::parse_str(text).map_err(|_| REASON)?;
        Ok(Self(id.hyphenated().to_string()))
    }
}

/// Whose doing it is where it is nobody's. No account has this id, since it is no UUID.
const SYSTEM: &str = "system";

impl UserId {
    /// Who opened the lobby.
    #[must_use]
    pub fn system() -> Self {
        Self(SYSTEM.to_owned())
    }
}

impl From<String> for ConnectionId {
    fn from(id: String) -> Self {
        Self(id)
    }
}

/// The one group whose id is no ULID.
const LOBBY: &str = "lobby";

impl GroupId {
    /// A new id.
    #[must_use]
    pub fn generate() -> Self {
        Self(Ulid::generate().to_string())
    }

    /// The public chat room.
    #[must_use]
    pub fn lobby() -> Self {
        Self(LOBBY.to_owned())
    }

    /// Whether it is the public chat room.
    #[must_use]
    pub fn is_lobby(&self) -> bool {
        self.0 == LOBBY
    }
}

impl FromStr for GroupId {
    type Err = Rejected;

    fn from_str(text: &str) -> Result<Self, Rejected> {
        if text == LOBBY {
            return Ok(Self::lobby());
        }
        let id: Ulid = text.parse().map_err(|_| Rejected("must be a group id, which is a ULID"))?;
        Ok(Self(id.to_string()))
    }
}

impl EntryId {
    /// A new id.
    #[must_use]
    pub fn generate() -> Self {
        Self(Ulid::generate().to_string())
    }
}

impl FromStr for ClientId {
    type Err = Rejected;

    fn from_str(text: &str) -> Result<Self, Rejected> {
        let allowed = |c: u8| c.is_ascii_alphanumeric() || b"-_.".contains(&c);
        if (1..=MAX_CLIENT_ID).contains(&text.len()) && text.bytes().all(allowed) {
            Ok(Self(text.to_owned()))
        } else {
            Err(Rejected("must be 1 to 64 characters of A-Z, a-z, 0-9, '-', '_' and '.'"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_id_has_one_form() {
        let id: UserId = "0B5AD1E4-63F3-4C4B-9E6F-3A3B2B4C5D6E".parse().unwrap();
        assert_eq!(id.as_str(), "0b5ad1e4-63f3-4c4b-9e6f-3a3b2b4c5d6e");
        for other in [
            "",
            SYSTEM,
            "{0b5ad1e4-63f3-4c4b-9e6f-3a3b2b4c5d6e}",
            "0b5ad1e463f34c4b9e6f3a3b2b4c5d6e",
        ] {
            assert!(other.parse::<UserId>().is_err(), "{other}");
        }
    }

    #[test]
    fn a_client_id_is_short_and_plain() {
        assert!("a-1_B.c".parse::<ClientId>().is_ok());
        assert!("x".repeat(64).parse::<ClientId>().is_ok());
        for bad in ["", "a b", "ä", "a#b", &"x".repeat(65)] {
            assert!(bad.parse::<ClientId>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_group_id_has_one_form() {
        let id = GroupId::generate();
        assert_eq!(id.as_str().to_lowercase().parse::<GroupId>().unwrap(), id);
        assert!("lounge".parse::<GroupId>().is_err());
        assert_eq!("lobby".parse::<GroupId>().unwrap(), GroupId::lobby());
    }
}
