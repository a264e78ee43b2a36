//! What the local server has of its own.

use local::outbox::{CAPACITY, Message, Order};
use serde_json::json;

use crate::example;
use crate::operation::{Form, Operation, Tag};
use crate::schemas::Schemas;

pub const TAG: Tag =
    Tag { name: "Local", description: "On the local server only: no deployment has these." };

pub fn operations() -> Vec<Operation> {
    vec![
        Operation::new("GET /local/outbox", "readOutbox", "Read the outbox")
            .about("Mail and text messages that would have been sent, the newest last, codes included.")
            .answers_as(
                200,
                "The last 1,000.",
                Form::List("messages", Schemas::answer::<Message>, CAPACITY),
                json!({
                    "messages": [{
                        "channel": "EMAIL",
                        "from": "sender@example.com",
                        "to": "recipient@example.com",
                        "subject": "Message",
                        "body": "Hello world",
                        "sentAt": example::TIME,
                    }],
                }),
            ),
        Operation::new("DELETE /local/outbox", "emptyOutbox", "Empty the outbox")
            .about("It forgets which sends are to fail, and who is suppressed since a bounce, too.")
            .says(204, "Empty."),
        Operation::new(
            "POST /local/outbox/failures",
            "failSends",
            "Make the next sends to an address fail",
        )
        .about("As a bounce, or as a throttle of the provider.")
        .takes::<Order>(json!({ "address": "recipient@example.com", "times": 1, "kind": "bounce" }))
        .says(204, "The next ones will fail."),
        Operation::new("GET /openapi.json", "readContract", "Get this document")
            .about("For generators of clients.")
            .answers_as(
            200,
            "The document.",
            Form::Any,
            json!({ "openapi": "3.1.0" }),
        ),
    ]
}
