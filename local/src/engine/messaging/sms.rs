//! End User Messaging: text messages.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};
use shared::model::Timestamp;
use uuid::Uuid;

use super::{Messaging, SMS_SENDER, event, failed};
use crate::engine::aws_json::{Outcome, Refusal, run};
use crate::outbox::{Channel, Message};

/// The longest text, in characters.
const MAX_LENGTH: usize = 1_600;

/// One text message to one number.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
struct SendTextMessage {
    destination_phone_number: Option<String>,
    origination_identity: Option<String>,
    message_body: Option<String>,
    message_type: Option<String>,
    configuration_set_name: Option<String>,
    #[serde(default)]
    context: BTreeMap<String, String>,
}

/// A text message that may be sent.
pub struct Text {
    /// What goes out.
    pub message: Message,
    /// Whether it is `TRANSACTIONAL` or `PROMOTIONAL`.
    pub kind: &'static str,
    /// What its events have with them.
    pub context: BTreeMap<String, String>,
}

impl Messaging {
    /// Answers a call of End User Messaging; blocks its thread for as long as the database takes.
    ///
    /// # Errors
    /// As End User Messaging.
    pub fn call(&self, operation: &str, body: &[u8]) -> Outcome {
        match operation {
            "SendTextMessage" => run(body, |input| self.text(input)),
            _ => Err(Refusal::unknown_operation()),
        }
    }

    fn text(&self, input: SendTextMessage) -> Result<Value, Refusal> {
        let text = input.text()?;
        let fate = self.fate_of_text(&text.message.to).ok_or_else(too_many)?;
        let id = Uuid::new_v4().to_string();
        let events = event::of_text(&text, &id, fate);
        self.accept(&text.message, &id, fate, events).map_err(|error| failed(&error))?;
        Ok(json!({ "MessageId": id }))
    }
}

impl SendTextMessage {
    fn text(self) -> Result<Text, Refusal> {
        let to = self.destination_phone_number.filter(|number| is_phone_number(number));
        let to = to.ok_or_else(|| invalid("DestinationPhoneNumber"))?;
        let from = self.origination_identity.ok_or_else(|| invalid("OriginationIdentity"))?;
        if from != SMS_SENDER {
            return Err(unknown(&from));
        }
        let body = self.message_body;
        let body = body.filter(|body| (1..=MAX_LENGTH).contains(&body.chars().count()));
        let body = body.ok_or_else(|| invalid("MessageBody"))?;
        let kind = match self.message_type.as_deref() {
            Some("TRANSACTIONAL") | None => "TRANSACTIONAL",
            Some("PROMOTIONAL") => "PROMOTIONAL",
            Some(_) => return Err(invalid("MessageType")),
        };
        if self.configuration_set_name.is_some_and(|name| !is_name(&name)) {
            return Err(invalid("ConfigurationSetName"));
        }
        if !self.context.iter().all(|(name, value)| is_context(name, 100) && is_context(value, 800))
        {
            return Err(invalid("Context"));
        }
        let (channel, sent_at) = (Channel::Sms, Timestamp::now());
        let message = Message { channel, from, to, subject: None, body, sent_at };
        Ok(Text { message, kind, context: self.context })
    }
}

/// Whether it is a phone number with its country, as in `+18005550100`.
#[must_use]
pub fn is_phone_number(number: &str) -> bool {
    let digits = number.strip_prefix('+').unwrap_or_default();
    (2..=19).contains(&digits.len())
        && !digits.starts_with('0')
        && digits.bytes().all(|digit| digit.is_ascii_digit())
}

fn is_name(name: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"_-:/".contains(&byte);
    (1..=256).contains(&name.len()) && name.bytes().all(allowed)
}

fn is_context(text: &str, most: usize) -> bool {
    (1..=most).contains(&text.len()) && text.trim() == text
}

fn invalid(field: &str) -> Refusal {
    let message = format!("Invalid request, the field {field} is missing or not valid.");
    Refusal { code: "ValidationException", message }
}

fn unknown(identity: &str) -> Refusal {
    let message = format!("There is no phone number or sender id {identity}.");
    Refusal { code: "ResourceNotFoundException", message }
}

fn too_many() -> Refusal {
    Refusal { code: "ThrottlingException", message: "Rate exceeded".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_has_its_country() {
        for number in ["+18005550100", "+4915112345678", "+123456789012345"] {
            assert!(is_phone_number(number), "{number}");
        }
        for number in [
            "",
            "+",
            "18005550100",
            "+08005550100",
            "+1 800 555 0100",
            "+1800555010x",
            "+12345678901234567890",
            "+1",
            "a@example.com",
        ] {
            assert!(!is_phone_number(number), "{number}");
        }
    }
}
