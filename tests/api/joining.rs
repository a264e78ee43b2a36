//! `PUT /v1/groups/{groupId}/members/{userId}`: how one comes to a group, and what a new member sees.

use std::slice;

use futures_util::future::join_all;
use serde_json::{Value, json};
use tests::{Group, Person, assert_dense, bodies, eventually, keys, seqs};

use crate::people;

const NOBODY: &str = "00000000-0000-4000-8000-000000000000";

#[track_caller]
fn assert_begins_behind(log: &[Value], seq: u64) {
    assert!(seqs(log).into_iter().all(|entry| entry > seq), "older than {seq}: {log:#?}");
}

/// Checks that `newcomer`, who came right after `last`, sees nothing up to there and everything behind.
async fn assert_reads_from_now_on(group: &Group, newcomer: &Person, other: &Person, last: u64) {
    let conversation = &group.conversation;
    assert_begins_behind(&newcomer.history(conversation).await, last);
    for query in ["", "?limit=100", &format!("?before={}", last + 1), "?after=0&limit=1"] {
        let path = format!("/v1/conversations/{conversation}/messages{query}");
        let page = newcomer.get(&path).await.expect(200);
        assert_begins_behind(page["entries"].as_array().unwrap(), last);
    }
    newcomer.entry(conversation, last).await.refused(404);
    let answer = json!({ "body": "an answer", "replyTo": last });
    let refused = newcomer.post(&group.path("/messages"), answer).await;
    refused.refused(422).naming(&["/replyTo"]);
    assert_eq!(newcomer.check_in(conversation).await, Vec::<Value>::new());

    let listed = newcomer.conversation(conversation).await.unwrap();
    assert_eq!(listed["unread"], 0);
    assert_eq!(listed["readSeq"], listed["lastSeq"]);
    assert_eq!(listed.get("lastMessage"), None);

    let sent = other.say(group, "welcome").await.expect(201);
    assert_eq!(newcomer.check_in(conversation).await, slice::from_ref(&sent.body));
    assert_eq!(newcomer.history(conversation).await.last(), Some(&sent.body));
    assert_eq!(newcomer.conversation(conversation).await.unwrap()["unread"], 1);
}

#[tokio::test]
async fn anyone_joins_an_open_group_and_reads_from_then_on() {
    let [alice, bob] = people().await;
    let group = alice.open_group(&[]).await;
    let last = alice.say(&group, "before").await.expect(201).seq();
    bob.put_member(&group, &bob, None).await.expect(201);
    assert_reads_from_now_on(&group, &bob, &alice, last).await;
    bob.say(&group, "thanks").await.expect(201);
    assert_eq!(bodies(&alice.check().await), ["thanks"]);
}

#[tokio::test]
async fn an_admin_adds_somebody_who_reads_from_then_on() {
    let [alice, bob, carol] = people().await;
    let group = alice.group(&[&bob]).await;
    alice.put_member(&group, &bob, Some("admin")).await.expect(200);
    let last = alice.say(&group, "before").await.expect(201).seq();
    bob.put_member(&group, &carol, None).await.expect(201);
    assert_reads_from_now_on(&group, &carol, &alice, last).await;
    assert!(bob.members(&group).await.contains(&(carol.id.clone(), "member".to_owned())));
}

#[tokio::test]
async fn first_members_read_from_the_beginning() {
    let [alice, bob] = people().await;
    let group = alice.group(&[&bob]).await;
    alice.say(&group, "hi").await.expect(201);
    assert_eq!(seqs(&bob.history(&group.conversation).await), [1, 2]);
    assert_eq!(bodies(&bob.check().await), ["hi"]);
}

#[tokio::test]
async fn a_member_is_listed_with_role_and_time() {
    let [alice, bob] = people().await;
    let group = alice.open_group(&[]).await;
    bob.put_member(&group, &bob, None).await.expect(201);
    for limit in [1, 2, 100] {
        let ask = async || alice.pages(&group.path("/members"), "members", limit).await;
        let members = eventually(ask, |members| members.len() == 2).await;
        assert_eq!(members.len(), 2, "by {limit}");
        assert_eq!(keys(&members[0]), ["joinedAt", "role", "userId"]);
    }
}

#[tokio::test]
async fn to_come_twice_changes_nothing() {
    let [alice, bob] = people().await;
    let group = alice.open_group(&[]).await;
    bob.put_member(&group, &bob, None).await.expect(201);
    alice.put_member(&group, &bob, Some("admin")).await.expect(200);
    bob.put_member(&group, &bob, None).await.expect(200);
    alice.put_member(&group, &bob, None).await.expect(200);
    bob.put_member(&group, &bob, Some("admin")).await.expect(200);
    alice.put_member(&group, &alice, None).await.expect(200);
    assert!(alice.members(&group).await.contains(&(bob.id.clone(), "admin".to_owned())));
    assert_eq!(alice.history(&group.conversation).await.len(), 3);
}

#[tokio::test]
async fn many_come_at_once_and_each_is_an_entry() {
    let [alice, a, b, c, d] = people().await;
    let group = alice.open_group(&[]).await;
    for reply in join_all([&a, &b, &c, &d].map(|who| who.put_member(&group, who, None))).await {
        reply.expect(201);
    }
    let log = alice.history(&group.conversation).await;
    assert_dense(&log, 1);
    assert_eq!(log.len(), 5);
    let members = eventually(async || alice.members(&group).await, |all| all.len() == 5).await;
    assert_eq!(members.len(), 5);
}

#[tokio::test]
async fn one_person_who_comes_at_once_from_two_devices_is_one_member() {
    let [alice, bob] = people().await;
    let group = alice.open_group(&[]).await;
    let replies = join_all((0..4).map(|_| bob.put_member(&group, &bob, None))).await;
    let mut statuses: Vec<u16> = replies.iter().map(|reply| reply.status.as_u16()).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 200, 200, 201]);
    assert_eq!(alice.history(&group.conversation).await.len(), 2);
}

#[tokio::test]
async fn only_admins_add_others() {
    let [alice, bob, carol] = people().await;
    for group in [alice.group(&[&bob]).await, alice.open_group(&[&bob]).await] {
        bob.put_member(&group, &carol, None).await.problem(403, "forbidden");
        assert_eq!(alice.history(&group.conversation).await.len(), 1);
    }
    assert_eq!(carol.conversations().await, Vec::<Value>::new());
}

#[tokio::test]
async fn a_stranger_adds_nobody_to_an_open_group() {
    let [alice, stranger, carol] = people().await;
    let group = alice.open_group(&[]).await;
    let refused = stranger.put_member(&group, &carol, None).await;
    refused.problem(403, "not-a-member");
    assert_eq!(carol.conversations().await, Vec::<Value>::new());
}

#[tokio::test]
async fn nobody_is_no_member() {
    let [alice] = people().await;
    let group = alice.group(&[]).await;
    alice.put(&group.path(&format!("/members/{NOBODY}")), None).await.refused(404);
    alice.put(&group.path("/members/alice"), None).await.refused(404);
    assert_eq!(alice.history(&group.conversation).await.len(), 1);
}
