//! What a client says on its socket: the same as over HTTP, with the same rules.

use serde_json::{Value, json};
use tests::{Backend, bodies, unique};
use tokio_tungstenite::tungstenite::Message;

use crate::people;

#[tokio::test]
async fn a_ping_is_answered() {
    let [alice] = people().await;
    let mut socket = alice.connect().await;
    assert_eq!(socket.ask(json!({ "action": "ping" })).await["type"], "pong");
    socket.tell(json!({ "action": "ping" }).to_string()).await;
    assert_eq!(socket.next("pong").await, json!({ "type": "pong" }));
}

#[tokio::test]
async fn a_message_is_sent_as_over_http() {
    let [alice, bob] = people().await;
    let mut socket = alice.connect().await;
    let client_message_id = unique("c");
    let mut frame = json!({
        "recipientId": bob.id,
        "body": "hi",
        "clientMessageId": client_message_id,
    });
    let over_http = frame.clone();
    frame["action"] = "send".into();
    let sent = socket.done(frame.clone()).await["message"].clone();
    assert_eq!((&sent["body"], &sent["senderId"]), (&json!("hi"), &json!(alice.id)));

    // A repeat, however it comes, is the same message.
    assert_eq!(socket.done(frame).await["message"], sent);
    assert_eq!(alice.post("/v1/messages", over_http).await.expect(200).body, sent);
    assert_eq!(bob.check().await, [sent]);
}

#[tokio::test]
async fn a_group_message_is_sent_as_over_http() {
    let [alice, bob, mallory] = people().await;
    let group = alice.group(&[&bob]).await;
    let frame = json!({ "action": "sendGroup", "groupId": group.id, "body": "hi", "replyTo": 7 });
    let mut socket = alice.connect().await;
    assert_eq!(pointers(&socket.refused(frame.clone()).await), ["/replyTo"]);
    let frame = json!({ "action": "sendGroup", "groupId": group.id, "body": "hi" });
    let sent = socket.done(frame.clone()).await;
    assert_eq!(sent["message"]["groupId"], group.id);
    assert_eq!(bodies(&bob.check().await), ["hi"]);

    let stranger = mallory.connect().await.refused(frame.clone()).await;
    assert_eq!((&stranger["status"], &stranger["code"]), (&json!(404), &json!("not-found")));
    alice.remove_member(&group, &bob).await.expect(204);
    let removed = bob.connect().await.refused(frame).await;
    assert_eq!((&removed["status"], &removed["code"]), (&json!(403), &json!("not-a-member")));
}

#[tokio::test]
async fn the_read_position_moves_as_over_http() {
    let [alice, bob] = people().await;
    let conversation = alice.begin(&bob).await;
    let mut socket = bob.connect().await;
    let frame = |seq: u64| json!({ "action": "read", "conversationId": conversation, "seq": seq });
    assert_eq!(pointers(&socket.refused(frame(2)).await), ["/seq"]);
    let done = socket.done(frame(1)).await;
    assert_eq!(done.get("message"), None);
    assert_eq!(bob.conversation(&conversation).await.unwrap()["readSeq"], 1);
}

#[tokio::test]
async fn a_bad_frame_is_named_and_the_socket_stays_open() {
    let [alice] = people().await;
    let mut socket = alice.connect().await;
    for bad in [" ", "no json", "[]", "null", "7", "\"ping\"", "{\"action\": ", "{}{}"] {
        socket.tell(bad).await;
        let answer = socket.next("error").await;
        assert_eq!(answer["problem"]["status"], 400, "{bad}: {answer}");
        assert_eq!(answer["problem"]["code"], "malformed", "{bad}: {answer}");
    }
    for (bad, pointer) in [
        (json!({}), "/action"),
        (json!({ "action": 7 }), "/action"),
        (json!({ "action": "dance" }), "/action"),
        (json!({ "action": "SEND" }), "/action"),
        (json!({ "action": "send", "recipientId": 7 }), "/recipientId"),
        (json!({ "action": "send", "recipientId": alice.id, "to": "x" }), "/to"),
        (json!({ "action": "sendGroup", "groupId": {} }), "/groupId"),
        (json!({ "action": "received", "messageId": 1 }), "/messageId"),
    ] {
        let problem = socket.refused(bad.clone()).await;
        assert_eq!(problem["status"], 400, "{bad}: {problem}");
        assert_eq!(pointers(&problem), [pointer], "{bad}: {problem}");
    }
    for (bad, missing) in [
        (json!({ "action": "send" }), vec!["/body", "/recipientId"]),
        (json!({ "action": "sendGroup", "body": "x" }), vec!["/groupId"]),
        (json!({ "action": "read", "seq": 1 }), vec!["/conversationId"]),
        (json!({ "action": "typing" }), vec!["/conversationId"]),
        (json!({ "action": "received" }), vec!["/messageId"]),
    ] {
        let problem = socket.refused(bad.clone()).await;
        assert_eq!(problem["status"], 422, "{bad}: {problem}");
        assert_eq!(pointers(&problem), missing, "{bad}: {problem}");
    }
    for unknown in [
        json!({ "action": "read", "conversationId": "x", "seq": 1 }),
        json!({ "action": "typing", "conversationId": "x" }),
        json!({ "action": "sendGroup", "groupId": "x", "body": "x" }),
        json!({ "action": "received", "messageId": "x" }),
    ] {
        assert_eq!(socket.refused(unknown.clone()).await["status"], 404, "{unknown}");
    }
    socket.done_ping().await;
}

#[tokio::test]
async fn a_name_for_a_frame_must_be_text() {
    let [alice] = people().await;
    let mut socket = alice.connect().await;
    socket.tell(json!({ "action": "ping", "requestId": 7 }).to_string()).await;
    let answer = socket.next("error").await;
    assert_eq!(pointers(&answer["problem"]), ["/requestId"]);
    assert_eq!(answer.get("requestId"), None);
}

#[tokio::test]
async fn bytes_end_the_socket() {
    let [alice] = people().await;
    let mut socket = alice.connect().await;
    socket.tell(Message::binary(vec![0xff, 0x00])).await;
    let reason = socket.closed().await.unwrap();
    assert_eq!(u16::from(reason.code), 1003);
}

#[tokio::test]
async fn a_frame_that_is_too_large_ends_the_socket() {
    // What API Gateway does itself; its emulation has no such limit.
    let backend = Backend::private(|_| {}).await;
    let [alice] = tests::people(&backend).await;
    let mut socket = alice.connect().await;
    let large = |bytes: usize| json!({ "action": "ping", "x": "x".repeat(bytes) }).to_string();
    socket.tell(large(32_000)).await;
    socket.next("pong").await;
    socket.tell(large(33_000)).await;
    let reason = socket.closed().await.unwrap();
    assert_eq!(u16::from(reason.code), 1009);
}

#[tokio::test]
async fn a_body_of_any_characters_arrives_as_it_was_sent() {
    let [alice, bob] = people().await;
    let mut socket = bob.connect().await;
    let body = "<script>alert(1)</script> \u{1f600} \u{202e} ä\t\n\\ \" ' \u{feff}";
    alice.send(&bob, body).await.expect(201);
    assert_eq!(socket.next("message.created").await["message"]["body"], body);
}

fn pointers(problem: &Value) -> Vec<&str> {
    let errors = problem["errors"].as_array().map(Vec::as_slice).unwrap_or_default();
    errors.iter().filter_map(|error| error["pointer"].as_str()).collect()
}
