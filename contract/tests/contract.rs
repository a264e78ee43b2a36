//! The documents hold: they are those of the code, and what they show is what they ask for.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::fs;
use std::path::Path;
use std::str::FromStr;

use jsonschema::{Draft, Validator};
use serde_json::{Value, json};
use shared::identity::Challenge;
use shared::messaging::TemplateName;
use shared::model::{
    ClientId, ConversationId, GroupId, MessageBody, Name, Password, Role, TraceId, UserId,
    Username, Visibility,
};

fn document(name: &str) -> Value {
    let documents = contract::documents().unwrap();
    let found = documents.into_iter().find(|document| document.name == name).unwrap();
    serde_json::from_str(&found.text).unwrap()
}

/// What `document` says of the schema at `pointer`.
fn validator(document: &Value, pointer: &str) -> Validator {
    let mut schema = document.clone();
    schema["$ref"] = format!("#{pointer}").into();
    jsonschema::options().with_draft(Draft::Draft202012).build(&schema).unwrap()
}

/// A segment of a JSON pointer in a fragment of a URI.
fn segment(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1").replace('{', "%7B").replace('}', "%7D")
}

#[test]
fn what_is_committed_is_what_the_code_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../api");
    for document in contract::documents().unwrap() {
        let committed = fs::read_to_string(folder.join(document.name)).unwrap_or_default();
        let (name, command) = (document.name, contract::COMMAND);
        assert!(committed == document.text, "api/{name} is stale: `{command}` writes it anew");
    }
}

/// Where a schema and examples of it stand beside each other.
fn examples(value: &Value, at: &str, found: &mut Vec<(String, Value)>) {
    match value {
        Value::Object(members) => {
            if members.contains_key("schema") {
                let schema = format!("{at}/schema");
                found.extend(
                    members.get("example").map(|example| (schema.clone(), example.clone())),
                );
                let named = members.get("examples").and_then(Value::as_object);
                let named = named.into_iter().flat_map(|examples| examples.values());
                found.extend(named.map(|example| (schema.clone(), example["value"].clone())));
            }
            for (name, value) in members {
                examples(value, &format!("{at}/{}", segment(name)), found);
            }
        }
        Value::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                examples(value, &format!("{at}/{index}"), found);
            }
        }
        _ => {}
    }
}

