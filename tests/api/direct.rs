//! `POST /v1/messages`.

use serde_json::json;
use tests::{Backend, bodies, keys, seqs};

use crate::people;

const NOBODY: &str = "00000000-0000-4000-8000-000000000000";

#[tokio::test]
async fn a_message_is_answered_as_it_is_stored_and_where() {
    let [alice, bob] = people().await;
    let sent = alice.send(&bob, "hi").await.expect(201);
    let members = [
        "body",
        "conversationId",
        "createdAt",
        "messageId",
        "recipientId",
        "senderId",
        "seq",
        "type",
    ];
    assert_eq!(keys(&sent.body), members);
    assert_eq!(sent["type"], "message");
    assert_eq!(sent["body"], "hi");
    assert_eq!(sent["senderId"], alice.id);
    assert_eq!(sent["recipientId"], bob.id);
    assert_eq!(sent["seq"], 1);

    let location = sent.header("location");
    let path = location.strip_prefix(Backend::shared().await.url()).unwrap_or(location);
    let expected = format!("/v1/conversations/{}/messages/1", sent.text("conversationId"));
    assert_eq!(path, expected);
    for reader in [&alice, &bob] {
        assert_eq!(reader.get(path).await.expect(200).body, sent.body);
    }
}

#[tokio::test]
async fn two_people_have_one_conversation() {
    let [alice, bob] = people().await;
    let first = alice.send(&bob, "one").await.expect(201);
    let second = bob.send(&alice, "two").await.expect(201);
    let third = alice.send(&bob, "three").await.expect(201);
    let conversation = first.text("conversationId");
    assert_eq!(second["conversationId"], conversation);
    assert_eq!(third["conversationId"], conversation);
    assert_eq!(second["recipientId"], alice.id);

    let log = alice.history(conversation).await;
    assert_eq!(log, [first.body.clone(), second.body.clone(), third.body.clone()]);
    assert_eq!(seqs(&log), [1, 2, 3]);
    assert_eq!(bob.history(conversation).await, log);
}

#[tokio::test]
async fn each_pair_has_a_conversation_of_its_own() {
    let [alice, bob, carol] = people().await;
    let with_bob = alice.begin(&bob).await;
    let with_carol = alice.begin(&carol).await;
    assert_ne!(with_bob, with_carol);
    assert_eq!(alice.history(&with_bob).await.len(), 1);
    assert_eq!(alice.history(&with_carol).await.len(), 1);
}

#[tokio::test]
async fn a_body_is_kept_exactly() {
    let [alice, bob] = people().await;
    let texts = [
        "x",
        "  padded\t\n",
        "\ttab and\nline feed\n",
        "e\u{301} is not \u{e9}",
        "👩‍👩‍👧 \u{10FFFF} \u{FFFD} \u{FEFF}",
        "\u{202E}right to left\u{200B}",
        r#"{"json": "\u0041"} \ / " '"#,
        "<script>alert('&amp;')</script> %41 ${x} {{y}}",
        "0",
        "null",
        &"😀".repeat(4_000),
    ];
    let mut conversation = String::new();
    for text in texts {
        let sent = alice.send(&bob, text).await.expect(201);
        assert_eq!(sent["body"], text);
        sent.text("conversationId").clone_into(&mut conversation);
    }
    assert_eq!(bodies(&bob.history(&conversation).await), texts);
}

#[tokio::test]
async fn a_body_that_says_nothing_or_too_much_is_refused() {
    let [alice, bob] = people().await;
    let conversation = alice.begin(&bob).await;
    let long = "x".repeat(4_001);
    let long_in_code_points = "😀".repeat(4_001);
    for text in ["", " ", "\n\t \n", &long, &long_in_code_points] {
        alice.send(&bob, text).await.refused(422).naming(&["/body"]);
    }
    for control in ['\0', '\u{7}', '\r', '\u{b}', '\u{1b}', '\u{7f}', '\u{85}', '\u{9f}'] {
        alice.send(&bob, &format!("a{control}b")).await.refused(422).naming(&["/body"]);
    }
    assert_eq!(alice.history(&conversation).await.len(), 1);
}

#[tokio::test]
async fn a_message_can_answer_another() {
    let [alice, bob] = people().await;
    let conversation = alice.begin(&bob).await;
    let body = json!({ "recipientId": alice.id, "body": "an answer", "replyTo": 1 });
    let answer = bob.post("/v1/messages", body).await.expect(201);
    assert_eq!(answer["replyTo"], 1);
    assert_eq!(alice.history(&conversation).await[1], answer.body);
}

#[tokio::test]
async fn an_answer_is_to_something_that_one_can_see() {
    let [alice, bob, carol] = people().await;
    let answer =
        |to: &str, seq: u64| json!({ "recipientId": to, "body": "an answer", "replyTo": seq });
    alice.post("/v1/messages", answer(&carol.id, 1)).await.refused(422).naming(&["/replyTo"]);
    assert_eq!(alice.conversations().await, Vec::<serde_json::Value>::new());

    let conversation = alice.begin(&bob).await;
    for seq in [0, 2, 9_007_199_254_740_991] {
        let refused = alice.post("/v1/messages", answer(&bob.id, seq)).await;
        refused.refused(422).naming(&["/replyTo"]);
    }
    assert_eq!(alice.history(&conversation).await.len(), 1);
}

#[tokio::test]
async fn nobody_writes_to_oneself_or_to_nobody() {
    let [alice] = people().await;
    for oneself in [alice.id.clone(), alice.id.to_uppercase()] {
        let to_oneself = json!({ "recipientId": oneself, "body": "hi" });
        alice.post("/v1/messages", to_oneself).await.refused(422).naming(&["/recipientId"]);
    }
    let to_nobody = json!({ "recipientId": NOBODY, "body": "hi" });
    alice.post("/v1/messages", to_nobody).await.refused(404);
    let to_no_id = json!({ "recipientId": "bob", "body": "hi" });
    alice.post("/v1/messages", to_no_id).await.refused(422).naming(&["/recipientId"]);
    assert_eq!(alice.conversations().await, Vec::<serde_json::Value>::new());
}

#[tokio::test]
async fn the_sender_is_the_caller_whatever_the_body_says() {
    let [alice, bob, carol] = people().await;
    let body = json!({ "recipientId": bob.id, "body": "hi", "senderId": carol.id });
    alice.post("/v1/messages", body).await.refused(400);
    assert_eq!(bob.check().await, Vec::<serde_json::Value>::new());
}

#[tokio::test]
async fn a_conversation_is_closed_to_others() {
    let [alice, bob, carol] = people().await;
    let conversation = alice.begin(&bob).await;
    carol.get(&format!("/v1/conversations/{conversation}/messages")).await.refused(404);
    carol.entry(&conversation, 1).await.refused(404);
    carol.read(&conversation, 1).await.refused(404);
    carol.edit(&conversation, 1, "other").await.refused(404);
    carol.erase(&conversation, 1).await.refused(404);
    assert_eq!(bodies(&bob.history(&conversation).await), ["the first message"]);
}
