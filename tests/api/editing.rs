//! `PATCH /v1/conversations/{conversationId}/messages/{seq}`.

use serde_json::json;
use tests::{bodies, keys};

use crate::people;

#[tokio::test]
async fn an_edited_message_stays_where_it_is() {
    let [alice, bob] = people().await;
    let sent = alice.send(&bob, "old").await.expect(201);
    let conversation = sent.text("conversationId");
    bob.send(&alice, "an answer").await.expect(201);
    let edited = alice.edit(conversation, 1, " new\n").await.expect(200);

    let mut expected = sent.body.clone();
    expected["body"] = " new\n".into();
    expected["editedAt"] = edited["editedAt"].clone();
    assert!(edited["editedAt"].is_string());
    assert_eq!(edited.body, expected);
    assert_eq!(bob.entry(conversation, 1).await.expect(200).body, expected);
    assert_eq!(bob.history(conversation).await[0], expected);
}

#[tokio::test]
async fn an_edit_is_an_entry_without_a_body() {
    let [alice, bob] = people().await;
    let conversation = alice.begin(&bob).await;
    alice.edit(&conversation, 1, "new").await.expect(200);
    let log = bob.history(&conversation).await;
    assert_eq!(log.len(), 2);
    assert_eq!(keys(&log[1]), ["actorId", "conversationId", "createdAt", "seq", "target", "type"]);
    assert_eq!(log[1]["type"], "edited");
    assert_eq!(log[1]["target"], 1);
    assert_eq!(log[1]["actorId"], alice.id);
    assert_eq!(alice.entry(&conversation, 2).await.expect(200).body, log[1]);
}

#[tokio::test]
async fn a_message_can_be_edited_more_than_once() {
    let [alice, bob] = people().await;
    let conversation = alice.begin(&bob).await;
    for text in ["two", "three", "four"] {
        assert_eq!(alice.edit(&conversation, 1, text).await.expect(200)["body"], text);
    }
    let log = bob.history(&conversation).await;
    assert_eq!(bodies(&log), ["four", "", "", ""]);
}

#[tokio::test]
async fn only_its_sender_edits_a_message() {
    let [alice, bob, carol] = people().await;
    let conversation = alice.begin(&bob).await;
    bob.edit(&conversation, 1, "forged").await.problem(403, "forbidden");

    let group = alice.group(&[&bob, &carol]).await;
    alice.put_member(&group, &bob, Some("admin")).await.expect(200);
    let seq = carol.say(&group, "mine").await.expect(201).seq();
    for admin in [&alice, &bob] {
        let forged = admin.edit(&group.conversation, seq, "forged").await;
        forged.problem(403, "forbidden");
    }
    carol.edit(&group.conversation, seq, "still mine").await.expect(200);
    assert_eq!(bodies(&bob.history(&conversation).await), ["the first message"]);
}

#[tokio::test]
async fn only_messages_are_edited() {
    let [alice, bob] = people().await;
    let group = alice.group(&[&bob]).await;
    alice.edit(&group.conversation, 1, "not a message").await.refused(404);
    alice.edit(&group.conversation, 2, "not there").await.refused(404);
    let path = format!("/v1/conversations/{}/messages/one", group.conversation);
    alice.patch(&path, json!({ "body": "no number" })).await.refused(400);
}

#[tokio::test]
async fn a_new_body_has_the_rules_of_the_old_one() {
    let [alice, bob] = people().await;
    let conversation = alice.begin(&bob).await;
    for bad in ["", " \n", "a\u{7}b", &"x".repeat(4_001)] {
        alice.edit(&conversation, 1, bad).await.refused(422).naming(&["/body"]);
    }
    assert_eq!(bodies(&bob.history(&conversation).await), ["the first message"]);
    let longest = "😀".repeat(4_000);
    alice.edit(&conversation, 1, &longest).await.expect(200);
    assert_eq!(bob.entry(&conversation, 1).await.expect(200)["body"], longest);
}

#[tokio::test]
async fn a_tombstone_is_not_edited() {
    let [alice, bob] = people().await;
    let conversation = alice.begin(&bob).await;
    alice.erase(&conversation, 1).await.expect(204);
    alice.edit(&conversation, 1, "back again").await.problem(409, "deleted");
    let log = bob.history(&conversation).await;
    assert_eq!(bodies(&log), ["", ""]);
}

#[tokio::test]
async fn while_a_block_stands_a_direct_message_is_not_edited() {
    let [alice, bob] = people().await;
    let conversation = alice.begin(&bob).await;
    for (blocker, blocked) in [(&bob, &alice), (&alice, &bob)] {
        blocker.block(blocked).await.expect(204);
        alice.edit(&conversation, 1, "new").await.problem(403, "blocked");
        blocker.unblock(blocked).await.expect(204);
    }
    assert_eq!(bob.history(&conversation).await.len(), 1);
    alice.edit(&conversation, 1, "new").await.expect(200);
}

#[tokio::test]
async fn a_block_keeps_nobody_from_editing_in_a_group() {
    let [alice, bob] = people().await;
    let group = alice.group(&[&bob]).await;
    let seq = bob.say(&group, "old").await.expect(201).seq();
    alice.block(&bob).await.expect(204);
    bob.edit(&group.conversation, seq, "new").await.expect(200);
}
