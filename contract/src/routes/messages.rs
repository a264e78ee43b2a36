//! Messages to people and to groups, and what is unread.

use send::Send;
use send_group::Send as SendGroup;
use serde_json::json;
use shared::error::Error;
use shared::log::MessageView;

use crate::example;
use crate::operation::{Operation, Tag};

pub const TAG: Tag = Tag { name: "Messages", description: "Sending, and what others have sent." };

/// How a message answers that was sent before.
const BEFORE: &str = "Sent before with this `clientMessageId`: the message as it is now.";

pub fn operations() -> Vec<Operation> {
    vec![
        Operation::new("POST /v1/messages", "sendMessage", "Send a message to one person")
            .about(
                "With a `clientMessageId` it is sent once, however often and however concurrently it is repeated within \
                 24 hours. A deployment takes 10 messages a second of one sender in one conversation: above it 429, and the \
                 message may be repeated after `Retry-After`.",
            )
            .takes::<Send>(json!({
                "recipientId": example::BOB,
                "body": "Tea at four?",
                "clientMessageId": "tea-1",
            }))
            .answers::<MessageView>(201, "Sent.", example::direct_message())
            .answers::<MessageView>(200, BEFORE, example::direct_message())
            .located()
            .refuses([
                Error::Blocked,
                Error::NotFound("user"),
                Error::ClientIdReused("clientMessageId"),
                Error::invalid("/recipientId", "must be another person"),
            ]),
        Operation::new("GET /v1/messages", "checkMessages", "Check messages")
            .about(
                "Every message that others sent in any of the caller's conversations after the caller's read position, \
                 each conversation in the order of its log. Checking moves no read position.",
            )
            .pages::<MessageView>("messages", "Unread messages.", &example::direct_message()),
        Operation::new(
            "POST /v1/groups/{groupId}/messages",
            "sendGroupMessage",
            "Send a message to a group",
        )
        .about("For members only; else as `POST /v1/messages`, with its `clientMessageId` and its limit.")
        .takes::<SendGroup>(json!({ "body": "Welcome, Bob" }))
        .answers::<MessageView>(201, "Sent.", example::group_message())
        .answers::<MessageView>(200, BEFORE, example::group_message())
        .located()
        .refuses([
            Error::NotAMember,
            Error::NotFound("group"),
            Error::ClientIdReused("clientMessageId"),
        ]),
    ]
}
