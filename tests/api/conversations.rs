//! `GET /v1/conversations`.

use serde_json::{Value, json};
use tests::keys;

use crate::people;

#[tokio::test]
async fn a_direct_conversation_names_the_other_person() {
    let [alice, bob] = people().await;
    let sent = alice.send(&bob, "hi").await.expect(201);
    let id = sent.text("conversationId");
    for (reader, peer, unread) in [(&alice, &bob, 0), (&bob, &alice, 1)] {
        let listed = reader.conversation(id).await.unwrap();
        assert_eq!(listed["kind"], "direct");
        assert_eq!(listed["peerId"], peer.id);
        assert_eq!(listed.get("groupId"), None);
        assert_eq!(listed["lastSeq"], 1);
        assert_eq!(listed["readSeq"], 0);
        assert_eq!(listed["unread"], unread);
        assert_eq!(listed["lastMessage"], sent.body);
    }
}

#[tokio::test]
async fn a_group_has_its_name() {
    let [alice, bob] = people().await;
    let group = alice.group(&[&bob]).await;
    let listed = alice.conversation(&group.conversation).await.unwrap();
    let members = ["conversationId", "groupId", "kind", "lastSeq", "name", "readSeq", "unread"];
    assert_eq!(keys(&listed), members, "no peer, and no last message yet");
    assert_eq!(listed["kind"], "group");
    assert_eq!(listed["groupId"], group.id);
    assert_eq!(listed["name"], "a group");
    assert_eq!(listed["lastSeq"], 1);
    assert_eq!(listed["unread"], 0);

    let sent = bob.say(&group, "hi").await.expect(201);
    alice.patch(&group.path(""), json!({ "name": "renamed" })).await.expect(200);
    let listed = alice.conversation(&group.conversation).await.unwrap();
    assert_eq!(listed["name"], "renamed");
    assert_eq!(listed["lastSeq"], 3);
    assert_eq!(listed["unread"], 1);
    assert_eq!(listed["lastMessage"], sent.body);
}

#[tokio::test]
async fn ones_own_messages_are_neither_unread_nor_read() {
    let [alice, bob] = people().await;
    let conversation = bob.begin(&alice).await;
    alice.send(&bob, "two").await.expect(201);
    alice.send(&bob, "three").await.expect(201);
    let listed = alice.conversation(&conversation).await.unwrap();
    assert_eq!(listed["readSeq"], 0);
    assert_eq!(listed["unread"], 1);
    let listed = bob.conversation(&conversation).await.unwrap();
    assert_eq!(listed["readSeq"], 0);
    assert_eq!(listed["unread"], 2);
}

#[tokio::test]
async fn unread_is_what_stands_behind_the_read_position() {
    let [alice, bob] = people().await;
    let conversation = alice.begin(&bob).await;
    for n in 2..=5 {
        alice.send(&bob, &format!("{n}")).await.expect(201);
    }
    bob.read(&conversation, 3).await.expect(204);
    let listed = bob.conversation(&conversation).await.unwrap();
    assert_eq!(listed["readSeq"], 3);
    assert_eq!(listed["unread"], 2);
    assert_eq!(listed["lastSeq"], 5);
}

#[tokio::test]
async fn edits_and_tombstones_are_not_unread() {
    let [alice, bob] = people().await;
    let conversation = alice.begin(&bob).await;
    alice.send(&bob, "two").await.expect(201);
    alice.send(&bob, "three").await.expect(201);
    alice.edit(&conversation, 2, "two, better").await.expect(200);
    alice.erase(&conversation, 1).await.expect(204);
    let listed = bob.conversation(&conversation).await.unwrap();
    assert_eq!(listed["unread"], 2);
    assert_eq!(listed["lastSeq"], 5);
    assert_eq!(listed["lastMessage"]["body"], "three");
}

#[tokio::test]
async fn the_last_message_is_shown_as_it_now_is() {
    let [alice, bob] = people().await;
    let conversation = alice.begin(&bob).await;
    let edited = alice.edit(&conversation, 1, "better").await.expect(200);
    let listed = bob.conversation(&conversation).await.unwrap();
    assert_eq!(listed["lastMessage"], edited.body);
}

#[tokio::test]
async fn unread_is_exact_up_to_100() {
    let [alice, bob] = people().await;
    let conversation = alice.begin(&bob).await;
    for n in 2..=100 {
        alice.send(&bob, &format!("{n}")).await.expect(201);
        if n >= 99 {
            assert_eq!(bob.conversation(&conversation).await.unwrap()["unread"], n);
        }
    }
    alice.send(&bob, "101").await.expect(201);
    let unread = bob.conversation(&conversation).await.unwrap()["unread"].as_u64();
    assert!(unread >= Some(100), "{unread:?}");
}

#[tokio::test]
async fn any_page_size_gives_the_same_set() {
    let [reader, bob, carol, dave] = people().await;
    for other in [&bob, &carol, &dave] {
        other.begin(&reader).await;
    }
    bob.group(&[&reader]).await;
    reader.group(&[]).await;
    let sorted = |mut conversations: Vec<Value>| {
        conversations.sort_by_key(|conversation| conversation["conversationId"].to_string());
        conversations
    };
    let all = sorted(reader.conversations().await);
    assert_eq!(all.len(), 5);
    for limit in 1..=6 {
        let pages = reader.pages("/v1/conversations", "conversations", limit).await;
        assert_eq!(sorted(pages), all, "by {limit}");
    }
}

#[tokio::test]
async fn somebody_new_has_no_conversations() {
    let [alice] = people().await;
    let page = alice.get("/v1/conversations").await.expect(200);
    assert_eq!(page.body, json!({ "conversations": [] }));
}
