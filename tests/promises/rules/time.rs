//! Rule 1: the time of an entry is never before the last entry's or the claim's, taken anew at each try.

use serde_json::json;
use tests::faults::{Fault, When, Wire, start};
use tests::{assert_dense, people};

use crate::support::tables::Tables;
use crate::support::{ask, in_an_hour};

#[tokio::test]
async fn time_does_not_fall_behind_an_entry_that_is_ahead_of_the_clock() {
    let (backend, _) = Wire::backend(|_| {}).await;
    let (tables, [alice, bob]) = (Tables::of(&backend), people(&backend).await);
    let group = alice.group(&[&bob]).await;
    let said = alice.say(&group, "one").await.expect(201).seq();
    let direct = alice.begin(&bob).await;
    let ahead = in_an_hour();
    tables.append(&group.conversation, 1, Some(&ahead)).await;
    tables.append(&direct, 1, Some(&ahead)).await;

    let sent = bob.send(&alice, "behind").await.expect(201);
    assert_eq!(sent["createdAt"], ahead);
    assert_eq!(bob.say(&group, "behind").await.expect(201)["createdAt"], ahead);
    alice.edit(&group.conversation, said, "other words").await.expect(200);
    alice.put_member(&group, &bob, Some("admin")).await.expect(200);
    alice.erase(&group.conversation, said).await.expect(204);
    bob.remove_member(&group, &bob).await.expect(204);
    bob.edit(&direct, sent.seq(), "other words").await.expect(200);

    for conversation in [&group.conversation, &direct] {
        assert_dense(&tables.log(conversation).await, 1);
    }
}

#[tokio::test]
async fn time_is_taken_anew_at_each_try() {
    let (backend, wire) = Wire::backend(|_| {}).await;
    let (tables, [alice, bob]) = (Tables::of(&backend), people(&backend).await);
    let conversation = alice.begin(&bob).await;
    let put = wire.on(When::put("Messages").with(&conversation)).hold();
    let sent = start(ask::message(&bob, &alice, "late").send());
    put.reached().await;
    let ahead = in_an_hour();
    tables.append(&conversation, 1, Some(&ahead)).await;
    put.release();

    assert_eq!(sent.await.unwrap().expect(201)["createdAt"], ahead);
    assert_dense(&tables.log(&conversation).await, 1);
}

#[tokio::test]
async fn time_of_a_change_is_taken_anew_at_each_try() {
    let (backend, wire) = Wire::backend(|_| {}).await;
    let (tables, [alice, bob]) = (Tables::of(&backend), people(&backend).await);
    let conversation = alice.begin(&bob).await;
    let put = wire.on(When::transaction("Messages").with(&conversation)).hold();
    let edited = start(ask::edit(&alice, &conversation, 1, "other words").send());
    put.reached().await;
    let ahead = in_an_hour();
    tables.append(&conversation, 1, Some(&ahead)).await;
    put.release();

    assert_eq!(edited.await.unwrap().expect(200)["editedAt"], ahead);
    assert_dense(&tables.log(&conversation).await, 1);
}

#[tokio::test]
async fn a_claim_from_a_clock_that_is_ahead_still_finds_its_message() {
    let (backend, wire) = Wire::backend(|_| {}).await;
    let (tables, [alice, bob]) = (Tables::of(&backend), people(&backend).await);
    let conversation = alice.begin(&bob).await;
    wire.on(When::put("Messages").with(&conversation)).fail(Fault::CrashBefore);
    ask::named(&alice, &bob, "hi", "m-1").send().await.problem(503, "unavailable");
    let claim = json!({ "senderId": alice.id, "clientMessageId": "m-1" });
    let ahead = in_an_hour();
    tables.change("SentIds", &claim, &json!({ "createdAt": ahead })).await;

    let sent = ask::named(&alice, &bob, "hi", "m-1").send().await.expect(201);
    assert_eq!(sent["createdAt"], ahead);
    for _ in 0..6 {
        bob.send(&alice, "and on").await.expect(201);
    }
    let again = ask::named(&alice, &bob, "hi", "m-1").send().await.expect(200);
    assert_eq!(again.body, sent.body);
    assert_dense(&tables.log(&conversation).await, 1);
}
