//! The gateway: what other systems have to say to a person.

use std::time::{Duration, SystemTime};

use http::Method;
use serde_json::{Value, json};
use tests::{Backend, Socket, System, unique};

use crate::people;

const PATH: &str = "/v1/gateway/messages";

async fn system() -> System {
    System::new(Backend::shared().await)
}

/// Sends `message`, and answers its id.
async fn notify(system: &System, to: &str, message: Value) -> String {
    let sent = system.notify(&json!({ "userId": to, "message": message })).await.expect(202);
    assert_eq!(sent["status"], "Message sent to queue");
    sent.text("messageId").to_owned()
}

/// As many notifications as `count`, in the order in which they came, repeats left out.
async fn notifications(socket: &mut Socket, count: usize) -> Vec<(String, Value)> {
    let mut found: Vec<(String, Value)> = Vec::new();
    while found.len() < count {
        let frame = socket.next("notification").await;
        let id = frame["messageId"].as_str().unwrap().to_owned();
        if !found.iter().any(|(other, _)| *other == id) {
            found.push((id, frame["message"].clone()));
        }
    }
    found
}

async fn confirm(socket: &mut Socket, id: &str) {
    socket.done(json!({ "action": "received", "messageId": id })).await;
}

#[tokio::test]
async fn a_notification_reaches_every_device_in_order() {
    let ([alice], system) = (people().await, system().await);
    let mut devices = [alice.connect().await, alice.connect().await];
    let mut sent = Vec::new();
    for number in 0..12 {
        let message = json!({ "number": number });
        sent.push((notify(&system, &alice.id, message.clone()).await, message));
    }
    for device in &mut devices {
        assert_eq!(notifications(device, 12).await, sent);
    }
}

#[tokio::test]
async fn who_was_away_gets_what_was_held_before_anything_newer() {
    let ([alice], system) = (people().await, system().await);
    let mut sent = Vec::new();
    for number in 0..5 {
        sent.push((notify(&system, &alice.id, json!(number)).await, json!(number)));
    }
    let mut socket = alice.connect().await;
    for number in 5..8 {
        sent.push((notify(&system, &alice.id, json!(number)).await, json!(number)));
    }
    assert_eq!(notifications(&mut socket, 8).await, sent);
}

#[tokio::test]
async fn what_is_not_confirmed_comes_again_at_the_next_connection() {
    let ([alice], system) = (people().await, system().await);
    let mut socket = alice.connect().await;
    let mut sent = Vec::new();
    for number in 0..3 {
        sent.push((notify(&system, &alice.id, json!(number)).await, json!(number)));
    }
    assert_eq!(notifications(&mut socket, 3).await, sent);
    confirm(&mut socket, &sent[1].0).await;
    confirm(&mut socket, &sent[1].0).await;
    socket.close().await;

    let mut socket = alice.connect().await;
    sent.remove(1);
    assert_eq!(notifications(&mut socket, 2).await, sent);
    confirm(&mut socket, &sent[0].0).await;
    confirm(&mut socket, &sent[1].0).await;
    socket.close().await;

    let mut socket = alice.connect().await;
    let last = notify(&system, &alice.id, json!("last")).await;
    assert_eq!(notifications(&mut socket, 1).await, [(last, json!("last"))]);
}

#[tokio::test]
async fn nobody_confirms_for_another() {
    let ([alice, mallory], system) = (people().await, system().await);
    let id = notify(&system, &alice.id, json!("for alice")).await;
    let mut other = mallory.connect().await;
    confirm(&mut other, &id).await;
    let mut socket = alice.connect().await;
    assert_eq!(notifications(&mut socket, 1).await, [(id, json!("for alice"))]);
}

