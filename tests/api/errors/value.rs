//! Bodies that can be read and say what is not allowed: 422, and every bad field named at once.

use serde_json::{Value, json};
use tests::{Backend, Refusal};

use super::world::World;

/// Which fields are named, without places inside of them.
fn fields(refusal: &Refusal) -> Vec<String> {
    let field = |pointer: &str| pointer.split('/').nth(1).unwrap_or_default().to_owned();
    let mut fields: Vec<String> = refusal.pointers().into_iter().map(field).collect();
    fields.sort();
    fields.dedup();
    fields
}

#[track_caller]
fn assert_named(refusal: &Refusal, key: &str, expected: &[&str]) {
    let mut expected = expected.to_vec();
    expected.sort_unstable();
    assert_eq!(fields(refusal), expected, "{key}: {}", refusal.details());
}

#[tokio::test]
async fn what_is_missing_is_named_at_once() {
    let backend = Backend::shared().await;
    let world = World::new(backend).await;
    let before = world.look().await;
    for to in world.accepting().into_iter().filter(|to| !to.required.is_empty()) {
        let key = &to.route.key;
        let request = || world.request(backend, &to.route, to.route.method());
        assert_named(&request().json(&json!({})).send().await.refused(422), key, to.required);
        assert_named(&request().send().await.refused(422), key, to.required);
        for name in to.required {
            let mut body = to.body.clone();
            body.as_object_mut().unwrap().remove(*name);
            assert_named(&request().json(&body).send().await.refused(422), key, &[name]);
        }
        assert_eq!(world.look().await, before, "{key}");
    }
}

#[tokio::test]
async fn null_is_no_value() {
    let backend = Backend::shared().await;
    let world = World::new(backend).await;
    let before = world.look().await;
    for to in world.accepting() {
        for name in to.required {
            let mut body = to.body.clone();
            body[*name] = Value::Null;
            let request = world.request(backend, &to.route, to.route.method()).json(&body);
            let reply = request.send().await;
            // Of the wrong type, or missing, as one likes.
            let status = if reply.status == 400 { 400 } else { 422 };
            assert_named(&reply.refused(status), &to.route.key, &[name]);
        }
    }
    assert_eq!(world.look().await, before);
}

/// For each route a body with nothing right in it.
fn all_wrong(key: &str) -> Option<Value> {
    let long = "x".repeat(10_000);
    Some(match key {
        "POST /v1/register" => {
            json!({ "username": "a b", "email": "no address", "password": "short", "displayName": long })
        }
        "POST /v1/register/confirm" => json!({ "username": "", "code": "" }),
        "POST /v1/register/resend" | "POST /v1/password/forgot" => json!({ "username": "a b" }),
        "POST /v1/password/reset" => {
            json!({ "username": "a b", "code": "", "password": "short" })
        }
        "POST /v1/users/me/mfa/confirm" => json!({ "code": "none" }),
        // What is wrong with a name, a password, a token or a code here is told to nobody, or by who alone can know.
        "POST /v1/authenticate"
        | "POST /v1/authenticate/challenge"
        | "POST /v1/authenticate/code"
        | "POST /v1/authenticate/refresh"
        | "POST /v1/password/change"
        | "POST /v1/sign-out" => return None,
        "PATCH /v1/users/me" => json!({ "displayName": "" }),
        "POST /v1/messages" => {
            json!({ "recipientId": "bob", "body": "a\u{0}b", "replyTo": -1, "clientMessageId": "a b" })
        }
        "POST /v1/groups/{groupId}/messages" => {
            json!({ "body": "", "replyTo": -1, "clientMessageId": long })
        }
        "PATCH /v1/conversations/{conversationId}/messages/{seq}" => json!({ "body": " " }),
        "PUT /v1/conversations/{conversationId}/read" => json!({ "seq": -1 }),
        "POST /v1/groups" => {
            json!({ "name": "", "visibility": "secret", "memberIds": ["bob"], "clientGroupId": "" })
        }
        "PATCH /v1/groups/{groupId}" => json!({ "name": long, "visibility": "Open" }),
        "PUT /v1/groups/{groupId}/members/{userId}" => json!({ "role": "king" }),
        other => panic!("no bad values for {other} yet: add some"),
    })
}

#[tokio::test]
async fn everything_that_is_wrong_is_named_at_once() {
    let backend = Backend::shared().await;
    let world = World::new(backend).await;
    let before = world.look().await;
    for to in world.accepting() {
        let Some(wrong) = all_wrong(&to.route.key) else { continue };
        let request = || world.request(backend, &to.route, to.route.method());
        let names = tests::keys(&wrong);
        assert_eq!(names, tests::keys(&to.body), "all fields of {}", to.route.key);
        assert_named(&request().json(&wrong).send().await.refused(422), &to.route.key, &names);
        for name in names {
            let mut body = to.body.clone();
            body[name] = wrong[name].clone();
            let refusal = request().json(&body).send().await.refused(422);
            assert_named(&refusal, &to.route.key, &[name]);
        }
        assert_eq!(world.look().await, before, "{}", to.route.key);
    }
}

#[tokio::test]
async fn what_is_missing_and_what_is_wrong_are_named_together() {
    let world = World::new(Backend::shared().await).await;
    let before = world.look().await;
    let body = json!({ "clientMessageId": "a b" });
    let refused = world.alice.post("/v1/messages", body).await.refused(422);
    refused.naming(&["/body", "/clientMessageId", "/recipientId"]);
    let body = json!({ "visibility": "secret" });
    world.alice.post("/v1/groups", body).await.refused(422).naming(&["/name", "/visibility"]);
    assert_eq!(world.look().await, before);
}

#[tokio::test]
async fn a_refusal_does_not_repeat_a_secret() {
    let anyone = Backend::shared().await.anyone();
    for body in [
        json!({ "username": "ada", "email": "ada@example.com", "password": ["Secret-Horse-1"] }),
        json!({ "username": "a b", "email": "ada", "password": "Secret-Horse" }),
    ] {
        let reply = anyone.post("/v1/register", body).await;
        let status = if reply.status == 400 { 400 } else { 422 };
        let said = reply.refused(status).without_request_id().to_string();
        assert!(!said.contains("Secret"), "{said}");
    }
}
