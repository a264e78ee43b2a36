//! Requests as values, to begin them and look at their answers later.

use http::Method;
use serde_json::{Value, json};
use tests::{Group, Person, Request};

/// A direct message.
pub fn message(from: &Person, to: &Person, body: &str) -> Request {
    post(from, "/v1/messages", &json!({ "recipientId": to.id, "body": body }))
}

/// A direct message with a `clientMessageId`.
pub fn named(from: &Person, to: &Person, body: &str, id: &str) -> Request {
    let body = json!({ "recipientId": to.id, "body": body, "clientMessageId": id });
    post(from, "/v1/messages", &body)
}

/// A message to a group.
pub fn say(from: &Person, group: &Group, body: &str) -> Request {
    post(from, &group.path("/messages"), &json!({ "body": body }))
}

/// A message to a group with a `clientMessageId`.
pub fn say_named(from: &Person, group: &Group, body: &str, id: &str) -> Request {
    post(from, &group.path("/messages"), &json!({ "body": body, "clientMessageId": id }))
}

/// Another body for a message.
pub fn edit(from: &Person, conversation: &str, seq: u64, body: &str) -> Request {
    let path = format!("/v1/conversations/{conversation}/messages/{seq}");
    from.request(Method::PATCH, &path).json(&json!({ "body": body }))
}

/// A message as a tombstone.
pub fn erase(from: &Person, conversation: &str, seq: u64) -> Request {
    from.request(Method::DELETE, &format!("/v1/conversations/{conversation}/messages/{seq}"))
}

/// A move of the read position.
pub fn read(from: &Person, conversation: &str, seq: u64) -> Request {
    let path = format!("/v1/conversations/{conversation}/read");
    from.request(Method::PUT, &path).json(&json!({ "seq": seq }))
}

/// A block, or its end.
pub fn block(from: &Person, whom: &Person, on: bool) -> Request {
    let method = if on { Method::PUT } else { Method::DELETE };
    from.request(method, &format!("/v1/blocks/{}", whom.id))
}

/// A new member.
pub fn add(from: &Person, group: &Group, who: &Person) -> Request {
    from.request(Method::PUT, &member(group, who))
}

/// Another role.
pub fn role(from: &Person, group: &Group, who: &Person, role: &str) -> Request {
    from.request(Method::PUT, &member(group, who)).json(&json!({ "role": role }))
}

/// The end of a membership.
pub fn remove(from: &Person, group: &Group, who: &Person) -> Request {
    from.request(Method::DELETE, &member(group, who))
}

/// The end of a group.
pub fn delete(from: &Person, group: &Group) -> Request {
    from.request(Method::DELETE, &group.path(""))
}

fn post(from: &Person, path: &str, body: &Value) -> Request {
    from.request(Method::POST, path).json(body)
}

fn member(group: &Group, who: &Person) -> String {
    group.path(&format!("/members/{}", who.id))
}
