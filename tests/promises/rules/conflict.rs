//! Rule 4: a cancelled transaction and a `TransactionConflict` are lost swaps, and a send that meets one backs off.

use std::time::Duration;

use serde_json::json;
use tests::faults::{Done, Fault, When, Wire, start};
use tests::{assert_dense, bodies, people};

use crate::support::ask;
use crate::support::tables::Tables;

#[tokio::test]
async fn whoever_meets_a_transaction_tries_again() {
    let (backend, wire) = Wire::backend(|_| {}).await;
    let (tables, [alice, bob]) = (Tables::of(&backend), people(&backend).await);
    let meet = |operation| {
        wire.on(When::operation(operation, "Messages")).times(2).fail(Fault::Conflict);
    };
    meet("TransactWriteItems");
    let conversation = alice.begin(&bob).await;
    meet("PutItem");
    alice.send(&bob, "two").await.expect(201);
    meet("TransactWriteItems");
    alice.edit(&conversation, 1, "one").await.expect(200);
    meet("TransactWriteItems");
    let body = json!({ "name": "ours", "memberIds": [bob.id], "clientGroupId": "g-1" });
    let group = alice.post("/v1/groups", body).await.expect(201);
    meet("PutItem");
    let path = format!("/v1/groups/{}/messages", group.text("groupId"));
    alice.post(&path, json!({ "body": "three" })).await.expect(201);

    let log = tables.log(&conversation).await;
    assert_eq!(bodies(&log), ["one", "two", ""]);
    assert_dense(&log, 1);
}

#[tokio::test]
async fn a_block_that_comes_while_a_send_backs_off_refuses_it() {
    let (backend, wire) = Wire::backend(|_| {}).await;
    let (tables, [alice, bob]) = (Tables::of(&backend), people(&backend).await);
    let conversation = alice.begin(&bob).await;
    let put = wire.on(When::put("Messages").with(&alice.id)).hold();
    let sent = start(ask::message(&alice, &bob, "too late").send());
    put.reached().await;
    bob.block(&alice).await.expect(204);
    put.fail(Fault::Conflict);

    sent.await.unwrap().problem(403, "blocked");
    assert_eq!(tables.log(&conversation).await.len(), 1);
}

/// After a lost swap the next try follows within 8 ms; after a conflict each waits up to 100 ms. The sum of 24 such waits
/// is 1.2 s on the average, and below 0.6 s once in a hundred thousand times.
#[tokio::test]
async fn a_send_that_meets_a_transaction_backs_off_longer() {
    let (backend, wire) = Wire::backend(|_| {}).await;
    let [alice, bob] = people(&backend).await;
    alice.begin(&bob).await;
    let mut total = Duration::ZERO;
    for _ in 0..24 {
        wire.on(When::put("Messages")).fail(Fault::Conflict);
        let (sent, calls) = wire.record(alice.send(&bob, "hi")).await;
        sent.expect(201);
        total += pause(&calls);
    }
    assert!(total > Duration::from_millis(600), "{total:?}");
}

/// How long a request waited after the put that met a conflict.
fn pause(calls: &[Done]) -> Duration {
    let conflict = calls.iter().find(|done| done.output.is_none()).expect("the refused put");
    let later = calls.iter().filter(|done| done.began > conflict.ended);
    let next = later.map(|done| done.began).min().expect("another try");
    next - conflict.ended
}
