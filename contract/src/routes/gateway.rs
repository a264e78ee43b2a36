//! What other systems have to say to people.

use gateway_message::{Post, Queued};
use serde_json::json;
use shared::error::Error;

use crate::example;
use crate::operation::{Operation, Tag};

pub const TAG: Tag = Tag {
    name: "Gateway",
    description: "Other systems reach people on their WebSockets, with AWS credentials.",
};

pub fn operations() -> Vec<Operation> {
    vec![
        Operation::new("POST /v1/gateway/messages", "sendGatewayMessage", "Send a notification to a person")
            .about(
                "Delivered in order for each person, and held for up to 30 days until one of their devices has confirmed it.",
            )
            .takes::<Post>(json!({
                "userId": example::BOB,
                "message": { "report": "ready" },
                "deduplicationId": "report-4711",
            }))
            .answers::<Queued>(
                202,
                "Accepted.",
                json!({ "status": "Message sent to queue", "messageId": example::SEQUENCE_NUMBER }),
            )
            .refuses([Error::NotFound("user")]),
    ]
}
