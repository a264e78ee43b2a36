//! The way to a WebSocket.

use realtime_token::{Issued, Nothing};
use serde_json::json;

use crate::operation::{Operation, Tag};

pub const TAG: Tag = Tag {
    name: "Realtime",
    description: "A token opens a WebSocket; what goes over it is in `asyncapi.json`.",
};

pub fn operations() -> Vec<Operation> {
    vec![
        Operation::new("POST /v1/realtime/token", "issueRealtimeToken", "Get a token for one WebSocket")
            .about("Connect to `url?token=…`: once, before it expires. A person may have 20 open at a time.")
            .takes::<Nothing>(json!({}))
            .answers::<Issued<'_>>(
                201,
                "A token.",
                json!({ "token": "q3W9…", "expiresIn": 30, "url": "ws://127.0.0.1:8080/ws" }),
            ),
    ]
}
