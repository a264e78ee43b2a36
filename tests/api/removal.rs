//! `DELETE /v1/groups/{groupId}/members/{userId}`: how one leaves a group, and what is left to them.

use serde_json::{Value, json};
use tests::{Group, Person, bodies, seqs};

use crate::people;

/// Checks that nothing of the group is open to one who was in it.
async fn assert_locked_out(group: &Group, who: &Person, seq: u64) {
    let conversation = &group.conversation;
    let log = format!("/v1/conversations/{conversation}/messages");
    for reply in [
        who.get(&group.path("/members")).await,
        who.get(&log).await,
        who.get(&format!("{log}?after=0")).await,
        who.entry(conversation, seq).await,
        who.read(conversation, seq).await,
        who.edit(conversation, seq, "other").await,
        who.erase(conversation, seq).await,
        who.say(group, "hi").await,
    ] {
        reply.problem(403, "not-a-member");
    }
    assert_eq!(who.conversation(conversation).await, None);
    assert_eq!(who.check_in(conversation).await, Vec::<Value>::new());
}

#[tokio::test]
async fn one_who_was_removed_reads_and_writes_nothing_any_more() {
    let [alice, bob] = people().await;
    for group in [alice.group(&[&bob]).await, alice.open_group(&[&bob]).await] {
        let seq = bob.say(&group, "bob was here").await.expect(201).seq();
        alice.say(&group, "unread").await.expect(201);
        alice.remove_member(&group, &bob).await.expect(204);
        assert_locked_out(&group, &bob, seq).await;
        let log = alice.history(&group.conversation).await;
        assert_eq!(bodies(&log), ["", "bob was here", "unread", ""]);
        assert_eq!(alice.members(&group).await, [(alice.id.clone(), "owner".to_owned())]);
    }
}

#[tokio::test]
async fn one_who_was_removed_may_not_look_at_a_private_group_nor_come_back() {
    let [alice, bob] = people().await;
    let group = alice.group(&[&bob]).await;
    alice.remove_member(&group, &bob).await.expect(204);
    bob.get(&group.path("")).await.problem(403, "not-a-member");
    bob.put_member(&group, &bob, None).await.refused(403);
    bob.patch(&group.path(""), json!({ "name": "mine" })).await.problem(403, "not-a-member");
    bob.delete(&group.path("")).await.problem(403, "not-a-member");
}

#[tokio::test]
async fn one_who_was_removed_may_not_come_back_to_an_open_group_by_themself() {
    let [alice, bob] = people().await;
    let group = alice.open_group(&[&bob]).await;
    alice.remove_member(&group, &bob).await.expect(204);
    bob.get(&group.path("")).await.expect(200);
    bob.put_member(&group, &bob, None).await.refused(403);
    assert_eq!(bob.conversations().await, Vec::<Value>::new());
}

#[tokio::test]
async fn one_who_was_added_again_reads_from_then_on() {
    let [alice, bob] = people().await;
    let group = alice.open_group(&[&bob]).await;
    alice.say(&group, "one").await.expect(201);
    alice.remove_member(&group, &bob).await.expect(204);
    let missed = alice.say(&group, "while bob was away").await.expect(201).seq();
    alice.put_member(&group, &bob, None).await.expect(201);
    alice.say(&group, "two").await.expect(201);

    assert_eq!(bodies(&bob.check().await), ["two"]);
    let log = bob.history(&group.conversation).await;
    assert!(seqs(&log).into_iter().all(|seq| seq > missed), "{log:#?}");
    bob.entry(&group.conversation, missed).await.refused(404);
    bob.entry(&group.conversation, 1).await.refused(404);
    assert_eq!(bob.conversation(&group.conversation).await.unwrap()["unread"], 1);
}

#[tokio::test]
async fn anyone_may_leave_and_come_back_to_an_open_group() {
    let [alice, bob] = people().await;
    let group = alice.open_group(&[&bob]).await;
    let seq = bob.say(&group, "bob was here").await.expect(201).seq();
    bob.remove_member(&group, &bob).await.expect(204);
    assert_locked_out(&group, &bob, seq).await;
    let missed = alice.say(&group, "while bob was away").await.expect(201).seq();
    bob.put_member(&group, &bob, None).await.expect(201);
    let log = bob.history(&group.conversation).await;
    assert!(seqs(&log).into_iter().all(|seq| seq > missed), "{log:#?}");
    alice.say(&group, "welcome").await.expect(201);
    assert_eq!(bodies(&bob.check().await), ["welcome"]);
}

#[tokio::test]
async fn one_who_came_back_and_was_removed_again_stays_out() {
    let [alice, bob] = people().await;
    let group = alice.open_group(&[&bob]).await;
    bob.remove_member(&group, &bob).await.expect(204);
    bob.put_member(&group, &bob, None).await.expect(201);
    alice.remove_member(&group, &bob).await.expect(204);
    bob.put_member(&group, &bob, None).await.refused(403);
}

#[tokio::test]
async fn one_who_left_a_private_group_needs_to_be_added() {
    let [alice, bob] = people().await;
    let group = alice.group(&[&bob]).await;
    bob.remove_member(&group, &bob).await.expect(204);
    bob.put_member(&group, &bob, None).await.refused(403);
    alice.put_member(&group, &bob, None).await.expect(201);
}

#[tokio::test]
async fn only_those_below_ones_own_rank_are_removed() {
    let [owner, other_owner, admin, other_admin, member] = people().await;
    let group = owner.group(&[&other_owner, &admin, &other_admin, &member]).await;
    owner.put_member(&group, &other_owner, Some("owner")).await.expect(200);
    for who in [&admin, &other_admin] {
        owner.put_member(&group, who, Some("admin")).await.expect(200);
    }
    let log = owner.history(&group.conversation).await;
    for (by, whom) in [
        (&member, &admin),
        (&member, &owner),
        (&admin, &other_admin),
        (&admin, &owner),
        (&owner, &other_owner),
    ] {
        by.remove_member(&group, whom).await.problem(403, "forbidden");
    }
    assert_eq!(owner.history(&group.conversation).await, log);
    admin.remove_member(&group, &member).await.expect(204);
    owner.remove_member(&group, &other_admin).await.expect(204);
}

#[tokio::test]
async fn one_who_is_no_member_cannot_be_removed() {
    let [alice, bob, stranger] = people().await;
    let group = alice.group(&[&bob]).await;
    alice.remove_member(&group, &stranger).await.refused(404);
    alice.delete(&group.path("/members/nobody")).await.refused(404);
    alice.remove_member(&group, &bob).await.expect(204);
    alice.remove_member(&group, &bob).await.refused(404);
    assert_eq!(alice.history(&group.conversation).await.len(), 2);
}

#[tokio::test]
async fn one_who_was_removed_does_not_lose_the_direct_conversations() {
    let [alice, bob] = people().await;
    let group = alice.group(&[&bob]).await;
    let conversation = alice.begin(&bob).await;
    alice.remove_member(&group, &bob).await.expect(204);
    assert_eq!(bodies(&bob.check().await), ["the first message"]);
    assert_eq!(bob.history(&conversation).await.len(), 1);
}
