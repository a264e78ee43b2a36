//! `clientMessageId`: a send can be repeated and is done once.

use std::slice;

use futures_util::future::join_all;
use serde_json::{Value, json};
use tests::{Person, Reply, bodies};

use crate::people;

fn message(to: &Person, body: &str, id: &str) -> Value {
    json!({ "recipientId": to.id, "body": body, "clientMessageId": id })
}

async fn send(from: &Person, to: &Person, body: &str, id: &str) -> Reply {
    from.post("/v1/messages", message(to, body, id)).await
}

#[tokio::test]
async fn a_repeat_is_answered_with_the_stored_message() {
    let [alice, bob] = people().await;
    let sent = send(&alice, &bob, "once", "a-1").await.expect(201);
    assert_eq!(sent["clientMessageId"], "a-1");
    alice.send(&bob, "something in between").await.expect(201);
    for _ in 0..2 {
        assert_eq!(send(&alice, &bob, "once", "a-1").await.expect(200).body, sent.body);
    }
    let log = bob.history(sent.text("conversationId")).await;
    assert_eq!(bodies(&log), ["once", "something in between"]);
}

#[tokio::test]
async fn of_many_at_once_one_is_sent() {
    let [alice, bob] = people().await;
    let replies = join_all((0..10).map(|_| send(&alice, &bob, "once", "a-1"))).await;
    let created = replies.iter().filter(|reply| reply.status == 201).count();
    assert_eq!(created, 1, "one of ten is the first");
    let messages: Vec<Value> = replies
        .into_iter()
        .map(|reply| if reply.status == 201 { reply.expect(201) } else { reply.expect(200) })
        .map(|answer| answer.body.clone())
        .collect();
    assert!(messages.iter().all(|message| *message == messages[0]), "{messages:#?}");
    let conversation = messages[0]["conversationId"].as_str().unwrap();
    assert_eq!(bob.history(conversation).await, messages[..1]);
}

#[tokio::test]
async fn another_body_under_the_same_id_is_refused() {
    let [alice, bob] = people().await;
    let sent = send(&alice, &bob, "one", "a-1").await.expect(201);
    for other in ["two", "one ", "One"] {
        send(&alice, &bob, other, "a-1").await.problem(409, "client-message-id-reused");
    }
    assert_eq!(bob.history(sent.text("conversationId")).await, slice::from_ref(&sent.body));
}

#[tokio::test]
async fn another_conversation_under_the_same_id_is_refused() {
    let [alice, bob, carol] = people().await;
    let group = alice.group(&[&bob]).await;
    send(&alice, &bob, "one", "a-1").await.expect(201);
    send(&alice, &carol, "one", "a-1").await.problem(409, "client-message-id-reused");
    let to_group = json!({ "body": "one", "clientMessageId": "a-1" });
    let refused = alice.post(&group.path("/messages"), to_group).await;
    refused.problem(409, "client-message-id-reused");
    assert_eq!(carol.conversations().await, Vec::<Value>::new());
    assert_eq!(alice.history(&group.conversation).await.len(), 1);
}

#[tokio::test]
async fn an_id_is_the_senders_own() {
    let [alice, bob, carol] = people().await;
    send(&alice, &bob, "from alice", "a-1").await.expect(201);
    send(&bob, &alice, "from bob", "a-1").await.expect(201);
    send(&carol, &alice, "from carol", "a-1").await.expect(201);
    assert_eq!(alice.check().await.len(), 2);
}

#[tokio::test]
async fn a_repeat_after_an_edit_is_answered_with_the_message_as_it_now_is() {
    let [alice, bob] = people().await;
    let sent = send(&alice, &bob, "old", "a-1").await.expect(201);
    let edited = alice.edit(sent.text("conversationId"), 1, "new").await.expect(200);
    assert_eq!(send(&alice, &bob, "old", "a-1").await.expect(200).body, edited.body);
    assert_eq!(edited["body"], "new");
    send(&alice, &bob, "new", "a-1").await.problem(409, "client-message-id-reused");
}

#[tokio::test]
async fn a_repeat_after_a_deletion_is_answered_with_the_tombstone() {
    let [alice, bob] = people().await;
    let sent = send(&alice, &bob, "gone", "a-1").await.expect(201);
    alice.erase(sent.text("conversationId"), 1).await.expect(204);
    let repeated = send(&alice, &bob, "gone", "a-1").await.expect(200);
    assert_eq!(repeated["messageId"], sent["messageId"]);
    assert_eq!(repeated.body.get("body"), None);
    assert!(repeated["deletedAt"].is_string());
}

#[tokio::test]
async fn a_repeat_after_a_block_is_answered_all_the_same() {
    let [alice, bob] = people().await;
    let sent = send(&alice, &bob, "in time", "a-1").await.expect(201);
    bob.block(&alice).await.expect(204);
    assert_eq!(send(&alice, &bob, "in time", "a-1").await.expect(200).body, sent.body);
    send(&alice, &bob, "too late", "a-2").await.problem(403, "blocked");
}

#[tokio::test]
async fn an_id_stays_bound_to_what_was_refused() {
    let [alice, bob] = people().await;
    bob.block(&alice).await.expect(204);
    send(&alice, &bob, "refused", "a-1").await.problem(403, "blocked");
    bob.unblock(&alice).await.expect(204);
    send(&alice, &bob, "other", "a-1").await.problem(409, "client-message-id-reused");
    let sent = send(&alice, &bob, "refused", "a-1").await.expect(201);
    assert_eq!(bob.history(sent.text("conversationId")).await, slice::from_ref(&sent.body));
}

#[tokio::test]
async fn a_repeat_to_a_group_is_sent_once() {
    let [alice, bob] = people().await;
    let group = alice.group(&[&bob]).await;
    let body = json!({ "body": "once", "clientMessageId": "a-1" });
    let sent = alice.post(&group.path("/messages"), body.clone()).await.expect(201);
    let again = alice.post(&group.path("/messages"), body).await.expect(200);
    assert_eq!(again.body, sent.body);
    assert_eq!(bob.check_in(&group.conversation).await, slice::from_ref(&sent.body));
}

#[tokio::test]
async fn an_id_is_1_to_64_plain_characters() {
    let [alice, bob] = people().await;
    for good in ["x", "A-z_0.9", "...", &"x".repeat(64)] {
        send(&alice, &bob, "hi", good).await.expect(201);
    }
    for bad in ["", "a b", "ü", "a#b", "a/b", "a\n", &"x".repeat(65)] {
        send(&alice, &bob, "hi", bad).await.refused(422).naming(&["/clientMessageId"]);
    }
    assert_eq!(bob.check().await.len(), 4);
}
