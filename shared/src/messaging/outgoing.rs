//! One message for one address: what goes through the queue `notifications`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::{Address, Channel, DeliveryId, TraceKey};

/// A message that is ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Outgoing {
    /// The request that it belongs to.
    pub trace: TraceKey,
    /// To whom it goes.
    pub address: Address,
    /// The id of this delivery.
    pub delivery_id: DeliveryId,
    /// Names this message among several for the same delivery, which a repeated request makes.
    pub ticket: String,
    /// Whether the delivery was recorded before it is sent: else its first message records it.
    #[serde(default)]
    pub recorded: bool,
    /// What it says.
    pub content: Content,
}

/// What is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "channel", rename_all = "UPPERCASE", rename_all_fields = "camelCase")]
pub enum Content {
    /// Mail.
    Email {
        /// The sender.
        from: String,
        /// The subject, one line.
        subject: String,
        /// The body.
        body: String,
        /// Whether the body is HTML.
        html: bool,
        /// To whom answers go, if not to the sender.
        reply_to: Option<Address>,
    },
    /// A text message.
    Sms {
        /// The sender.
        from: String,
        /// What kind it is.
        message_type: MessageType,
        /// The text.
        body: String,
    },
}

/// What a text message is for: carriers and rules differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum MessageType {
    /// Somebody waits for it.
    Transactional,
    /// Advertising.
    Promotional,
}

impl Content {
    /// The longest subject, in characters (RFC 5322, section 2.1.1).
    pub const MAX_SUBJECT: usize = 998;
    /// The longest body of a mail, in bytes: with what JSON adds it must fit into a message of the queue.
    pub const MAX_EMAIL_BODY: usize = 100 * 1_024;
    /// The longest text message, in characters (the limit of End User Messaging).
    pub const MAX_SMS_BODY: usize = 1_600;

    /// How it is sent.
    #[must_use]
    pub fn channel(&self) -> Channel {
        match self {
            Self::Email { .. } => Channel::Email,
            Self::Sms { .. } => Channel::Sms,
        }
    }
}
