//! What is said in passing: who is writing, who has read what, and that blocks have changed.

use serde_json::json;
use tests::{Socket, says};

use crate::people;

async fn types(socket: &mut Socket, conversation: &str) {
    socket.done(json!({ "action": "typing", "conversationId": conversation })).await;
}

#[tokio::test]
async fn the_other_sees_who_is_writing() {
    let [alice, bob] = people().await;
    let conversation = alice.begin(&bob).await;
    let (mut writer, mut reader) = (alice.connect().await, bob.connect().await);
    types(&mut writer, &conversation).await;
    let expected = json!({ "type": "typing", "conversationId": conversation, "userId": alice.id });
    assert_eq!(reader.next("typing").await, expected);
    // Not the writer.
    bob.send(&alice, "yes?").await.expect(201);
    let seen = writer.all_until(says("yes?")).await;
    assert!(!seen.iter().any(|frame| frame["type"] == "typing"), "{seen:?}");
}

#[tokio::test]
async fn in_a_group_all_others_see_it_but_who_has_blocked_the_writer() {
    let [alice, bob, carol] = people().await;
    let group = alice.group(&[&bob, &carol]).await;
    carol.block(&alice).await.expect(204);
    let mut writers = [alice.connect().await, bob.connect().await];
    let (mut reader, mut blocker) = (bob.connect().await, carol.connect().await);
    types(&mut writers[0], &group.conversation).await;
    assert_eq!(reader.next("typing").await["userId"], alice.id);
    types(&mut writers[1], &group.conversation).await;
    assert_eq!(blocker.next("typing").await["userId"], bob.id);
}

#[tokio::test]
async fn nobody_is_seen_writing_where_they_do_not_belong() {
    let [alice, bob, mallory] = people().await;
    let conversation = alice.begin(&bob).await;
    let group = alice.group(&[&bob]).await;
    let mut socket = mallory.connect().await;
    for place in [&conversation, &group.conversation] {
        let frame = json!({ "action": "typing", "conversationId": place });
        assert_eq!(socket.refused(frame).await["status"], 404);
    }
    alice.remove_member(&group, &bob).await.expect(204);
    let frame = json!({ "action": "typing", "conversationId": group.conversation });
    assert_eq!(bob.connect().await.refused(frame).await["code"], "not-a-member");
}

#[tokio::test]
async fn the_readers_other_devices_and_the_peer_see_what_was_read() {
    let [alice, bob] = people().await;
    let conversation = alice.begin(&bob).await;
    let (mut reader, mut other) = (bob.connect().await, bob.connect().await);
    let mut sender = alice.connect().await;
    reader.done(json!({ "action": "read", "conversationId": conversation, "seq": 1 })).await;
    let expected = json!({
        "type": "conversation.read",
        "conversationId": conversation,
        "userId": bob.id,
        "seq": 1,
    });
    assert_eq!(other.next("conversation.read").await, expected);
    assert_eq!(sender.next("conversation.read").await, expected);
    // Not the device that said so, and nobody where nothing moved.
    alice.send(&bob, "more").await.expect(201);
    bob.read(&conversation, 1).await.expect(204);
    bob.read(&conversation, 2).await.expect(204);
    let seen = reader.all_until(|frame| frame["type"] == "conversation.read").await;
    assert_eq!(seen.last().unwrap()["seq"], 2, "{seen:?}");
    assert_eq!(sender.next("conversation.read").await["seq"], 2);
}

#[tokio::test]
async fn in_a_group_only_ones_own_devices_see_what_was_read() {
    let [alice, bob] = people().await;
    let group = alice.group(&[&bob]).await;
    alice.say(&group, "hi").await.expect(201);
    let (mut sender, mut reader) = (alice.connect().await, bob.connect().await);
    bob.read(&group.conversation, 2).await.expect(204);
    assert_eq!(reader.next("conversation.read").await["seq"], 2);
    bob.send(&alice, "fence").await.expect(201);
    let seen = sender.all_until(says("fence")).await;
    assert!(!seen.iter().any(|frame| frame["type"] == "conversation.read"), "{seen:?}");
}

#[tokio::test]
async fn who_has_blocked_somebody_sees_neither_them_write_nor_read() {
    let [alice, bob] = people().await;
    let conversation = alice.begin(&bob).await;
    alice.block(&bob).await.expect(204);
    let (mut blocker, mut blocked) = (alice.connect().await, bob.connect().await);
    types(&mut blocked, &conversation).await;
    blocked.done(json!({ "action": "read", "conversationId": conversation, "seq": 1 })).await;
    alice.unblock(&bob).await.expect(204);
    types(&mut blocked, &conversation).await;
    let seen = blocker.all_until(|frame| frame["type"] == "typing").await;
    let passing = |frame: &&serde_json::Value| frame["type"] != "blocks.changed";
    assert_eq!(seen.iter().filter(passing).count(), 1, "{seen:?}");
}

#[tokio::test]
async fn the_blockers_devices_learn_that_blocks_have_changed() {
    let [alice, bob] = people().await;
    let (mut blocker, mut blocked) = (alice.connect().await, bob.connect().await);
    alice.block(&bob).await.expect(204);
    assert_eq!(blocker.next("blocks.changed").await, json!({ "type": "blocks.changed" }));
    alice.unblock(&bob).await.expect(204);
    blocker.next("blocks.changed").await;
    // It is nobody else's business.
    alice.send(&bob, "fence").await.expect(201);
    assert_eq!(blocked.all_until(says("fence")).await.len(), 1);
}
