//! What the pool writes to people; all of it goes to the outbox.

use serde_json::{Value, json};
use shared::model::Timestamp;

use super::UserPool;
use super::code::Code;
use super::error::Result;
use super::names::hash_of_name;
use crate::outbox::{Channel, Message};

/// The address that Cognito itself sends from.
const SENDER: &str = "no-reply@verificationemail.com";

impl UserPool {
    /// Sends a code to `to`; `what` says what it is for.
    pub(super) fn mail_code(&self, to: &str, what: &str, code: &Code) -> Result<()> {
        let body = format!("Your {what} code is {}", code.digits());
        self.mail(to, &format!("Your {what} code"), body)
    }

    /// Tells the owner of an account that an administrator made.
    pub(super) fn mail_invitation(&self, to: &str, username: &str, password: &str) -> Result<()> {
        let body = format!("Your username is {username} and temporary password is {password}");
        self.mail(to, "Your temporary password", body)
    }

    fn mail(&self, to: &str, subject: &str, body: String) -> Result<()> {
        Ok(self.outbox.push(&Message {
            channel: Channel::Email,
            from: SENDER.to_owned(),
            to: to.to_owned(),
            subject: Some(subject.to_owned()),
            body,
            sent_at: Timestamp::now(),
        })?)
    }

    /// Where a code for a user went who does not exist: always the same for one name, and nowhere else to be told from
    /// the truth.
    pub(super) fn simulated_delivery(&self, username: &str) -> Value {
        let hash = hash_of_name(&format!("{}#{username}", self.identity.signing_key));
        let letters = hash.chars().filter(char::is_ascii_lowercase).take(2).collect::<String>();
        let (local, domain) = letters.split_at_checked(1).unwrap_or(("a", "e"));
        delivery(&format!("{local}@{domain}"))
    }
}

/// Where a code went, as little of it as tells the owner.
pub fn delivery(address: &str) -> Value {
    json!({
        "AttributeName": "email",
        "DeliveryMedium": "EMAIL",
        "Destination": masked(address),
    })
}

/// As little of an address as tells the owner.
pub fn masked(address: &str) -> String {
    let first = |part: &str| part.chars().next().map_or_else(String::new, String::from);
    let (local, domain) = address.split_once('@').unwrap_or((address, ""));
    format!("{}***@{}***", first(local), first(domain))
}
