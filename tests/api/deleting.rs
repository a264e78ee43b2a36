//! `DELETE /v1/conversations/{conversationId}/messages/{seq}`.

use serde_json::{Value, json};
use tests::{bodies, keys};

use crate::people;

#[tokio::test]
async fn a_deleted_message_leaves_a_tombstone_without_a_body() {
    let [alice, bob] = people().await;
    let sent = alice.send(&bob, "regretted").await.expect(201);
    let conversation = sent.text("conversationId");
    alice.erase(conversation, 1).await.expect(204);

    let tombstone = bob.entry(conversation, 1).await.expect(200);
    assert!(tombstone["deletedAt"].is_string());
    let mut expected = sent.body.clone();
    expected.as_object_mut().unwrap().remove("body");
    expected["deletedAt"] = tombstone["deletedAt"].clone();
    assert_eq!(tombstone.body, expected);

    for reader in [&alice, &bob] {
        let log = reader.history(conversation).await;
        assert_eq!(log[0], expected);
        assert!(!json!(log).to_string().contains("regretted"));
    }
}

#[tokio::test]
async fn an_edited_message_can_be_deleted() {
    let [alice, bob] = people().await;
    let conversation = alice.begin(&bob).await;
    alice.edit(&conversation, 1, "edited").await.expect(200);
    alice.erase(&conversation, 1).await.expect(204);
    assert_eq!(bodies(&bob.history(&conversation).await), ["", "", ""]);
}

#[tokio::test]
async fn a_deletion_is_an_entry() {
    let [alice, bob] = people().await;
    let conversation = alice.begin(&bob).await;
    alice.erase(&conversation, 1).await.expect(204);
    let log = bob.history(&conversation).await;
    assert_eq!(log.len(), 2);
    assert_eq!(keys(&log[1]), ["actorId", "conversationId", "createdAt", "seq", "target", "type"]);
    assert_eq!(log[1]["type"], "deleted");
    assert_eq!(log[1]["target"], 1);
    assert_eq!(log[1]["actorId"], alice.id);
}

#[tokio::test]
async fn a_tombstone_is_neither_unread_nor_in_check() {
    let [alice, bob] = people().await;
    let conversation = alice.begin(&bob).await;
    alice.send(&bob, "stays").await.expect(201);
    alice.erase(&conversation, 1).await.expect(204);
    assert_eq!(bodies(&bob.check().await), ["stays"]);
    assert_eq!(bob.conversation(&conversation).await.unwrap()["unread"], 1);
    alice.erase(&conversation, 2).await.expect(204);
    assert_eq!(bob.check().await, Vec::<Value>::new());
    assert_eq!(bob.conversation(&conversation).await.unwrap()["unread"], 0);
}

#[tokio::test]
async fn in_a_direct_conversation_only_its_sender_deletes_a_message() {
    let [alice, bob] = people().await;
    let conversation = alice.begin(&bob).await;
    bob.erase(&conversation, 1).await.problem(403, "forbidden");
    assert_eq!(bodies(&alice.history(&conversation).await), ["the first message"]);
}

#[tokio::test]
async fn in_a_group_its_admins_delete_any_message() {
    let [alice, bob, carol, dave] = people().await;
    let group = alice.group(&[&bob, &carol, &dave]).await;
    alice.put_member(&group, &bob, Some("admin")).await.expect(200);
    let conversation = &group.conversation;
    let by_carol = carol.say(&group, "one").await.expect(201).seq();
    let also_by_carol = carol.say(&group, "two").await.expect(201).seq();
    let by_alice = alice.say(&group, "three").await.expect(201).seq();

    dave.erase(conversation, by_carol).await.problem(403, "forbidden");
    carol.erase(conversation, by_alice).await.problem(403, "forbidden");
    bob.erase(conversation, by_carol).await.expect(204);
    alice.erase(conversation, also_by_carol).await.expect(204);
    bob.erase(conversation, by_alice).await.expect(204);

    let log = dave.history(conversation).await;
    let deleted: Vec<_> = log.iter().filter(|entry| entry["type"] == "deleted").collect();
    assert_eq!(deleted.len(), 3);
    assert_eq!(deleted[0]["actorId"], bob.id);
    assert_eq!(deleted[0]["target"], by_carol);
    let messages = log.iter().filter(|entry| entry["type"] == "message");
    assert!(messages.into_iter().all(|message| message.get("body").is_none()));
}

#[tokio::test]
async fn only_messages_are_deleted() {
    let [alice] = people().await;
    let group = alice.group(&[]).await;
    alice.erase(&group.conversation, 1).await.refused(404);
    alice.erase(&group.conversation, 2).await.refused(404);
    let path = format!("/v1/conversations/{}/messages/one", group.conversation);
    alice.delete(&path).await.refused(400);
}

#[tokio::test]
async fn one_may_delete_ones_own_message_also_while_a_block_stands() {
    let [alice, bob] = people().await;
    let conversation = alice.begin(&bob).await;
    bob.block(&alice).await.expect(204);
    alice.erase(&conversation, 1).await.expect(204);
    assert_eq!(bob.entry(&conversation, 1).await.expect(200).body.get("body"), None);
}
