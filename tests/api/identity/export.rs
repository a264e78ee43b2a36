//! `GET /v1/users/me/export`: all that is held about the caller.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use tests::{Backend, Person, System, eventually, people};

/// All pieces, `limit` at once.
async fn export(person: &Person, limit: usize) -> Vec<Value> {
    person.pages("/v1/users/me/export", "items", limit).await
}

fn of<'a>(items: &'a [Value], kind: &str) -> Vec<&'a Value> {
    items.iter().filter(|item| item["type"] == kind).collect()
}

/// A person of whom everything is held that can be, and somebody whom they know.
async fn somebody(backend: &Backend) -> [Person; 2] {
    let [ada, bob] = people(backend).await;
    ada.begin(&bob).await;
    bob.send(&ada, "by Bob").await.expect(201);
    let named = json!({ "recipientId": bob.id, "body": "by Ada", "clientMessageId": "ada-1" });
    ada.post("/v1/messages", named).await.expect(201);
    let group = ada.group(&[&bob]).await;
    for n in 0..5 {
        ada.say(&group, &format!("number {n}")).await.expect(201);
        bob.say(&group, "by Bob").await.expect(201);
    }
    let deleted = ada.say(&group, "in vain").await.expect(201).seq();
    ada.erase(&group.conversation, deleted).await.expect(204);
    ada.block(&bob).await.expect(204);
    let message = json!({ "userId": ada.id, "message": { "report": "ready" } });
    System::new(backend).notify(&message).await.expect(202);
    [ada, bob]
}

#[tokio::test]
async fn all_that_is_held_is_there_and_nothing_of_others() {
    let backend = Backend::shared().await;
    let [ada, bob] = somebody(backend).await;
    let held = async || export(&ada, 100).await;
    let items = eventually(held, |items| !of(items, "notification").is_empty()).await;

    let profile = of(&items, "profile");
    assert_eq!(profile.len(), 1);
    assert_eq!(profile[0]["userId"], ada.id);
    assert_eq!(profile[0]["username"], ada.username);
    let account = of(&items, "account");
    assert_eq!(account.len(), 1);
    assert_eq!(account[0]["attributes"]["email"], tests::MAILBOX);
    assert_eq!(of(&items, "conversation").len(), 2);
    let made = of(&items, "groupCreated");
    assert_eq!(made.len(), 1);
    assert_eq!(made[0]["actorId"], ada.id);
    assert!(items.iter().all(|item| item.get("actorId").is_none_or(|actor| *actor == ada.id)));
    let messages = of(&items, "message");
    let bodies: Vec<&str> =
        messages.iter().filter_map(|message| message["body"].as_str()).collect();
    assert_eq!(messages.len(), 8, "{messages:#?}");
    assert_eq!(bodies.len(), 7, "one is a tombstone: {bodies:?}");
    assert!(messages.iter().all(|message| message["senderId"] == ada.id));
    assert_eq!(of(&items, "block")[0]["userId"], bob.id);
    assert_eq!(of(&items, "clientId")[0]["clientId"], "ada-1");
    assert_eq!(of(&items, "notification")[0]["message"], json!({ "report": "ready" }));
}

#[tokio::test]
async fn pages_of_any_size_give_the_same() {
    let backend = Backend::shared().await;
    let [ada, _] = somebody(backend).await;
    let held = async || export(&ada, 100).await;
    let all = eventually(held, |items| !of(items, "notification").is_empty()).await;
    for limit in [1, 2, 3, 7] {
        assert_eq!(export(&ada, limit).await, all, "{limit} at once");
    }
    let distinct: BTreeSet<String> = all.iter().map(Value::to_string).collect();
    assert_eq!(distinct.len(), all.len());
}

#[tokio::test]
async fn a_device_that_is_connected_is_a_piece() {
    let backend = Backend::shared().await;
    let [ada] = people(backend).await;
    let _sockets = [ada.connect().await, ada.connect().await, ada.connect().await];
    for limit in [1, 2, 100] {
        let items = export(&ada, limit).await;
        assert_eq!(of(&items, "connection").len(), 3, "{limit} at once: {items:#?}");
    }
}

#[tokio::test]
async fn a_bad_page_is_refused() {
    let backend = Backend::shared().await;
    let [ada] = people(backend).await;
    for (query, status) in [
        (("limit", "0"), 422),
        (("limit", "101"), 422),
        (("limit", "x"), 400),
        (("cursor", "x"), 400),
    ] {
        ada.query("/v1/users/me/export", &[query]).await.refused(status);
    }
    backend.anyone().get("/v1/users/me/export").await.turned_away(401);
}
