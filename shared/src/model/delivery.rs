//! What is sent to an address by mail or as a text message, and what became of it.

use std::fmt;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use ulid::Ulid;
use validator::ValidateEmail;

use super::ids::ULID;
use super::{Rejected, Timestamp};

/// How an address is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum Channel {
    /// Mail.
    Email,
    /// A text message.
    Sms,
}

/// How far a delivery is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum DeliveryStatus {
    /// It waits, or is being sent.
    Pending,
    /// The provider has taken it.
    Accepted,
    /// It has arrived.
    Delivered,
    /// It will not arrive, or was returned after it had.
    Failed,
}

impl DeliveryStatus {
    /// The name as it is stored and shown.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::Accepted => "ACCEPTED",
            Self::Delivered => "DELIVERED",
            Self::Failed => "FAILED",
        }
    }
}

/// Where something is sent: a mail address, or a telephone number as E.164 writes it.
#[derive(
    Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(transparent)]
#[schemars(extend("maxLength" = MAX_EMAIL))]
pub struct Address(String);

/// The longest mail address (RFC 5321, section 4.5.3.1.3: a path of 256 with its brackets).
const MAX_EMAIL: usize = 254;

impl Address {
    /// An address of `channel`.
    ///
    /// # Errors
    /// Says what it must be.
    pub fn new(channel: Channel, text: &str) -> Result<Self, Rejected> {
        match channel {
            Channel::Email if is_email(text) => Ok(Self(text.to_owned())),
            Channel::Email => Err(Rejected("must be a mail address, in ASCII")),
            Channel::Sms if is_e164(text) => Ok(Self(text.to_owned())),
            Channel::Sms => {
                Err(Rejected("must be a telephone number in E.164, such as +16045551234"))
            }
        }
    }

    /// The address as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// As HTML has it, with a domain that has a dot: what SES takes.
fn is_email(text: &str) -> bool {
    let (local, domain) = text.rsplit_once('@').unwrap_or_default();
    text.is_ascii()
        && text.len() <= MAX_EMAIL
        && domain.contains('.')
        && !domain.starts_with('[')
        && is_dot_atom(local)
        && text.validate_email()
}

/// RFC 5322, section 3.2.3: dots stand between characters. HTML would take others.
fn is_dot_atom(local: &str) -> bool {
    local.split('.').all(|atom| !atom.is_empty())
}

/// ITU-T E.164: a plus and at most 15 digits, the first of which is no zero.
fn is_e164(text: &str) -> bool {
    text.strip_prefix('+').is_some_and(|digits| {
        (2..=15).contains(&digits.len())
            && !digits.starts_with('0')
            && digits.bytes().all(|digit| digit.is_ascii_digit())
    })
}

/// The longest name of a sender's own.
const MAX_TRACE_ID: usize = 128;

/// A sender's own name for a request: 1-128 characters, no control characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
#[schemars(extend("minLength" = 1, "maxLength" = MAX_TRACE_ID))]
pub struct TraceId(String);

impl TraceId {
    /// The id as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for TraceId {
    type Err = Rejected;

    fn from_str(text: &str) -> Result<Self, Rejected> {
        if text.is_empty()
            || text.chars().count() > MAX_TRACE_ID
            || text.chars().any(char::is_control)
        {
            return Err(Rejected("must have 1 to 128 characters, none of them control characters"));
        }
        // As a part of a path these are steps (RFC 3986, section 5.2.4).
        if matches!(text, "." | "..") {
            return Err(Rejected("must not be . or .."));
        }
        Ok(Self(text.to_owned()))
    }
}

/// A request of a sender, whoever else may use the same [`TraceId`]. Has only characters that tags of SES allow.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TraceKey(String);

impl TraceKey {
    /// The request `trace_id` of `subject`, to whom `issuer` gave a token.
    #[must_use]
    pub fn new(issuer: &str, subject: &str, trace_id: &str) -> Self {
        let lengths = [issuer.len(), subject.len()].map(usize::to_be_bytes).concat();
        let parts =
            [lengths.as_slice(), issuer.as_bytes(), subject.as_bytes(), trace_id.as_bytes()];
        Self(URL_SAFE_NO_PAD.encode(Sha256::digest(parts.concat())))
    }

    /// The key as it is stored and sent along: 43 of `A-Z a-z 0-9 - _`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<String> for TraceKey {
    fn from(key: String) -> Self {
        Self(key)
    }
}

impl fmt::Display for TraceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One delivery: a ULID.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
#[schemars(extend("pattern" = format!("^{ULID}$")))]
pub struct DeliveryId(String);

impl DeliveryId {
    /// A new id.
    #[must_use]
    pub fn generate() -> Self {
        Self(Ulid::generate().to_string())
    }

    /// The id as it is stored and shown.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for DeliveryId {
    type Err = Rejected;

    fn from_str(text: &str) -> Result<Self, Rejected> {
        let id: Ulid = text.parse().map_err(|_| Rejected("must be a delivery's id, a ULID"))?;
        Ok(Self(id.to_string()))
    }
}

impl fmt::Display for DeliveryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What is known of a delivery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Delivery {
    /// To whom.
    pub address: Address,
    /// How.
    pub channel: Channel,
    /// Its id.
    pub delivery_id: DeliveryId,
    /// How far it is.
    #[serde(rename = "deliveryStatus")]
    pub status: DeliveryStatus,
    /// Why it failed, or why it was not taken yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// How often sending was begun.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attempts: Option<u32>,
    /// Of how many parts a text message consists: each is paid for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub segments: Option<u32>,
    /// When it last came further.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<Timestamp>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_what_the_providers_take() {
        for good in ["a@example.com", "a.b+c@sub.example.co", "o'hara@example.com"] {
            assert!(Address::new(Channel::Email, good).is_ok(), "{good}");
            assert!(Address::new(Channel::Sms, good).is_err(), "{good}");
        }
        let long = format!("{}@example.com", "a".repeat(250));
        let bad = ["", "a", "a@", "@example.com", "a@b", "a b@example.com", "ä@example.com"];
        let dots = [".a@example.com", "a.@example.com", "a..b@example.com", "a@[127.0.0.1]"];
        for bad in bad
            .into_iter()
            .chain(dots)
            .chain(["a@example.com\r\nBcc: b@example.com", long.as_str()])
        {
            assert!(Address::new(Channel::Email, bad).is_err(), "{bad}");
        }
        assert!(Address::new(Channel::Sms, "+16045551234").is_ok());
        for bad in ["16045551234", "+0604555", "+1", "+1604555123412345", "+1 604", "+1604a", "+"] {
            assert!(Address::new(Channel::Sms, bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_status_is_written_as_it_is_stored() {
        use DeliveryStatus::{Accepted, Delivered, Failed, Pending};
        for status in [Pending, Accepted, Delivered, Failed] {
            assert_eq!(serde_json::to_value(status).unwrap(), status.as_str());
        }
    }
}
