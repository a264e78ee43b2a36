//! GraphQL over HTTP.

use graphql::Body;
use serde_json::json;

use crate::example;
use crate::operation::{Form, Operation, Parameter, Tag, text};

pub const TAG: Tag = Tag {
    name: "GraphQL",
    description: "One message to one address, and what was sent. The schema is `schema.graphql`.",
};

pub fn operations() -> Vec<Operation> {
    vec![
        Operation::new("POST /v1/graphql", "graphql", "Ask or send by GraphQL")
            .about("What is wrong within the document is said in `errors`, with status 200.")
            .parameter(Parameter {
                place: "header",
                name: "Idempotency-Key",
                description: "What is sent with the same key by the same caller is sent once.",
                required: false,
                schema: text,
                example: "invoice-4711".into(),
            })
            .takes::<Body>(json!({
                "query": "mutation sendMessage($input: MessageInput!) { sendMessage(input: $input) { id deliveryStatus } }",
                "variables": {
                    "input": {
                        "to": "recipient@example.com",
                        "subject": "Message",
                        "body": "Hello world",
                        "deliveryMethod": "EMAIL",
                    },
                },
            }))
            .answers_as(
                200,
                "The answer, as GraphQL has it.",
                Form::Written(json!({
                    "type": "object",
                    "properties": {
                        "data": { "type": ["object", "null"] },
                        "errors": {
                            "type": "array",
                            "items": {
                                "type": "object",
                                "properties": {
                                    "message": { "type": "string" },
                                    "locations": { "type": "array", "items": { "type": "object" } },
                                    "path": { "type": "array", "items": { "type": ["string", "integer"] } },
                                    "extensions": { "type": "object" },
                                },
                                "required": ["message"],
                            },
                        },
                    },
                })),
                json!({ "data": { "sendMessage": { "id": example::DELIVERY, "deliveryStatus": "ACCEPTED" } } }),
            ),
    ]
}