#[tokio::test]
async fn a_repeat_with_the_same_id_counts_once_for_each_person() {
    let ([alice, bob], system) = (people().await, system().await);
    let id = unique("d");
    let send = async |to: &str, message: &str| {
        let body = json!({ "userId": to, "message": message, "deduplicationId": id });
        system.notify(&body).await.expect(202).text("messageId").to_owned()
    };
    let first = send(&alice.id, "first").await;
    assert_eq!(send(&alice.id, "again").await, first);
    let for_bob = send(&bob.id, "for bob").await;
    let last = notify(&system, &alice.id, json!("last")).await;
    let expected = [(first, json!("first")), (last, json!("last"))];
    assert_eq!(notifications(&mut alice.connect().await, 2).await, expected);
    let seen = notifications(&mut bob.connect().await, 1).await;
    assert_eq!(seen, [(for_bob, json!("for bob"))]);
}

#[tokio::test]
async fn the_same_message_twice_is_two_messages() {
    let ([alice], system) = (people().await, system().await);
    let one = notify(&system, &alice.id, json!("same")).await;
    let other = notify(&system, &alice.id, json!("same")).await;
    assert_ne!(one, other);
    let expected = [(one, json!("same")), (other, json!("same"))];
    assert_eq!(notifications(&mut alice.connect().await, 2).await, expected);
}

#[tokio::test]
async fn a_message_is_any_json() {
    let ([alice], system) = (people().await, system().await);
    let mut socket = alice.connect().await;
    let large = json!("ä".repeat(32_000));
    for message in [
        json!(null),
        json!(false),
        json!(-1.5),
        json!(""),
        json!([]),
        json!({ "": { "type": "notification", "messageId": "1" } }),
        json!("<script>alert(1)</script>"),
        json!("\u{fffe}\u{ffff}\u{1f600}\u{0}"),
        large,
    ] {
        let id = notify(&system, &alice.id, message.clone()).await;
        assert_eq!(notifications(&mut socket, 1).await, [(id.clone(), message)]);
        confirm(&mut socket, &id).await;
    }
}

#[tokio::test]
async fn bad_values_are_named_at_once() {
    let ([alice], system) = (people().await, system().await);
    let refused = system.notify(&json!({})).await.problem(422, "invalid");
    refused.naming(&["/userId", "/message"]);
    let bad = json!({ "userId": "x", "message": "x".repeat(65_536), "deduplicationId": "" });
    let refused = system.notify(&bad).await.problem(422, "invalid");
    refused.naming(&["/userId", "/message", "/deduplicationId"]);
    for bad in ["a b", "ä", &"x".repeat(129)] {
        let body = json!({ "userId": alice.id, "message": 1, "deduplicationId": bad });
        system.notify(&body).await.problem(422, "invalid").naming(&["/deduplicationId"]);
    }
    let unknown = json!({ "userId": alice.id, "message": 1, "to": 1 });
    system.notify(&unknown).await.problem(400, "malformed").naming(&["/to"]);
    let nobody = json!({ "userId": "00000000-0000-4000-8000-000000000000", "message": 1 });
    system.notify(&nobody).await.problem(404, "not-found");
}

#[tokio::test]
async fn only_a_signed_request_passes() {
    let ([alice], system) = (people().await, system().await);
    let body = json!({ "userId": alice.id, "message": "hi" });
    let anyone = Backend::shared().await.anyone();
    let key = system.credentials.access_key_id().to_owned();
    let now = SystemTime::now();
    let signed = |time| system.signed(Method::POST, PATH, Some(&body), time);
    let other = json!({ "userId": alice.id, "message": "another" });
    let refused = [
        anyone.post(PATH, body.clone()).await,
        alice.post(PATH, body.clone()).await,
        system.with("nobody", "local").notify(&body).await,
        system.with(&key, "another secret").notify(&body).await,
        signed(now - Duration::from_mins(20)).send().await,
        signed(now + Duration::from_mins(20)).send().await,
        signed(now).json(&other).send().await,
    ];
    for reply in refused {
        // The body is AWS' own.
        assert_eq!(reply.status, 403, "{reply}");
    }

    let id = notify(&system, &alice.id, json!("the only one")).await;
    let seen = notifications(&mut alice.connect().await, 1).await;
    assert_eq!(seen, [(id, json!("the only one"))]);
}
