//! SES: mail, over its version 2 of REST and JSON.

use axum::body::Body as HttpBody;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};
use shared::model::Timestamp;
use uuid::Uuid;
use validator::ValidateEmail;

use super::{EMAIL_SENDER, Messaging, event, failed};
use crate::clock::epoch_millis;
use crate::engine::aws_json::{Outcome, Refusal, run};
use crate::outbox::{Channel, Message};

const MAX_TAG_LENGTH: usize = 256;

/// One mail to one address.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
struct SendEmail {
    from_email_address: Option<String>,
    #[serde(default)]
    reply_to_addresses: Vec<String>,
    destination: Option<Destination>,
    content: Option<Content>,
    #[serde(default)]
    email_tags: Vec<Tag>,
    configuration_set_name: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
struct Destination {
    #[serde(default)]
    to_addresses: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
struct Content {
    simple: Option<Simple>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
struct Simple {
    subject: Option<Text>,
    body: Option<Body>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
struct Body {
    text: Option<Text>,
    html: Option<Text>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
struct Text {
    data: Option<String>,
    charset: Option<String>,
}

/// What tells one mail's events from another's.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
pub struct Tag {
    /// What it says something of.
    pub name: String,
    /// What it says.
    pub value: String,
}

/// A mail that may be sent.
pub struct Mail {
    /// What goes out.
    pub message: Message,
    /// What its events have with them.
    pub tags: Vec<Tag>,
}

impl Messaging {
    /// Answers a call of `SendEmail`; blocks its thread for as long as the database takes.
    ///
    /// # Errors
    /// As SES.
    pub fn send_email(&self, body: &[u8]) -> Outcome {
        run(body, |input: SendEmail| self.email(input))
    }

    fn email(&self, input: SendEmail) -> Result<Value, Refusal> {
        let mail = input.mail()?;
        let fate = self.fate_of_mail(&mail.message.to).map_err(|error| failed(&error))?;
        let fate = fate.ok_or_else(too_many)?;
        let id = message_id();
        let events = event::of_mail(&mail, &id, fate);
        self.accept(&mail.message, &id, fate, events).map_err(|error| failed(&error))?;
        Ok(json!({ "MessageId": id }))
    }
}

impl SendEmail {
    fn mail(self) -> Result<Mail, Refusal> {
        let from = self.from_email_address.ok_or_else(|| bad("FromEmailAddress is required."))?;
        let to = self.destination.map(|destination| destination.to_addresses).unwrap_or_default();
        let [to] = <[String; 1]>::try_from(to).map_err(|_| bad("One recipient is required."))?;
        let replies_arrive = self.reply_to_addresses.iter().all(|address| is_mail_address(address));
        if !is_mail_address(&from) || !is_mail_address(&to) || !replies_arrive {
            return Err(bad("Missing final '@domain'"));
        }
        if from != EMAIL_SENDER {
            return Err(unverified(&from));
        }
        let content = self.content.and_then(|content| content.simple);
        let content = content.ok_or_else(|| bad("Content.Simple is required."))?;
        let subject = content.subject.ok_or_else(|| bad("Subject is required."))?.read()?;
        let body = content.body.and_then(|body| body.html.or(body.text));
        let body = body.ok_or_else(|| bad("A text or HTML body is required."))?.read()?;
        let mut tags = self.email_tags;
        if !tags.iter().all(Tag::is_allowed) {
            return Err(bad("A tag has at most 256 letters, digits and signs of '_-.@'."));
        }
        tags.extend(self.configuration_set_name.map(Tag::of_configuration_set));
        let (channel, sent_at) = (Channel::Email, Timestamp::now());
        let message = Message { channel, from, to, subject: Some(subject), body, sent_at };
        Ok(Mail { message, tags })
    }
}

impl Text {
    fn read(self) -> Result<String, Refusal> {
        let data = self.data.ok_or_else(|| bad("Data is required."))?;
        match self.charset.as_deref() {
            Some(charset) if charset.eq_ignore_ascii_case("UTF-8") => Ok(data),
            None if data.is_ascii() => Ok(data),
            _ => Err(bad("The text must be in UTF-8 and say so, or 7-bit ASCII.")),
        }
    }
}

impl Tag {
    fn of_configuration_set(value: String) -> Self {
        Self { name: "ses:configuration-set".to_owned(), value }
    }

    fn is_allowed(&self) -> bool {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.@".contains(&byte);
        let allowed =
            |text: &str| (1..=MAX_TAG_LENGTH).contains(&text.len()) && text.bytes().all(plain);
        allowed(&self.name) && allowed(&self.value)
    }
}

/// Whether SES would try to send to it.
#[must_use]
pub fn is_mail_address(address: &str) -> bool {
    let (_, domain) = address.rsplit_once('@').unwrap_or_default();
    address.is_ascii() && domain.contains('.') && address.validate_email()
}

/// The HTTP response of SES: an error is named in a header.
#[must_use]
pub fn respond(outcome: Outcome) -> Response {
    let json = [(header::CONTENT_TYPE, "application/json")];
    match outcome {
        Ok(body) => (json, HttpBody::from(body)).into_response(),
        Err(Refusal { code, message }) => {
            let status = match code {
                "TooManyRequestsException" => StatusCode::TOO_MANY_REQUESTS,
                "InternalFailure" => StatusCode::INTERNAL_SERVER_ERROR,
                _ => StatusCode::BAD_REQUEST,
            };
            let body = json!({ "message": message }).to_string();
            (status, [("x-amzn-errortype", code)], json, body).into_response()
        }
    }
}

/// As those of SES: the time, and something that is random.
fn message_id() -> String {
    format!("0100{:012x}-{}-000000", epoch_millis(), Uuid::new_v4())
}

fn bad(message: &str) -> Refusal {
    Refusal { code: "BadRequestException", message: message.to_owned() }
}

fn unverified(from: &str) -> Refusal {
    let message = format!(
        "Email address is not verified. The following identities failed the check in region US-EAST-1: {from}"
    );
    Refusal { code: "MessageRejected", message }
}

fn too_many() -> Refusal {
    let message = "Maximum sending rate exceeded.".to_owned();
    Refusal { code: "TooManyRequestsException", message }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_a_mailbox_and_a_domain() {
        for address in
            ["a@example.com", "a.b+c@x-y.example.com", "bounce+1@simulator.amazonses.com"]
        {
            assert!(is_mail_address(address), "{address}");
        }
        for address in [
            "",
            "a",
            "@example.com",
            "a@",
            "a@b",
            "a b@example.com",
            "a@b@example.com",
            "a@.example.com",
            "a@example.com.",
            "a@exämple.com",
            "ä@example.com",
            "A <a@example.com>",
            "a@example.com\n",
            "+18005550100",
        ] {
            assert!(!is_mail_address(address), "{address}");
        }
        assert!(!is_mail_address(&format!("{}@example.com", "a".repeat(65))));
    }
}
