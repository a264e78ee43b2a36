//! Push to the members of a group: to all of them, and to nobody else.

use tests::{Group, Socket, says, types};

use crate::people;

/// Waits until what was before is behind.
async fn settled<const N: usize>(group: &Group, mut sockets: [Socket; N]) -> [Socket; N] {
    let begins = |frame: &serde_json::Value| {
        frame["type"] == "group.created" && frame["entry"]["conversationId"] == group.conversation
    };
    for socket in &mut sockets {
        socket.all_until(begins).await;
    }
    sockets
}

#[tokio::test]
async fn a_message_reaches_every_member() {
    let [alice, bob, carol, mallory] = people().await;
    let group = alice.group(&[&bob, &carol]).await;
    let mut members = [alice.connect().await, bob.connect().await, carol.connect().await];
    let mut stranger = mallory.connect().await;
    let sent = bob.say(&group, "hi").await.expect(201);
    for member in &mut members {
        assert_eq!(member.until(says("hi")).await["message"], sent.body);
    }
    mallory.send(&alice, "me").await.expect(201);
    assert_eq!(stranger.all_until(says("me")).await.len(), 1);
}

#[tokio::test]
async fn one_who_is_removed_is_told_and_sees_nothing_more() {
    let [alice, bob, carol] = people().await;
    let sockets = [bob.connect().await, carol.connect().await];
    let group = alice.group(&[&bob, &carol]).await;
    let [mut removed, mut member] = settled(&group, sockets).await;
    alice.remove_member(&group, &bob).await.expect(204);
    alice.say(&group, "without bob").await.expect(201);
    member.until(says("without bob")).await;
    alice.send(&bob, "sorry").await.expect(201);
    let seen = removed.all_until(says("sorry")).await;
    assert_eq!(types(&seen), ["member.removed", "message.created"]);
    assert_eq!(seen[0]["entry"]["target"], bob.id);
    assert_eq!(seen[0]["entry"]["type"], "memberRemoved");
}

#[tokio::test]
async fn one_who_joins_sees_what_comes_from_then_on() {
    let [alice, bob, carol] = people().await;
    let (mut newcomer, mut member) = (bob.connect().await, carol.connect().await);
    let group = alice.open_group(&[&carol]).await;
    alice.say(&group, "before").await.expect(201);
    bob.put_member(&group, &bob, None).await.expect(201);
    alice.edit(&group.conversation, 2, "before, edited").await.expect(200);
    alice.say(&group, "after").await.expect(201);

    let seen = newcomer.all_until(says("after")).await;
    assert_eq!(types(&seen), ["member.added", "message.updated", "message.created"]);
    assert_eq!(seen[0]["entry"]["target"], bob.id);
    // They could not read the message that was edited.
    assert_eq!(seen[1].get("message"), None);
    assert_eq!(seen[1]["entry"]["target"], 2);
    let update = member.next("message.updated").await;
    assert_eq!(update["message"]["body"], "before, edited");
}

#[tokio::test]
async fn who_is_blocked_is_not_seen() {
    let [alice, bob, carol] = people().await;
    alice.block(&bob).await.expect(204);
    let sockets = [alice.connect().await, carol.connect().await];
    let group = carol.group(&[&alice, &bob]).await;
    let [mut blocker, mut member] = settled(&group, sockets).await;
    bob.say(&group, "hidden").await.expect(201);
    bob.edit(&group.conversation, 2, "hidden, edited").await.expect(200);
    carol.erase(&group.conversation, 2).await.expect(204);
    carol.say(&group, "seen").await.expect(201);

    let seen = blocker.all_until(says("seen")).await;
    assert_eq!(types(&seen), ["message.created"], "{seen:?}");
    // The hole is there to be paged in.
    assert_eq!(seen[0]["message"]["seq"], 5);
    let path = format!("/v1/conversations/{}/messages?after=1&before=5", group.conversation);
    let hole = alice.get(&path).await.expect(200);
    assert_eq!(types(hole["entries"].as_array().unwrap()), ["hidden", "hidden", "hidden"]);
    let seen = member.all_until(says("seen")).await;
    let all = ["message.created", "message.updated", "message.deleted", "message.created"];
    assert_eq!(types(&seen), all);
}

#[tokio::test]
async fn an_unblocked_person_is_seen_again() {
    let [alice, bob, carol] = people().await;
    let group = carol.group(&[&alice, &bob]).await;
    alice.block(&bob).await.expect(204);
    let mut blocker = alice.connect().await;
    bob.say(&group, "hidden").await.expect(201);
    carol.say(&group, "fence").await.expect(201);
    blocker.until(says("fence")).await;
    alice.unblock(&bob).await.expect(204);
    blocker.next("blocks.changed").await;
    bob.say(&group, "seen").await.expect(201);
    let seen = blocker.all_until(says("seen")).await;
    assert_eq!(seen.last().unwrap()["message"]["senderId"], bob.id);
}
