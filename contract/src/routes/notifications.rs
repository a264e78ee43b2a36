//! Mail and text messages.

use notification::Notification;
use notify::{Notify, Queued};
use serde_json::json;
use shared::error::Error;

use crate::example;
use crate::operation::{Operation, Tag};

pub const TAG: Tag =
    Tag { name: "Notifications", description: "One text to many addresses, by mail and SMS." };

pub fn operations() -> Vec<Operation> {
    vec![
        Operation::new("POST /v1/notifications", "notify", "Send mail and text messages")
            .about(
                "To at most 100 addresses, each once. With the values put in, a subject has at most 998 characters, a mail 100 KiB, \
                 a text message 1,600 characters. The same `TraceId` with the same body is not sent twice. Everything \
                 that is wrong is named at once, before anything is sent.",
            )
            .takes::<Notify>(json!({
                "TraceId": example::TRACE,
                "EmailMessage": {
                    "FromAddress": "sender@example.com",
                    "Subject": "Your {productName} account",
                    "MessageBody": "<p>Balance: {accountBalance}</p>",
                    "Substitutions": { "productName": "SAVINGS" },
                },
                "SMSMessage": {
                    "MessageType": "TRANSACTIONAL",
                    "OriginationNumber": "+18005551234",
                    "MessageBody": "Balance: {accountBalance}",
                },
                "Addresses": {
                    "recipient@example.com": {
                        "ChannelType": "EMAIL",
                        "Substitutions": { "accountBalance": "100.00" },
                    },
                    "+16045551234": {
                        "ChannelType": "SMS",
                        "Substitutions": { "accountBalance": ["100.00"] },
                    },
                },
            }))
            .answers::<Queued<'_>>(
                202,
                "Accepted, now or before.",
                json!({
                    "status": "Message sent to queue",
                    "traceId": example::TRACE,
                    "deliveries": [
                        { "address": "recipient@example.com", "deliveryId": example::DELIVERY },
                        { "address": "+16045551234", "deliveryId": example::OTHER_DELIVERY },
                    ],
                }),
            )
            .refuses([Error::TraceIdReused]),
        Operation::new(
            "GET /v1/notifications/{traceId}",
            "getNotification",
            "Get the delivery status of a notification",
        )
        .about("Of each address: `PENDING`, `ACCEPTED` by the provider, `DELIVERED`, or `FAILED` with the reason.")
        .answers::<Notification<'_>>(
            200,
            "The delivery status of each address.",
            json!({
                "traceId": example::TRACE,
                "createdAt": example::TIME,
                "deliveries": [{
                    "address": "recipient@example.com",
                    "channel": "EMAIL",
                    "deliveryId": example::DELIVERY,
                    "deliveryStatus": "DELIVERED",
                    "attempts": 1,
                    "updatedAt": example::TIME,
                }],
            }),
        )
        .refuses([Error::NotFound("notification")]),
    ]
}