#[test]
fn every_example_is_as_its_schema_says() {
    let document = document("openapi.json");
    let mut found = Vec::new();
    examples(&document, "", &mut found);
    assert!(found.len() > 150, "these are not all examples: {}", found.len());
    for (schema, example) in found {
        let errors: Vec<String> = validator(&document, &schema)
            .iter_errors(&example)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{schema}: {errors:#?}\n{example:#}");
    }
}

#[test]
fn every_example_of_a_frame_is_as_its_schema_says() {
    let document = document("asyncapi.json");
    let messages = document["components"]["messages"].as_object().unwrap();
    for (name, message) in messages {
        let examples = message["examples"].as_array().map(Vec::as_slice).unwrap_or_default();
        assert!(!examples.is_empty(), "{name} has no example");
        for (index, example) in examples.iter().enumerate() {
            let frame = validator(&document, &format!("/components/messages/{name}/payload"));
            let errors: Vec<String> =
                frame.iter_errors(&example["payload"]).map(|error| error.to_string()).collect();
            assert!(errors.is_empty(), "{name} {index}: {errors:#?}");
        }
    }
    let received = &document["operations"]["clientFrames"]["messages"];
    assert!(received.as_array().unwrap().len() >= 6, "{received}");
    for frame in ["client.typing", "server.typing", "server.message.created", "server.ack"] {
        assert!(messages.contains_key(frame), "{frame}");
    }
}

/// Checks that the schema `name` takes what the type's own rule takes, of `good` and of `bad`.
#[track_caller]
fn agree<T: FromStr>(name: &str, schema: &Validator, good: &[&str], bad: &[&str]) {
    for text in good {
        assert!(text.parse::<T>().is_ok(), "{name} refuses {text}");
        assert!(schema.is_valid(&json!(text)), "the schema of {name} refuses {text}");
    }
    for text in bad {
        assert!(text.parse::<T>().is_err(), "{name} takes {text}");
        assert!(!schema.is_valid(&json!(text)), "the schema of {name} takes {text}");
    }
}

#[test]
fn the_schemas_of_texts_take_what_their_rules_take() {
    const UUID: &str = "0b5ad1e4-63f3-4c4b-9e6f-3a3b2b4c5d6e";
    const ULID: &str = "01KAQ3W8Y5V7ZJ4M2N6P9R1S0T";
    let document = document("openapi.json");
    let schema = |name: &str| validator(&document, &format!("/components/schemas/{name}"));
    let member = |of: &str, name: &str| {
        validator(&document, &format!("/components/schemas/{of}/properties/{name}"))
    };
    let x = |length: usize| "x".repeat(length);

    let long = UUID.to_uppercase();
    agree::<UserId>(
        "UserId",
        &schema("UserId"),
        &[UUID, &long],
        &["", "x", &UUID.replace('-', "")],
    );
    agree::<GroupId>("GroupId", &schema("GroupId"), &[ULID, "lobby"], &["", "lounge", &ULID[1..]]);
    agree::<ClientId>(
        "ClientId",
        &schema("ClientId"),
        &["a-1_B.c", &x(64)],
        &["", "a b", "ä", &x(65)],
    );
    let name = schema("Name");
    agree::<Name>("Name", &name, &["Chess club ♞", &x(100)], &["", &x(101)]);
    let body = schema("MessageBody");
    agree::<MessageBody>("MessageBody", &body, &["👩‍👩‍👧", &"ü".repeat(4_000)], &["", &x(4_001)]);
    let username = member("Register", "username");
    let bad = ["ab", ".ada", "-ada", "ada lovelace", "ädä", &x(33)];
    agree::<Username>("Username", &username, &["Ada.L-1_x", "abc", &x(32)], &bad);
    let password = member("Register", "password");
    let long = format!("Aa1{}", x(253));
    agree::<Password>("Password", &password, &["Abcdefgh12", &long], &["Aa1", &format!("{long}x")]);
    let template = schema("TemplateName");
    agree::<TemplateName>("TemplateName", &template, &["a-1_B.c", &x(64)], &["", "a b", &x(65)]);
    agree::<TraceId>("TraceId", &schema("TraceId"), &["ä b", &x(128)], &["", &x(129)]);
    agree::<Role>("Role", &schema("Role"), &["member", "admin", "owner"], &["", "Owner"]);
    let visibility = schema("Visibility");
    agree::<Visibility>("Visibility", &visibility, &["private", "open"], &["", "public"]);
    let challenge = schema("Challenge");
    agree::<Challenge>("Challenge", &challenge, &["MFA_SETUP", "EMAIL_OTP"], &["", "mfa_setup"]);
    let conversation = schema("ConversationId");
    agree::<ConversationId>("ConversationId", &conversation, &[&format!("g-{ULID}")], &["", "a/b"]);
}

#[test]
fn what_must_be_there_is_required() {
    let document = document("openapi.json");
    let required = |name: &str| {
        let required = &document["components"]["schemas"][name]["required"];
        let mut names: Vec<&str> =
            required.as_array().into_iter().flatten().map(|name| name.as_str().unwrap()).collect();
        names.sort_unstable();
        names
    };
    assert_eq!(required("SendMessage"), ["body", "recipientId"]);
    assert_eq!(required("Register"), ["email", "password", "username"]);
    assert_eq!(required("GatewayMessage"), ["message", "userId"]);
    assert_eq!(required("Notify"), ["Addresses", "TraceId"]);
    assert_eq!(required("PutTemplate"), ["MessageBody"]);
    assert_eq!(required("Message")[..2], ["conversationId", "createdAt"]);
    assert!(required("PutMember").is_empty());
    assert_eq!(document["paths"]["/v1/messages"]["post"]["requestBody"]["required"], true);
    let put = &document["paths"]["/v1/groups/{groupId}/members/{userId}"]["put"];
    assert_eq!(put["requestBody"]["required"], false);
}
