//! Rule 4: a cancelled transaction and a `TransactionConflict` are lost swaps, and a send that meets one backs off.

use std::time::Duration;

use futures_util::future::join_all;
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

/// After a lost swap the first two tries follow at once; after a conflict each waits up to 100 ms. The sum of the waits
/// of 20 sends is 1 s on the average, and below 0.4 s once in a hundred thousand times.
#[tokio::test]
async fn a_send_that_meets_a_transaction_backs_off_longer() {
    let (backend, wire) = Wire::backend(|_| {}).await;
    let [alice, bob] = people(&backend).await;
    let groups = join_all((0..20).map(async |_| alice.group(&[&bob]).await)).await;
    for group in &groups {
        wire.on(When::put("Messages").with(&group.conversation)).fail(Fault::Conflict);
    }
    let sends = groups.iter().map(|group| alice.say(group, "hi"));
    let (sent, calls) = wire.record(join_all(sends)).await;
    sent.into_iter().for_each(|sent| drop(sent.expect(201)));

    let of = |conversation| calls.iter().filter(move |done| done.call.mentions(conversation));
    let pauses = groups.iter().map(|group| pause(&of(&group.conversation).collect::<Vec<_>>()));
    let total: Duration = pauses.sum();
    assert!(total > Duration::from_millis(400), "{total:?}");
}

/// How long a request waited after the put that met a conflict.
fn pause(calls: &[&Done]) -> Duration {
    let conflict = calls.iter().find(|done| done.output.is_none()).expect("the refused put");
    let later = calls.iter().filter(|done| done.began > conflict.ended);
    let next = later.map(|done| done.began).min().expect("another try");
    next - conflict.ended
}
