//! Mail and text messages, by REST and by GraphQL.

mod graphql;
mod refusals;
mod sending;
mod templates;
mod tokens;

use serde_json::{Value, json};
use tests::notifier::{EMAIL_SENDER, Notifier, SMS_SENDER};
use tests::{Backend, unique};

async fn notifier() -> Notifier {
    Notifier::new(Backend::shared().await)
}

/// A mail to `addresses` with `body`.
fn mail(addresses: &[&str], body: &str) -> Value {
    let target = |address: &&str| ((*address).to_owned(), json!({ "ChannelType": "EMAIL" }));
    json!({
        "TraceId": unique("trace"),
        "EmailMessage": { "FromAddress": EMAIL_SENDER, "Subject": "News", "MessageBody": body },
        "Addresses": addresses.iter().map(target).collect::<serde_json::Map<_, _>>(),
    })
}

/// A text message to `address` with `body`.
fn text(address: &str, body: &str) -> Value {
    json!({
        "TraceId": unique("trace"),
        "SMSMessage": {
            "MessageType": "TRANSACTIONAL",
            "OriginationNumber": SMS_SENDER,
            "MessageBody": body,
        },
        "Addresses": { address: { "ChannelType": "SMS" } },
    })
}
