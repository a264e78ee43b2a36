//! The log of a conversation: every change is an entry, in one order, without a gap.

use futures_util::future::join_all;
use serde_json::json;
use tests::{assert_dense, bodies, types};

use crate::people;

#[tokio::test]
async fn every_change_of_a_group_is_an_entry_that_says_who_did_what_to_whom() {
    let [owner, bob, carol] = people().await;
    let group = owner.open_group(&[&bob]).await;
    let conversation = &group.conversation;
    owner.put_member(&group, &bob, Some("admin")).await.expect(200);
    bob.say(&group, "hi").await.expect(201);
    bob.edit(conversation, 3, "hello").await.expect(200);
    carol.put_member(&group, &carol, None).await.expect(201);
    owner.erase(conversation, 3).await.expect(204);
    bob.remove_member(&group, &carol).await.expect(204);
    owner.patch(&group.path(""), json!({ "name": "new" })).await.expect(200);
    bob.remove_member(&group, &bob).await.expect(204);

    let log = owner.history(conversation).await;
    assert_dense(&log, 1);
    let expected = [
        ("groupCreated", &owner, None),
        ("roleChanged", &owner, Some(json!(bob.id))),
        ("message", &bob, None),
        ("edited", &bob, Some(json!(3))),
        ("memberAdded", &carol, Some(json!(carol.id))),
        ("deleted", &owner, Some(json!(3))),
        ("memberRemoved", &bob, Some(json!(carol.id))),
        ("groupUpdated", &owner, None),
        ("memberRemoved", &bob, Some(json!(bob.id))),
    ];
    assert_eq!(log.len(), expected.len(), "{log:#?}");
    for (entry, (kind, actor, target)) in log.iter().zip(expected) {
        assert_eq!(entry["type"], kind);
        assert_eq!(entry["conversationId"], *conversation);
        assert!(entry["createdAt"].is_string(), "{entry}");
        assert_eq!(entry.get("target"), target.as_ref(), "{entry}");
        let by = if kind == "message" { &entry["senderId"] } else { &entry["actorId"] };
        assert_eq!(by, &actor.id, "{entry}");
        assert_eq!(entry.get("body"), None, "{entry}");
    }
}

#[tokio::test]
async fn a_message_to_a_group_names_the_group() {
    let [alice, bob] = people().await;
    let group = alice.group(&[&bob]).await;
    let sent = alice.say(&group, "hi").await.expect(201);
    let members =
        ["body", "conversationId", "createdAt", "groupId", "messageId", "senderId", "seq", "type"];
    assert_eq!(tests::keys(&sent.body), members);
    assert_eq!(sent["groupId"], group.id);
    assert_eq!(sent["conversationId"], group.conversation);
    let location = format!("/v1/conversations/{}/messages/2", group.conversation);
    assert!(sent.header("location").ends_with(&location), "{sent}");
    assert_eq!(bob.history(&group.conversation).await[1], sent.body);
}

#[tokio::test]
async fn messages_that_are_sent_at_once_are_all_there_in_one_order() {
    let [alice, bob, carol] = people().await;
    let group = alice.group(&[&bob, &carol]).await;
    let texts: Vec<String> = (0..24).map(|n| format!("message {n}")).collect();
    let senders = [&alice, &bob, &carol];
    let sends = texts.iter().zip(senders.iter().cycle()).map(|(text, who)| who.say(&group, text));
    let mut sent: Vec<u64> =
        join_all(sends).await.into_iter().map(|reply| reply.expect(201).seq()).collect();
    sent.sort_unstable();
    assert_eq!(sent, (2..=25).collect::<Vec<u64>>());

    let log = alice.history(&group.conversation).await;
    assert_dense(&log, 1);
    let mut said = bodies(&log[1..]);
    said.sort_unstable();
    let mut expected: Vec<&str> = texts.iter().map(String::as_str).collect();
    expected.sort_unstable();
    assert_eq!(said, expected);
    for reader in [&bob, &carol] {
        assert_eq!(reader.history(&group.conversation).await, log);
        let news = reader.check().await;
        let in_log: Vec<_> =
            log[1..].iter().filter(|entry| entry["senderId"] != reader.id).cloned().collect();
        assert_eq!(news, in_log, "check has the order of the log");
    }
}

#[tokio::test]
async fn a_first_message_that_both_send_at_once_begins_one_conversation() {
    let [alice, bob] = people().await;
    let sends = (0..6).map(|n| {
        let (from, to) = if n % 2 == 0 { (&alice, &bob) } else { (&bob, &alice) };
        from.send(to, "first!")
    });
    for reply in join_all(sends).await {
        reply.expect(201);
    }
    for person in [&alice, &bob] {
        let conversations = person.conversations().await;
        assert_eq!(conversations.len(), 1);
        let id = conversations[0]["conversationId"].as_str().unwrap();
        let log = person.history(id).await;
        assert_dense(&log, 1);
        assert_eq!(log.len(), 6);
    }
}

#[tokio::test]
async fn changes_and_messages_at_once_stay_in_one_order() {
    let [alice, bob, carol] = people().await;
    let group = alice.open_group(&[&bob]).await;
    bob.say(&group, "to be edited").await.expect(201);
    let (talk, edits, visits) = tokio::join!(
        join_all((0..6).map(|_| alice.say(&group, "talk"))),
        join_all((0..3).map(|n| {
            let text = format!("edit {n}");
            let (bob, conversation) = (&bob, &group.conversation);
            async move { bob.edit(conversation, 2, &text).await }
        })),
        carol.put_member(&group, &carol, None),
    );
    for reply in talk {
        reply.expect(201);
    }
    for reply in edits {
        reply.expect(200);
    }
    visits.expect(201);
    let log = alice.history(&group.conversation).await;
    assert_dense(&log, 1);
    let count = |kind: &str| types(&log).into_iter().filter(|found| *found == kind).count();
    assert_eq!((count("message"), count("edited"), count("memberAdded")), (7, 3, 1));
}
