//! Rule 2: after a lost swap all that came in between is read, strongly, and so are the rows that the decision rests on.

use serde_json::Value;
use tests::faults::{Fault, When, Wire, start};
use tests::{Person, assert_dense, bodies, people};

use crate::support::ask;
use crate::support::tables::Tables;

#[tokio::test]
async fn a_block_that_comes_before_the_next_try_refuses_the_send() {
    let (backend, wire) = Wire::backend(|_| {}).await;
    let tables = Tables::of(&backend);
    for the_sender_blocks in [false, true] {
        let [alice, bob] = people(&backend).await;
        let conversation = alice.begin(&bob).await;
        let put = wire.on(When::put("Messages").with(&alice.id)).hold();
        let sent = start(ask::message(&alice, &bob, "too late").send());
        put.reached().await;
        bob.send(&alice, "first").await.expect(201);
        let (blocker, blocked) = if the_sender_blocks { (&alice, &bob) } else { (&bob, &alice) };
        blocker.block(blocked).await.expect(204);
        put.release();

        sent.await.unwrap().problem(403, "blocked");
        assert_eq!(tables.log(&conversation).await.len(), 2);
    }
}

#[tokio::test]
async fn a_removal_that_comes_before_the_next_try_refuses_the_send() {
    let (backend, wire) = Wire::backend(|_| {}).await;
    let (tables, [alice, bob]) = (Tables::of(&backend), people(&backend).await);
    let group = alice.group(&[&bob]).await;
    let put = wire.on(When::put("Messages").with(&bob.id)).hold();
    let sent = start(ask::say(&bob, &group, "too late").send());
    put.reached().await;
    alice.remove_member(&group, &bob).await.expect(204);
    put.release();

    sent.await.unwrap().problem(403, "not-a-member");
    assert_eq!(tables.log(&group.conversation).await.len(), 2);
}

#[tokio::test]
async fn two_people_who_write_to_each_other_first_begin_one_conversation() {
    let (backend, wire) = Wire::backend(|_| {}).await;
    let (tables, [alice, bob]) = (Tables::of(&backend), people(&backend).await);
    let begun = wire.on(When::transaction("Messages")).hold();
    let sent = start(ask::message(&alice, &bob, "second").send());
    begun.reached().await;
    let first = bob.send(&alice, "first").await.expect(201);
    begun.release();

    assert_eq!(sent.await.unwrap().expect(201).seq(), 2);
    let conversation = first.text("conversationId");
    assert_eq!(bodies(&tables.log(conversation).await), ["first", "second"]);
    for (person, unread) in [(&alice, "first"), (&bob, "second")] {
        assert_eq!(bodies(&person.check_in(conversation).await), [unread]);
    }
}

#[tokio::test]
async fn a_block_that_comes_before_the_next_try_refuses_the_edit() {
    let (backend, wire) = Wire::backend(|_| {}).await;
    let (tables, [alice, bob]) = (Tables::of(&backend), people(&backend).await);
    let conversation = alice.begin(&bob).await;
    let put = wire.on(When::transaction("Messages").with(&alice.id)).hold();
    let edited = start(ask::edit(&alice, &conversation, 1, "too late").send());
    put.reached().await;
    bob.send(&alice, "first").await.expect(201);
    bob.block(&alice).await.expect(204);
    put.release();

    edited.await.unwrap().problem(403, "blocked");
    assert_eq!(bodies(&tables.log(&conversation).await), ["the first message", "first"]);
}

/// Two requests of one message have read the end of the log; the first one puts it, `others` entries follow, and only
/// then the second one tries.
async fn second_try_after(others: usize) {
    let (backend, wire) = Wire::backend(|_| {}).await;
    let (tables, [alice, bob]) = (Tables::of(&backend), people(&backend).await);
    let conversation = alice.begin(&bob).await;
    let puts = [(); 2].map(|()| wire.on(When::put("Messages").with(&alice.id)).hold());
    let mut requests = Vec::new();
    for put in &puts {
        requests.push(start(ask::named(&alice, &bob, "once", "m-1").send()));
        put.reached().await;
    }
    let mut replies = Vec::new();
    for (put, request) in puts.into_iter().zip(requests) {
        put.release();
        replies.push(request.await.expect("an answer"));
        bob.send(&alice, "in between").await.expect(201);
        tables.append(&conversation, others, None).await;
    }

    let [first, second]: [_; 2] = replies.try_into().expect("two replies");
    assert_eq!(first.expect(201).body, second.expect(200).body);
    let log = tables.log(&conversation).await;
    assert_eq!(bodies(&log).iter().filter(|body| **body == "once").count(), 1);
    assert_dense(&log, 1);
}

#[tokio::test]
async fn a_message_that_is_not_the_last_that_came_in_between_is_found() {
    second_try_after(2).await;
}

#[tokio::test]
async fn a_message_that_came_in_between_long_ago_is_found() {
    second_try_after(130).await;
}

#[tokio::test]
async fn what_came_in_between_is_read_strongly() {
    let (backend, wire) = Wire::backend(|_| {}).await;
    let (tables, [alice, bob]) = (Tables::of(&backend), people(&backend).await);
    let conversation = alice.begin(&bob).await;
    let group = alice.group(&[&bob]).await;
    wire.on(When::query("Messages").eventual()).always().fail(Fault::stale());
    let talk = async |one: &Person, other: &Person| {
        ask::named(one, other, "once", "m-1").send().await.expect(201);
        ask::named(one, other, "once", "m-1").send().await.expect(200);
        one.send(other, "twice").await.expect(201);
        one.say(&group, "thrice").await.expect(201);
    };
    talk(&alice, &bob).await;
    talk(&bob, &alice).await;

    let said = |log: &[Value]| bodies(log)[1..].join(" ");
    let log = tables.log(&conversation).await;
    assert_eq!(said(&log), "once twice once twice");
    assert_dense(&log, 1);
    assert_eq!(said(&tables.log(&group.conversation).await), "thrice thrice");
}
