//! `PUT /v1/conversations/{conversationId}/read`.

use futures_util::future::join_all;
use serde_json::{Value, json};
use tests::Person;

use crate::people;

/// Alice wrote five messages to bob.
async fn five() -> (Person, Person, String) {
    let [alice, bob] = people().await;
    let conversation = alice.begin(&bob).await;
    for n in 2..=5 {
        alice.send(&bob, &format!("{n}")).await.expect(201);
    }
    (alice, bob, conversation)
}

async fn position(reader: &Person, conversation: &str) -> Value {
    reader.conversation(conversation).await.unwrap()["readSeq"].clone()
}

#[tokio::test]
async fn a_read_position_moves_forth_and_never_back() {
    let (_, bob, conversation) = five().await;
    for (seq, position_then) in [(2, 2), (4, 4), (4, 4), (1, 4), (5, 5), (3, 5)] {
        bob.read(&conversation, seq).await.expect(204);
        assert_eq!(position(&bob, &conversation).await, position_then, "read {seq}");
    }
}

#[tokio::test]
async fn everyone_has_a_position_of_their_own() {
    let (alice, bob, conversation) = five().await;
    bob.read(&conversation, 5).await.expect(204);
    assert_eq!(position(&alice, &conversation).await, 0);
    alice.read(&conversation, 2).await.expect(204);
    assert_eq!(position(&bob, &conversation).await, 5);
}

#[tokio::test]
async fn of_positions_at_once_the_highest_stays() {
    let (_, bob, conversation) = five().await;
    let reads = [3, 5, 1, 4, 2, 5, 3, 1].map(|seq| bob.read(&conversation, seq));
    for reply in join_all(reads).await {
        reply.expect(204);
    }
    assert_eq!(position(&bob, &conversation).await, 5);
}

#[tokio::test]
async fn nobody_reads_beyond_the_end() {
    let (_, bob, conversation) = five().await;
    bob.read(&conversation, 2).await.expect(204);
    for beyond in [6, 1_000, 9_007_199_254_740_991] {
        bob.read(&conversation, beyond).await.refused(422).naming(&["/seq"]);
    }
    assert_eq!(position(&bob, &conversation).await, 2);
}

#[tokio::test]
async fn a_position_is_a_seq() {
    let (_, bob, conversation) = five().await;
    let path = format!("/v1/conversations/{conversation}/read");
    for (body, status) in [
        (json!({}), 422),
        (json!({ "seq": -1 }), 422),
        (json!({ "seq": "2" }), 400),
        (json!({ "seq": [2] }), 400),
        (json!({ "seq": true }), 400),
    ] {
        bob.put(&path, body).await.refused(status).naming(&["/seq"]);
    }
    assert_eq!(position(&bob, &conversation).await, 0);
}

#[tokio::test]
async fn only_those_who_belong_to_it_have_a_position() {
    let (alice, bob, conversation) = five().await;
    let [carol] = people().await;
    carol.read(&conversation, 1).await.refused(404);
    let group = alice.group(&[]).await;
    bob.read(&group.conversation, 1).await.refused(404);
}
