//! A block in a group: what the blocked person wrote is there, and cannot be seen.

use serde_json::{Value, json};
use tests::{Group, Person, bodies, seqs, types};

use crate::people;

/// Alice, who blocked bob, and carol, in carol's group. Bob is an admin of it. The log: `groupCreated`, `roleChanged`,
/// and three messages of bob, carol and bob.
async fn talk() -> (Person, Person, Person, Group) {
    let [alice, bob, carol] = people().await;
    let group = carol.group(&[&alice, &bob]).await;
    carol.put_member(&group, &bob, Some("admin")).await.expect(200);
    bob.say(&group, "bob, older").await.expect(201);
    carol.say(&group, "carol").await.expect(201);
    alice.block(&bob).await.expect(204);
    bob.say(&group, "bob, newer").await.expect(201);
    (alice, bob, carol, group)
}

fn hidden(group: &Group, seq: u64) -> Value {
    json!({ "type": "hidden", "conversationId": group.conversation, "seq": seq })
}

#[tokio::test]
async fn messages_of_a_blocked_person_keep_their_place_and_nothing_else() {
    let (alice, bob, carol, group) = talk().await;
    let log = alice.history(&group.conversation).await;
    let expected = ["groupCreated", "roleChanged", "hidden", "message", "hidden"];
    assert_eq!(types(&log), expected);
    assert_eq!(log[2], hidden(&group, 3));
    assert_eq!(log[4], hidden(&group, 5));
    assert_eq!(alice.entry(&group.conversation, 5).await.expect(200).body, log[4]);
    assert_eq!(seqs(&log), [1, 2, 3, 4, 5]);

    for reader in [&bob, &carol] {
        let log = reader.history(&group.conversation).await;
        assert_eq!(bodies(&log[2..]), ["bob, older", "carol", "bob, newer"]);
    }
}

#[tokio::test]
async fn every_way_to_page_hides_the_same() {
    let (alice, .., group) = talk().await;
    let path = format!("/v1/conversations/{}/messages", group.conversation);
    for query in ["?after=2", "?before=100", "?after=2&before=6", "?limit=3"] {
        let page = alice.get(&format!("{path}{query}")).await.expect(200);
        let said = page["entries"].to_string();
        assert!(said.contains("carol"), "{query}: {page}");
        assert!(!said.contains("bob"), "{query}: {page}");
    }
}

#[tokio::test]
async fn the_blocked_person_sees_what_the_blocker_writes() {
    let (alice, bob, _, group) = talk().await;
    alice.say(&group, "alice").await.expect(201);
    assert_eq!(bodies(&bob.check_in(&group.conversation).await), ["carol", "alice"]);
}

#[tokio::test]
async fn edits_and_deletions_of_hidden_messages_are_hidden_whoever_makes_them() {
    let (alice, bob, carol, group) = talk().await;
    bob.edit(&group.conversation, 3, "bob, edited").await.expect(200);
    bob.erase(&group.conversation, 3).await.expect(204);
    carol.erase(&group.conversation, 5).await.expect(204);
    let log = alice.history(&group.conversation).await;
    assert_eq!(log[5..], [hidden(&group, 6), hidden(&group, 7), hidden(&group, 8)]);
    assert_eq!([&log[2], &log[4]], [&hidden(&group, 3), &hidden(&group, 5)]);
    let log = carol.history(&group.conversation).await;
    assert_eq!(types(&log[5..]), ["edited", "deleted", "deleted"]);
}

#[tokio::test]
async fn changes_of_members_and_group_always_show() {
    let (alice, bob, carol, group) = talk().await;
    let [dave] = people().await;
    bob.put_member(&group, &dave, None).await.expect(201);
    bob.remove_member(&group, &dave).await.expect(204);
    carol.put_member(&group, &bob, Some("owner")).await.expect(200);
    bob.patch(&group.path(""), json!({ "name": "bob's" })).await.expect(200);
    let log = alice.history(&group.conversation).await;
    let expected = ["memberAdded", "memberRemoved", "roleChanged", "groupUpdated"];
    assert_eq!(types(&log[5..]), expected);
    assert_eq!(log[5]["actorId"], bob.id);
}

#[tokio::test]
async fn a_blocked_admin_deletes_messages_of_others_for_all_to_see() {
    let (alice, bob, _, group) = talk().await;
    bob.erase(&group.conversation, 4).await.expect(204);
    let log = alice.history(&group.conversation).await;
    assert_eq!(log[5]["type"], "deleted");
    assert_eq!(log[5]["target"], 4);
    assert_eq!(log[3].get("body"), None);
}

#[tokio::test]
async fn hidden_messages_are_neither_news_nor_unread_nor_last() {
    let (alice, _, carol, group) = talk().await;
    assert_eq!(bodies(&alice.check_in(&group.conversation).await), ["carol"]);
    let listed = alice.conversation(&group.conversation).await.unwrap();
    assert_eq!(listed["unread"], 1);
    assert_eq!(listed["lastSeq"], 5);
    assert_eq!(listed["lastMessage"]["body"], "carol");
    assert_eq!(carol.conversation(&group.conversation).await.unwrap()["unread"], 2);
}

#[tokio::test]
async fn unblocking_shows_all_of_it() {
    let (alice, bob, carol, group) = talk().await;
    bob.edit(&group.conversation, 5, "bob, edited").await.expect(200);
    alice.unblock(&bob).await.expect(204);
    let log = alice.history(&group.conversation).await;
    assert_eq!(log, carol.history(&group.conversation).await);
    assert_eq!(bodies(&log[2..]), ["bob, older", "carol", "bob, edited", ""]);
    let news = alice.check_in(&group.conversation).await;
    assert_eq!(bodies(&news), ["bob, older", "carol", "bob, edited"]);
    let listed = alice.conversation(&group.conversation).await.unwrap();
    assert_eq!(listed["unread"], 3);
    assert_eq!(listed["lastMessage"]["body"], "bob, edited");
}

#[tokio::test]
async fn a_hidden_message_cannot_be_answered() {
    let (alice, _, carol, group) = talk().await;
    let answer = json!({ "body": "an answer", "replyTo": 3 });
    let refused = alice.post(&group.path("/messages"), answer.clone()).await;
    refused.refused(422).naming(&["/replyTo"]);
    carol.post(&group.path("/messages"), answer).await.expect(201);
}

#[tokio::test]
async fn hidden_messages_can_be_read_past() {
    let (alice, _, _, group) = talk().await;
    alice.read(&group.conversation, 5).await.expect(204);
    assert_eq!(alice.conversation(&group.conversation).await.unwrap()["readSeq"], 5);
}
