//! GraphQL over HTTP.

use graphql::Body;
use serde_json::{Value, json};

use crate::example;
use crate::operation::{Form, Operation, Parameter, Tag};
use crate::schemas::Schemas;

pub const TAG: Tag = Tag {
    name: "GraphQL",
    description: "One message to one address, and what was sent. The schema is `schema.graphql`.",
};

pub fn operations() -> Vec<Operation> {
    vec![
        Operation::new("POST /v1/graphql", "graphql", "Run a GraphQL query or mutation")
            .about("What is wrong within the document is said in `errors`, with status 200; `extensions.code` is `invalid`, with the `field`, \
                 `idempotency-key-reused`, `unavailable` or `internal`. A document is at most 15 deep and sends at most two messages.")
            .parameter(Parameter {
                place: "header",
                name: "Idempotency-Key",
                description: "What is sent with the same key by the same caller is sent once.",
                required: false,
                schema: own_id,
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
                Form::Written("GraphQlResponse", json!({
                    "description": "The answer, as GraphQL has it.",
                    "type": "object",
                    "properties": {
                        "data": { "type": ["object", "null"] },
                        "errors": {
                            "type": "array",
                            "items": {
                                "title": "GraphQlError",
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

fn own_id(_: &mut Schemas) -> Value {
    json!({ "type": "string", "minLength": 1, "maxLength": graphql::MAX_OWN_ID })
}
