//! `/v1/blocks`, and what a block does to two people. What it does in groups is in `hidden`.

use serde_json::{Value, json};
use tests::{bodies, keys};

use crate::people;

const NOBODY: &str = "00000000-0000-4000-8000-000000000000";

#[tokio::test]
async fn blocks_are_listed_and_can_be_repeated() {
    let [alice, bob, carol] = people().await;
    assert_eq!(alice.get("/v1/blocks").await.expect(200).body, json!({ "blocks": [] }));
    for _ in 0..2 {
        alice.block(&bob).await.expect(204);
        alice.block(&carol).await.expect(204);
    }
    for limit in [1, 2, 100] {
        let blocks = alice.pages("/v1/blocks", "blocks", limit).await;
        assert_eq!(keys(&blocks[0]), ["createdAt", "userId"]);
        let mut blocked: Vec<_> = blocks.iter().map(|b| b["userId"].as_str().unwrap()).collect();
        blocked.sort_unstable();
        let mut expected = [bob.id.as_str(), carol.id.as_str()];
        expected.sort_unstable();
        assert_eq!(blocked, expected, "by {limit}");
    }
    assert_eq!(bob.get("/v1/blocks").await.expect(200).body, json!({ "blocks": [] }));

    for _ in 0..2 {
        alice.unblock(&bob).await.expect(204);
    }
    let blocks = alice.get("/v1/blocks").await.expect(200);
    assert_eq!(blocks["blocks"].as_array().unwrap().len(), 1);
    assert_eq!(blocks["blocks"][0]["userId"], carol.id);
}

#[tokio::test]
async fn nobody_blocks_oneself_or_nobody() {
    let [alice] = people().await;
    alice.block(&alice).await.refused(422);
    alice.put(&format!("/v1/blocks/{NOBODY}"), None).await.refused(404);
    assert_eq!(alice.get("/v1/blocks").await.expect(200).body, json!({ "blocks": [] }));
}

#[tokio::test]
async fn a_blocked_person_cannot_send_and_neither_can_the_blocker() {
    let [alice, bob] = people().await;
    let conversation = alice.begin(&bob).await;
    bob.block(&alice).await.expect(204);
    alice.send(&bob, "refused").await.problem(403, "blocked");
    bob.send(&alice, "refused").await.problem(403, "blocked");
    assert_eq!(bob.history(&conversation).await.len(), 1);

    bob.unblock(&alice).await.expect(204);
    alice.send(&bob, "taken").await.expect(201);
    bob.send(&alice, "taken").await.expect(201);
    let said = bodies(&alice.history(&conversation).await).join(", ");
    assert_eq!(said, "the first message, taken, taken");
}

#[tokio::test]
async fn a_block_needs_no_conversation_and_begins_none() {
    let [alice, bob] = people().await;
    bob.block(&alice).await.expect(204);
    alice.send(&bob, "refused").await.problem(403, "blocked");
    bob.send(&alice, "refused").await.problem(403, "blocked");
    for person in [&alice, &bob] {
        assert_eq!(person.conversations().await, Vec::<Value>::new());
    }
}

#[tokio::test]
async fn two_blocks_are_two_blocks() {
    let [alice, bob] = people().await;
    alice.block(&bob).await.expect(204);
    bob.block(&alice).await.expect(204);
    alice.unblock(&bob).await.expect(204);
    alice.send(&bob, "refused").await.problem(403, "blocked");
    bob.unblock(&alice).await.expect(204);
    alice.send(&bob, "taken").await.expect(201);
}

#[tokio::test]
async fn a_block_is_between_two_people_only() {
    let [alice, bob, carol] = people().await;
    bob.block(&alice).await.expect(204);
    carol.send(&bob, "hi").await.expect(201);
    alice.send(&carol, "hi").await.expect(201);
}

#[tokio::test]
async fn what_a_blocked_person_wrote_is_not_news_but_can_be_read() {
    let [alice, bob] = people().await;
    let conversation = alice.begin(&bob).await;
    alice.send(&bob, "older").await.expect(201);
    let log = bob.history(&conversation).await;
    bob.block(&alice).await.expect(204);

    assert_eq!(bob.check().await, Vec::<Value>::new());
    let listed = bob.conversation(&conversation).await.unwrap();
    assert_eq!(listed["unread"], 0);
    assert_eq!(listed["readSeq"], 0);
    assert_eq!(bob.history(&conversation).await, log);
    assert_eq!(bob.entry(&conversation, 2).await.expect(200).body, log[1]);
}

#[tokio::test]
async fn the_blocked_person_misses_nothing_of_the_blocker() {
    let [alice, bob] = people().await;
    let conversation = alice.begin(&bob).await;
    alice.block(&bob).await.expect(204);
    assert_eq!(bodies(&bob.check().await), ["the first message"]);
    assert_eq!(bob.conversation(&conversation).await.unwrap()["unread"], 1);
    assert_eq!(bodies(&bob.history(&conversation).await), ["the first message"]);
}

#[tokio::test]
async fn unblocking_shows_what_was_hidden_and_nothing_that_was_refused() {
    let [alice, bob] = people().await;
    let conversation = alice.begin(&bob).await;
    bob.block(&alice).await.expect(204);
    alice.send(&bob, "refused").await.problem(403, "blocked");
    bob.unblock(&alice).await.expect(204);
    assert_eq!(bodies(&bob.check().await), ["the first message"]);
    assert_eq!(bob.conversation(&conversation).await.unwrap()["unread"], 1);
    assert_eq!(bob.history(&conversation).await.len(), 1);
}

#[tokio::test]
async fn a_blocked_person_cannot_add_the_blocker_to_a_group() {
    let [alice, bob] = people().await;
    bob.block(&alice).await.expect(204);
    for group in [alice.group(&[]).await, alice.open_group(&[]).await] {
        alice.put_member(&group, &bob, None).await.problem(403, "blocked");
        assert_eq!(alice.history(&group.conversation).await.len(), 1);
    }
    assert_eq!(bob.conversations().await, Vec::<Value>::new());
}

#[tokio::test]
async fn a_group_with_the_blocker_is_not_made() {
    let [alice, bob, carol] = people().await;
    bob.block(&alice).await.expect(204);
    let body = json!({ "name": "a trap", "memberIds": [carol.id, bob.id] });
    alice.post("/v1/groups", body).await.problem(403, "blocked");
    for person in [&alice, &bob, &carol] {
        assert_eq!(person.conversations().await, Vec::<Value>::new());
    }
    bob.unblock(&alice).await.expect(204);
    alice.group(&[&carol, &bob]).await;
}

#[tokio::test]
async fn a_blocked_person_and_the_blocker_may_both_join_an_open_group() {
    let [alice, bob, carol] = people().await;
    let group = carol.open_group(&[]).await;
    bob.block(&alice).await.expect(204);
    alice.put_member(&group, &alice, None).await.expect(201);
    bob.put_member(&group, &bob, None).await.expect(201);
    alice.say(&group, "to all").await.expect(201);
    bob.say(&group, "to all").await.expect(201);
}
