//! `GET /v1/conversations/{conversationId}/messages` and one entry of it.

use serde_json::Value;
use tests::{Person, Reply, seqs};

use crate::people;

/// Two people with `count` messages between them.
async fn talk(count: usize) -> (Person, Person, String) {
    let [alice, bob] = people().await;
    let conversation = alice.begin(&bob).await;
    for n in 1..count {
        let (from, to) = if n % 3 == 0 { (&alice, &bob) } else { (&bob, &alice) };
        from.send(to, &format!("message {n}")).await.expect(201);
    }
    (alice, bob, conversation)
}

async fn page(reader: &Person, conversation: &str, query: &str) -> Reply {
    reader.get(&format!("/v1/conversations/{conversation}/messages{query}")).await
}

async fn page_seqs(reader: &Person, conversation: &str, query: &str) -> Vec<u64> {
    let page = page(reader, conversation, query).await.expect(200);
    seqs(page["entries"].as_array().unwrap())
}

#[tokio::test]
async fn a_page_is_what_was_asked_for_in_order() {
    let (alice, bob, conversation) = talk(7).await;
    for (query, expected) in [
        ("", &[1, 2, 3, 4, 5, 6, 7][..]),
        ("?limit=3", &[5, 6, 7]),
        ("?after=0", &[1, 2, 3, 4, 5, 6, 7]),
        ("?after=0&limit=2", &[1, 2]),
        ("?after=4", &[5, 6, 7]),
        ("?after=4&limit=1", &[5]),
        ("?before=5", &[1, 2, 3, 4]),
        ("?before=5&limit=2", &[3, 4]),
        ("?before=100&limit=2", &[6, 7]),
        ("?after=2&before=6", &[3, 4, 5]),
        ("?before=6&after=2&limit=100", &[3, 4, 5]),
        ("?after=6&before=7", &[]),
        ("?after=7", &[]),
        ("?after=1000000", &[]),
        ("?before=1", &[]),
    ] {
        for reader in [&alice, &bob] {
            assert_eq!(page_seqs(reader, &conversation, query).await, expected, "{query}");
        }
    }
}

#[tokio::test]
async fn any_page_size_shows_the_same_log_in_both_directions() {
    let (alice, _, conversation) = talk(9).await;
    let whole = alice.history(&conversation).await;
    assert_eq!(seqs(&whole), [1, 2, 3, 4, 5, 6, 7, 8, 9]);
    for limit in [1, 2, 4, 9, 100] {
        let (mut forth, mut after) = (Vec::new(), 0);
        loop {
            let query = format!("?after={after}&limit={limit}");
            let page = page_seqs(&alice, &conversation, &query).await;
            let Some(last) = page.last() else { break };
            after = *last;
            forth.extend(page);
        }
        assert_eq!(forth, seqs(&whole), "forth by {limit}");

        let (mut back, mut before) = (Vec::new(), 10);
        loop {
            let query = format!("?before={before}&limit={limit}");
            let page = page_seqs(&alice, &conversation, &query).await;
            let Some(first) = page.first() else { break };
            before = *first;
            back.splice(0..0, page);
        }
        assert_eq!(back, seqs(&whole), "back by {limit}");
    }
}

#[tokio::test]
async fn a_page_has_50_entries_unless_asked_and_100_at_most() {
    let (alice, _, conversation) = talk(103).await;
    let newest: Vec<u64> = (54..=103).collect();
    assert_eq!(page_seqs(&alice, &conversation, "").await, newest);
    let oldest: Vec<u64> = (1..=50).collect();
    assert_eq!(page_seqs(&alice, &conversation, "?after=0").await, oldest);
    let most: Vec<u64> = (4..=103).collect();
    assert_eq!(page_seqs(&alice, &conversation, "?limit=100").await, most);
    page(&alice, &conversation, "?limit=101").await.refused(422);
}

#[tokio::test]
async fn a_limit_or_place_that_is_none_is_refused() {
    let (alice, _, conversation) = talk(1).await;
    for (query, status) in [
        ("?limit=0", 422),
        ("?limit=101", 422),
        ("?limit=-1", 422),
        ("?limit=99999999999999999999999", 422),
        ("?limit=ten", 400),
        ("?limit=", 400),
        ("?after=x", 400),
        ("?before=x", 400),
        ("?after=1&before=", 400),
    ] {
        page(&alice, &conversation, query).await.refused(status);
    }
}

#[tokio::test]
async fn one_entry_can_be_read_by_its_place() {
    let (alice, bob, conversation) = talk(3).await;
    let log = alice.history(&conversation).await;
    for (seq, entry) in (1..).zip(&log) {
        assert_eq!(bob.entry(&conversation, seq).await.expect(200).body, *entry);
    }
    for seq in [0, 4, 9_007_199_254_740_991] {
        bob.entry(&conversation, seq).await.refused(404);
    }
    let path = format!("/v1/conversations/{conversation}/messages");
    bob.get(&format!("{path}/first")).await.refused(400);
}

#[tokio::test]
async fn a_conversation_that_never_began_is_not_found() {
    let [alice, bob, carol] = people().await;
    let conversation = alice.begin(&bob).await;
    // What a conversation of alice and carol would be called, if ids are made of people.
    let unborn = conversation.replace(&bob.id, &carol.id);
    for id in [unborn.as_str(), "nothing", "lobby-0"] {
        page(&alice, id, "").await.refused(404);
        alice.entry(id, 1).await.refused(404);
        alice.read(id, 1).await.refused(404);
    }
    assert_eq!(carol.conversations().await, Vec::<Value>::new());
}
