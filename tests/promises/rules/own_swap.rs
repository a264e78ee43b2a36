//! Rule 3: a lost swap may be one's own, because the SDK repeats a put whose answer was lost.

use tests::faults::{Fault, When, Wire, start};
use tests::{bodies, people, types, unique};

use crate::support::ask;
use crate::support::tables::Tables;

#[tokio::test]
async fn a_put_that_the_sdk_repeats_is_one_message() {
    let (backend, wire) = Wire::backend(|_| {}).await;
    let (tables, [alice, bob]) = (Tables::of(&backend), people(&backend).await);
    wire.on(When::transaction("Messages").with(&alice.id)).times(3).fail(Fault::LoseAnswer);
    let first = alice.send(&bob, "one").await.expect(201);
    let conversation = first.text("conversationId");
    let group = alice.group(&[&bob]).await;

    wire.on(When::put("Messages").with(&alice.id)).times(3).fail(Fault::LoseAnswer);
    let second = alice.send(&bob, "two").await.expect(201);
    wire.on(When::put("Messages").with(&alice.id)).fail(Fault::LoseAnswer);
    alice.say(&group, "three").await.expect(201);

    let log = tables.log(conversation).await;
    assert_eq!(bodies(&log), ["one", "two"]);
    assert_eq!(log[1]["entryId"], second["messageId"]);
    assert_eq!(types(&tables.log(&group.conversation).await), ["groupCreated", "message"]);
}

#[tokio::test]
async fn a_put_that_the_sdk_repeats_behind_another_message_is_one_message() {
    let (backend, wire) = Wire::backend(|_| {}).await;
    let (tables, [alice, bob]) = (Tables::of(&backend), people(&backend).await);
    let conversation = alice.begin(&bob).await;
    let put = wire.on(When::put("Messages").with(&alice.id)).hold_answer();
    let sent = start(ask::message(&alice, &bob, "mine").send());
    put.reached().await;
    bob.send(&alice, "yours").await.expect(201);
    put.fail(Fault::LoseAnswer);

    assert_eq!(sent.await.unwrap().expect(201).seq(), 2);
    assert_eq!(bodies(&tables.log(&conversation).await), ["the first message", "mine", "yours"]);
}

/// The put is applied, its answer is lost, and the SDK's second attempt finds the row in somebody's transaction, which
/// is going to fail: it says nothing of whose entry is there.
#[tokio::test]
async fn a_put_that_meets_a_transaction_when_the_sdk_repeats_it_is_one_message() {
    let (backend, wire) = Wire::backend(|_| {}).await;
    let (tables, [alice, bob]) = (Tables::of(&backend), people(&backend).await);
    let conversation = alice.begin(&bob).await;
    for request in [ask::message(&alice, &bob, "hi"), ask::named(&alice, &bob, "named", "m-1")] {
        let before = tables.log(&conversation).await.len();
        wire.on(When::put("Messages").with(&alice.id)).fail(Fault::LoseAnswer);
        wire.on(When::put("Messages").with(&alice.id)).fail(Fault::Conflict);
        let sent = request.send().await;
        let log = tables.log(&conversation).await;
        assert_eq!(log.len(), before + 1, "{sent}\n{:?}", bodies(&log));
        sent.expect(201);
    }
}

#[tokio::test]
async fn a_change_that_the_sdk_repeats_is_one_entry() {
    let (backend, wire) = Wire::backend(|_| {}).await;
    let (tables, [alice, bob]) = (Tables::of(&backend), people(&backend).await);
    let conversation = alice.begin(&bob).await;
    let group = alice.group(&[&bob]).await;
    let repeat = || {
        let change = || wire.on(When::transaction("Messages").with(&alice.id));
        change().fail(Fault::LoseAnswer);
        // As if DynamoDB had forgotten the token of the first attempt, which it keeps for ten minutes.
        change().fail(Fault::ask(|input| input["ClientRequestToken"] = unique("token").into()));
    };
    repeat();
    alice.edit(&conversation, 1, "other words").await.expect(200);
    repeat();
    alice.remove_member(&group, &bob).await.expect(204);
    repeat();
    alice.put_member(&group, &bob, None).await.expect(201);

    assert_eq!(types(&tables.log(&conversation).await), ["message", "edited"]);
    let log = tables.log(&group.conversation).await;
    assert_eq!(types(&log), ["groupCreated", "memberRemoved", "memberAdded"]);
}
