//! `GET /v1/messages`: check messages.

use serde_json::{Value, json};
use tests::{Person, bodies, keys, seqs};

use crate::people;

/// Sorted as no page has to be, for comparing sets.
fn sorted(messages: &[Value]) -> Vec<(String, u64)> {
    let key = |message: &Value| {
        let conversation = message["conversationId"].as_str().unwrap().to_owned();
        (conversation, message["seq"].as_u64().unwrap())
    };
    let mut keys: Vec<_> = messages.iter().map(key).collect();
    keys.sort();
    keys
}

#[track_caller]
fn assert_each_conversation_is_in_order(messages: &[Value]) {
    let mut last = std::collections::HashMap::new();
    for message in messages {
        let seq = message["seq"].as_u64();
        let before = last.insert(message["conversationId"].to_string(), seq).flatten();
        assert!(before < seq, "out of order: {messages:#?}");
    }
}

/// One reader, with news in four conversations of different lengths, and own messages among them.
async fn news() -> Person {
    let [reader, bob, carol, dave] = people().await;
    let group = bob.group(&[&reader, &carol]).await;
    for n in 0..7 {
        bob.send(&reader, &format!("bob {n}")).await.expect(201);
        reader.send(&bob, "my own").await.expect(201);
        carol.say(&group, &format!("carol {n}")).await.expect(201);
    }
    reader.say(&group, "my own").await.expect(201);
    carol.send(&reader, "carol alone").await.expect(201);
    dave.send(&reader, "dave one").await.expect(201);
    dave.send(&reader, "dave two").await.expect(201);
    reader
}

#[tokio::test]
async fn any_page_size_and_chain_of_cursors_give_the_same_set() {
    let reader = news().await;
    let all = reader.check().await;
    assert_eq!(all.len(), 7 + 7 + 1 + 2);
    assert!(all.iter().all(|message| message["senderId"] != reader.id), "one's own: {all:#?}");
    for limit in [1, 2, 3, 5, 8, 16, 17, 100] {
        let messages = reader.pages("/v1/messages", "messages", limit).await;
        assert_each_conversation_is_in_order(&messages);
        assert_eq!(sorted(&messages), sorted(&all), "by {limit}");
    }
}

#[tokio::test]
async fn a_last_page_names_no_next_one() {
    let reader = news().await;
    let page = reader.get("/v1/messages?limit=100").await.expect(200);
    assert_eq!(keys(&page.body), ["messages"]);
    let page = reader.get("/v1/messages?limit=5").await.expect(200);
    assert_eq!(keys(&page.body), ["messages", "nextCursor"]);
}

#[tokio::test]
async fn pages_of_different_sizes_can_follow_each_other() {
    let reader = news().await;
    let all = reader.check().await;
    let (mut messages, mut cursor) = (Vec::new(), None::<String>);
    for limit in ["1", "4", "2", "7", "1", "3", "100", "100", "100", "100"] {
        let mut query = vec![("limit", limit)];
        query.extend(cursor.as_deref().map(|cursor| ("cursor", cursor)));
        let page = reader.query("/v1/messages", &query).await.expect(200);
        messages.extend(page["messages"].as_array().unwrap().iter().cloned());
        cursor = page.body.get("nextCursor").map(|cursor| cursor.as_str().unwrap().to_owned());
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(cursor, None, "there is no end");
    assert_eq!(sorted(&messages), sorted(&all));
}

#[tokio::test]
async fn a_page_has_50_messages_unless_asked() {
    let [alice, bob] = people().await;
    for n in 0..51 {
        alice.send(&bob, &format!("{n}")).await.expect(201);
    }
    let page = bob.get("/v1/messages").await.expect(200);
    assert_eq!(page["messages"].as_array().unwrap().len(), 50);
    assert!(page["nextCursor"].is_string());
    assert_eq!(bob.check().await.len(), 51);
}

#[tokio::test]
async fn checking_reads_nothing() {
    let [alice, bob] = people().await;
    let conversation = alice.begin(&bob).await;
    let first = bob.check().await;
    assert_eq!(bob.check().await, first);
    assert_eq!(bodies(&first), ["the first message"]);
    let listed = bob.conversation(&conversation).await.unwrap();
    assert_eq!((&listed["readSeq"], &listed["unread"]), (&json!(0), &json!(1)));
}

#[tokio::test]
async fn what_was_read_is_not_news() {
    let [alice, bob] = people().await;
    let conversation = alice.begin(&bob).await;
    for n in 2..=4 {
        alice.send(&bob, &format!("{n}")).await.expect(201);
    }
    bob.read(&conversation, 2).await.expect(204);
    assert_eq!(seqs(&bob.check().await), [3, 4]);
    bob.read(&conversation, 4).await.expect(204);
    assert_eq!(bob.check().await, Vec::<Value>::new());
    alice.send(&bob, "5").await.expect(201);
    assert_eq!(bodies(&bob.check().await), ["5"]);
}

#[tokio::test]
async fn what_was_read_between_two_pages_does_not_come() {
    let [alice, bob] = people().await;
    let conversation = alice.begin(&bob).await;
    for n in 2..=5 {
        alice.send(&bob, &format!("{n}")).await.expect(201);
    }
    let page = bob.get("/v1/messages?limit=1").await.expect(200);
    bob.read(&conversation, 4).await.expect(204);
    let rest = [("limit", "100"), ("cursor", page.text("nextCursor"))];
    let page = bob.query("/v1/messages", &rest).await.expect(200);
    assert_eq!(bodies(page["messages"].as_array().unwrap()), ["5"]);
}

#[tokio::test]
async fn messages_come_as_they_now_are_and_deleted_ones_do_not() {
    let [alice, bob] = people().await;
    let conversation = alice.begin(&bob).await;
    alice.send(&bob, "two").await.expect(201);
    alice.send(&bob, "three").await.expect(201);
    let edited = alice.edit(&conversation, 2, "two, better").await.expect(200);
    alice.erase(&conversation, 1).await.expect(204);
    let news = bob.check().await;
    assert_eq!(bodies(&news), ["two, better", "three"]);
    assert_eq!(news[0], edited.body);
}

#[tokio::test]
async fn changes_of_a_group_are_no_messages() {
    let [alice, bob, carol] = people().await;
    let group = alice.group(&[&bob]).await;
    alice.put_member(&group, &carol, None).await.expect(201);
    alice.put_member(&group, &carol, Some("admin")).await.expect(200);
    alice.remove_member(&group, &carol).await.expect(204);
    assert_eq!(bob.check().await, Vec::<Value>::new());
    assert_eq!(carol.check().await, Vec::<Value>::new());
}

#[tokio::test]
async fn somebody_new_has_no_news() {
    let [alice] = people().await;
    let page = alice.get("/v1/messages").await.expect(200);
    assert_eq!(page.body, json!({ "messages": [] }));
}
