//! The document of `AsyncAPI` 3: the frames of the WebSocket.

use std::collections::BTreeMap;

use realtime_message::Action;
use serde_json::{Map, Value, json};
use shared::error::Error;
use shared::http::Problem;
use shared::model::{ConversationId, GroupId, SequenceNumber};
use shared::realtime::{Push, Reply};
use strum::VariantArray;

use crate::ContractError;
use crate::example;
use crate::schemas::{Schemas, reference};
use crate::unions;

/// What a client does on the channel, by the name of the operation.
const FROM_CLIENT: &str = "clientFrames";
/// What the server says on its own.
const PUSHES: &str = "pushes";

/// A frame.
struct Frame {
    /// Its name in the document: who says it, and its name, which both sides may use.
    key: String,
    name: String,
    summary: String,
    schema: Value,
    example: Value,
}

/// The document.
///
/// # Errors
/// When two schemas have one name.
pub fn document() -> Result<Value, ContractError> {
    let mut schemas = Schemas::new();
    let sent: Vec<Frame> =
        Action::VARIANTS.iter().map(|action| from_client(*action, &mut schemas)).collect();
    let replies = from_server(&schemas.written::<Reply<'_>>());
    let pushes = from_server(&schemas.written::<Push>());
    let operation = |action: &str, summary: &str, frames: &[Frame]| {
        json!({
            "action": action,
            "channel": { "$ref": "#/channels/realtime" },
            "summary": summary,
            "messages": references(frames, "#/channels/realtime/messages"),
        })
    };
    let mut frames_of_client = operation("receive", "What clients send.", &sent);
    frames_of_client["description"] =
        "Each is answered, with its `requestId`. API Gateway may hand over two frames of a socket at the same time: who needs \
         an order waits for the answer before the next.".into();
    frames_of_client["reply"] = json!({
        "channel": { "$ref": "#/channels/realtime" },
        "messages": references(&replies, "#/channels/realtime/messages"),
    });
    let operations = json!({
        FROM_CLIENT: frames_of_client,
        PUSHES: operation("send", "What happens meanwhile. It comes at least once: a client drops a `seq` that it has, and pages in a hole.", &pushes),
    });
    let frames: Vec<Frame> = sent.into_iter().chain(replies).chain(pushes).collect();
    let channel_messages = references_by_name(&frames);
    let messages = json!(messages(frames));
    let definitions = schemas.definitions(&messages)?;
    Ok(json!({
        "asyncapi": "3.0.0",
        "info": {
            "title": "Chinwag, in realtime",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "One WebSocket for each device. `POST /v1/realtime/token` (see `openapi.json`) answers its URL and a \
                            token that opens it once. A frame is a JSON object of at most 32 KB; one that cannot be read is \
                            answered, and the socket stays open. A token is good for 30 seconds; of any number of handshakes \
                            with it one gets in, the others are refused. A person may have 20 sockets. One ends after 10 \
                            minutes without a frame, after 2 hours, and with a sign-out, a new password and the end of the \
                            account.",
            "license": { "name": "MIT" },
        },
        "defaultContentType": "application/json",
        "servers": servers(),
        "channels": {
            "realtime": {
                "address": "",
                "description": "What one person sees on one device.",
                "messages": channel_messages,
                "bindings": {
                    "ws": {
                        "method": "GET",
                        "query": {
                            "type": "object",
                            "properties": { "token": { "type": "string" } },
                            "required": ["token"],
                        },
                    },
                },
            },
        },
        "operations": operations,
        "components": {
            "messages": messages,
            "schemas": definitions,
            "correlationIds": {
                "requestId": {
                    "description": "The client's name for its frame; the answer has it, too.",
                    "location": "$message.payload#/requestId",
                },
            },
            "securitySchemes": {
                "token": {
                    "type": "httpApiKey",
                    "in": "query",
                    "name": "token",
                    "description": "The `token` of `POST /v1/realtime/token`.",
                },
            },
        },
    }))
}

fn servers() -> Value {
    json!({
        "local": {
            "host": "127.0.0.1:8080",
            "protocol": "ws",
            "pathname": "/ws",
            "description": "The local server where it listens by default.",
            "security": [{ "$ref": "#/components/securitySchemes/token" }],
        },
        "deployment": {
            "host": "{api}.execute-api.{region}.amazonaws.com",
            "protocol": "wss",
            "pathname": "/{stage}",
            "description": "A deployment; the token's `url` names it.",
            "security": [{ "$ref": "#/components/securitySchemes/token" }],
            "variables": {
                "api": { "default": "abcdefghij" },
                "region": { "default": "eu-west-1" },
                "stage": { "default": "live" },
            },
        },
    })
}

/// What a client may send.
fn from_client(action: Action, schemas: &mut Schemas) -> Frame {
    let (body, parameter, summary, mut example) = match action {
        Action::Send => (
            schemas.read::<send::Send>(),
            None,
            "Send a message to one person.",
            json!({ "recipientId": example::BOB, "body": "Tea at four?", "clientMessageId": "tea-1" }),
        ),
        Action::SendGroup => (
            schemas.read::<send_group::Send>(),
            Some(("groupId", schemas.request::<GroupId>())),
            "Send a message to a group.",
            json!({ "groupId": example::GROUP, "body": "Welcome, Bob" }),
        ),
        Action::Read => (
            schemas.read::<read_position::Read>(),
            Some(("conversationId", schemas.request::<ConversationId>())),
            "Say up to where one has read.",
            json!({ "conversationId": example::DIRECT_CONVERSATION, "seq": 1 }),
        ),
        Action::Typing => (
            json!({ "type": "object" }),
            Some(("conversationId", schemas.request::<ConversationId>())),
            "Say that one is writing.",
            json!({ "conversationId": example::DIRECT_CONVERSATION }),
        ),
        Action::Received => (
            json!({ "type": "object" }),
            Some(("messageId", schemas.request::<SequenceNumber>())),
            "Say that one has a notification: it is not delivered again.",
            json!({ "messageId": example::SEQUENCE_NUMBER }),
        ),
        Action::Ping => (json!({ "type": "object" }), None, "Keep the socket open.", json!({})),
    };
    let name: &str = action.into();
    example["action"] = name.into();
    example["requestId"] = "1".into();
    let schema = with_members(body, name, parameter);
    let summary = summary.to_owned();
    let key = format!("client.{name}");
    Frame { key, name: name.to_owned(), summary, schema, example }
}

/// The schema of a route's body with what a frame has beside it.
fn with_members(mut body: Value, action: &str, parameter: Option<(&str, Value)>) -> Value {
    let mut required = vec![json!("action")];
    body["properties"]["action"] = json!({ "type": "string", "const": action });
    body["properties"]["requestId"] = json!({ "type": "string", "description": "The client's name for the frame; the answer has it, too." });
    if let Some((name, schema)) = parameter {
        body["properties"][name] = schema;
        required.push(name.into());
    }
    required.extend(body["required"].as_array().cloned().unwrap_or_default());
    body["required"] = required.into();
    body["additionalProperties"] = false.into();
    body
}

/// What the server may send: the variants of an enum, each with its `type`.
fn from_server(schema: &Value) -> Vec<Frame> {
    let variants = schema["oneOf"].as_array().cloned().unwrap_or_default();
    variants.into_iter().map(variant).collect()
}

fn variant(mut schema: Value) -> Frame {
    let name = schema["properties"]["type"]["const"].as_str().unwrap_or_default().to_owned();
    let summary = schema["description"].as_str().unwrap_or_default().to_owned();
    if let Some(members) = schema.as_object_mut() {
        members.remove("description");
    }
    let mut example = server_frame(&name);
    if let Some(kind) = example["entry"]["type"].as_str() {
        let change = unions::variant_name("Change", kind);
        schema["properties"]["entry"]["$ref"] = reference(&change)["$ref"].take();
    }
    example["type"] = name.as_str().into();
    Frame { key: format!("server.{name}"), name, summary, schema, example }
}

/// What the server may send under a name, without its `type`. The entry of a change tells which one it is.
fn server_frame(name: &str) -> Value {
    let entry = |kind, seq, more| json!({ "entry": example::change(kind, seq, &more) });
    let of_message = |kind, message| {
        let mut frame = entry(kind, 2, json!({ "target": 1 }));
        frame["message"] = message;
        frame
    };
    match name {
        "ack" => json!({ "requestId": "1", "message": example::direct_message() }),
        "pong" => json!({ "requestId": "1" }),
        "error" => {
            json!({ "requestId": "1", "problem": Problem::new(&Error::Blocked, example::REQUEST) })
        }
        "message.created" => json!({ "message": example::direct_message() }),
        "message.updated" => of_message("edited", example::edited_message()),
        "message.deleted" => of_message("deleted", example::deleted_message()),
        "group.created" => entry(
            "groupCreated",
            1,
            json!({
                "name": "Chess club",
                "visibility": "private",
                "memberIds": [example::ADA, example::BOB],
            }),
        ),
        "member.added" => {
            entry("memberAdded", 3, json!({ "target": example::BOB, "role": "member" }))
        }
        "member.removed" => entry("memberRemoved", 4, json!({ "target": example::BOB })),
        "member.updated" => {
            entry("roleChanged", 4, json!({ "target": example::BOB, "role": "admin" }))
        }
        "group.updated" => entry("groupUpdated", 5, json!({ "name": "Chess and tea" })),
        "user.erased" => entry("userErased", 6, json!({})),
        "group.deleted" => entry("groupDeleted", 7, json!({})),
        "conversation.read" => json!({
            "conversationId": example::DIRECT_CONVERSATION,
            "userId": example::BOB,
            "seq": 1,
        }),
        "typing" => json!({
            "conversationId": example::DIRECT_CONVERSATION,
            "userId": example::BOB,
        }),
        "notification" => json!({
            "messageId": example::SEQUENCE_NUMBER,
            "message": { "report": "ready" },
        }),
        _ => json!({}),
    }
}

/// Who gets what the server sends under a name, and what there is to know of it.
fn receivers(name: &str) -> &'static str {
    match name {
        "message.created" => "To every member who may see it, on all devices, the sender's too.",
        "message.updated" | "message.deleted" => {
            "To every member who may see it. `entry` has a `seq` of its own."
        }
        "group.created" | "member.added" | "member.updated" | "group.updated" | "group.deleted"
        | "user.erased" => "To the members.",
        "member.removed" => "To the members, and to the one removed.",
        "blocks.changed" => "To the blocker's devices.",
        "conversation.read" => {
            "To the reader's other devices; in a direct conversation also to the peer."
        }
        "typing" => "To the others. Stored nowhere; not in groups above 100 members.",
        "notification" => {
            "To the person. What no device has confirmed comes again, with the same `messageId`, at the next connection."
        }
        _ => "",
    }
}

fn references(frames: &[Frame], folder: &str) -> Value {
    frames.iter().map(|frame| json!({ "$ref": format!("{folder}/{}", frame.key) })).collect()
}

fn references_by_name(frames: &[Frame]) -> Map<String, Value> {
    let reference = |frame: &Frame| {
        let message = format!("#/components/messages/{}", frame.key);
        (frame.key.clone(), json!({ "$ref": message }))
    };
    frames.iter().map(reference).collect()
}

fn messages(frames: Vec<Frame>) -> BTreeMap<String, Value> {
    let message = |frame: Frame| {
        let mut message = json!({
            "name": frame.name,
            "summary": frame.summary,
            "payload": frame.schema,
            "examples": [{ "payload": frame.example }],
        });
        let description = receivers(&frame.name);
        if frame.key.starts_with("server.") && !description.is_empty() {
            message["description"] = description.into();
        }
        if message["payload"]["properties"].get("requestId").is_some() {
            message["correlationId"] = json!({ "$ref": "#/components/correlationIds/requestId" });
        }
        (frame.key, message)
    };
    frames.into_iter().map(message).collect()
}
