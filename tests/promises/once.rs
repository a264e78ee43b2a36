//! One `clientMessageId`, any number of times, at once and after any crash: one message.

use serde_json::{Value, json};
use tests::faults::{Fault, When, Wire, start};
use tests::{Person, Reply, Request, assert_dense, bodies, people};

use crate::support::tables::{Tables, entry_key};
use crate::support::{ask, hours_from_now};

const NAMES: [&str; 2] = ["first", "second"];

fn claim_key(sender: &Person, id: &str) -> Value {
    json!({ "senderId": sender.id, "clientMessageId": id })
}

fn count(log: &[Value], body: &str) -> usize {
    bodies(log).iter().filter(|found| **found == body).count()
}

/// Checks that of these answers one says "now" and the rest "before", all with the same message.
fn assert_same(replies: &[Reply]) {
    let mut statuses: Vec<u16> = replies.iter().map(|reply| reply.status.as_u16()).collect();
    statuses.sort_unstable_by(|one, other| other.cmp(one));
    assert!(statuses.iter().enumerate().all(|(at, status)| *status == u16::from(at == 0) + 200));
    assert!(replies.iter().all(|reply| reply.body == replies[0].body), "{replies:#?}");
}

#[tokio::test]
async fn of_two_requests_that_have_both_read_before_either_puts_one_sends() {
    let (backend, wire) = Wire::backend(|_| {}).await;
    let (tables, [alice, bob]) = (Tables::of(&backend), people(&backend).await);
    let group = alice.group(&[&bob]).await;
    let direct = alice.begin(&bob).await;
    for (at, (last_first, in_group)) in
        [(false, false), (true, false), (false, true), (true, true)].into_iter().enumerate()
    {
        let id = format!("m-{at}");
        let mut held = Vec::new();
        for name in NAMES {
            let put = wire.on(When::put("Messages").with(&id)).hold();
            let request = if in_group {
                ask::say_named(&alice, &group, &id, &id)
            } else {
                ask::named(&alice, &bob, &id, &id)
            };
            let request = start(request.send());
            put.reached().await;
            held.push((name, put, request));
        }
        if last_first {
            held.reverse();
        }
        let mut replies = Vec::new();
        for (_, put, request) in held {
            put.release();
            replies.push(request.await.unwrap());
        }
        assert_eq!(replies[0].status, 201);
        assert_same(&replies);
        let log = tables.log(if in_group { &group.conversation } else { &direct }).await;
        assert_eq!(count(&log, &id), 1);
    }
}

#[tokio::test]
async fn of_many_requests_at_once_one_sends() {
    let (backend, _) = Wire::backend(|_| {}).await;
    let (tables, [alice, bob]) = (Tables::of(&backend), people(&backend).await);
    let requests = (0..8).map(|_| ask::named(&alice, &bob, "once", "m-1").send());
    let replies = futures_util::future::join_all(requests).await;

    let conversation = replies[0].text("conversationId").to_owned();
    assert_same(&replies);
    assert_eq!(tables.log(&conversation).await.len(), 1);
}

/// Lets the process die at each of a request's calls, repeats the request, and checks that it is carried out once.
async fn at_every_crash(request: impl Fn(&str) -> Request, tables: &Tables, wire: &Wire) {
    for (kind, crash) in [("before", Fault::CrashBefore), ("after", Fault::CrashAfter)] {
        for call in 1.. {
            let id = format!("{kind}-{call}-{}", fastrand::u64(..));
            wire.on(When::any()).nth(call).fail(crash.clone());
            let broken_off = request(&id).send().await;
            wire.clear();
            let repeated = request(&id).send().await;
            let conversation = repeated.text("conversationId").to_owned();
            let log = tables.log(&conversation).await;
            let said = log.iter().filter(|entry| entry["clientMessageId"] == *id).count();
            assert_eq!(said, 1, "{kind} call {call}: {repeated}");
            assert_dense(&log, 1);
            let again = request(&id).send().await.expect(200);
            assert_eq!(again.body, repeated.body);
            if broken_off.status == 201 {
                assert_eq!(repeated.status, 200);
                break;
            }
            broken_off.problem(503, "unavailable");
            assert!(repeated.status.is_success(), "{kind} call {call}: {repeated}");
        }
    }
}

#[tokio::test]
async fn a_repeat_after_a_crash_anywhere_sends_once() {
    let (backend, wire) = Wire::backend(|_| {}).await;
    let (tables, [alice, bob]) = (Tables::of(&backend), people(&backend).await);
    let group = alice.group(&[&bob]).await;
    alice.begin(&bob).await;
    at_every_crash(|id| ask::named(&alice, &bob, id, id), &tables, &wire).await;
    at_every_crash(|id| ask::say_named(&alice, &group, id, id), &tables, &wire).await;
}

#[tokio::test]
async fn a_first_message_after_a_crash_anywhere_is_sent_once() {
    let (backend, wire) = Wire::backend(|_| {}).await;
    let (tables, [alice]) = (Tables::of(&backend), people(&backend).await);
    for (kind, crash) in [("before", Fault::CrashBefore), ("after", Fault::CrashAfter)] {
        for call in 1.. {
            let [bob] = people(&backend).await;
            let id = format!("{kind}-{call}");
            wire.on(When::any()).nth(call).fail(crash.clone());
            let is_whole = ask::named(&alice, &bob, "hi", &id).send().await.status == 201;
            wire.clear();
            let repeated = ask::named(&alice, &bob, "hi", &id).send().await;
            let conversation = repeated.text("conversationId").to_owned();
            assert_eq!(tables.log(&conversation).await.len(), 1, "{kind} call {call}: {repeated}");
            for person in [&alice, &bob] {
                assert!(person.conversation(&conversation).await.is_some(), "{kind} call {call}");
            }
            if is_whole {
                break;
            }
        }
    }
}

#[tokio::test]
async fn a_repeat_finds_a_message_that_many_entries_followed() {
    let (backend, wire) = Wire::backend(|_| {}).await;
    let (tables, [alice, bob]) = (Tables::of(&backend), people(&backend).await);
    let conversation = alice.begin(&bob).await;
    wire.on(When::put("Messages")).fail(Fault::CrashAfter);
    ask::named(&alice, &bob, "once", "m-1").send().await.problem(503, "unavailable");
    bob.send(&alice, "and on").await.expect(201);
    // Two pages of the search and a part of the third.
    tables.append(&conversation, 230, None).await;

    let again = || ask::named(&alice, &bob, "once", "m-1").send();
    let (found, calls) = wire.record(again()).await;
    assert_eq!(found.expect(200).seq(), 2);
    let queries = |calls: &[tests::faults::Done]| {
        calls.iter().filter(|done| done.call.operation == "Query").count()
    };
    assert_eq!(queries(&calls), 4);
    let (found, calls) = wire.record(again()).await;
    assert_eq!((found.expect(200).seq(), queries(&calls)), (2, 1), "its place was noted");
    assert_eq!(count(&tables.log(&conversation).await, "once"), 1);
}

/// A message of 25 hours ago, with or without another one behind it.
async fn after_a_day(is_followed: bool, body: &str) {
    let (backend, _) = Wire::backend(|_| {}).await;
    let (tables, [alice, bob]) = (Tables::of(&backend), people(&backend).await);
    let sent = ask::named(&alice, &bob, "yesterday", "m-1").send().await.expect(201);
    let (conversation, then) = (sent.text("conversationId"), hours_from_now(-25));
    let aged = json!({ "createdAt": then });
    tables.change("Messages", &entry_key(conversation, 1), &aged).await;
    tables.change("SentIds", &claim_key(&alice, "m-1"), &aged).await;
    if is_followed {
        for _ in 0..5 {
            bob.send(&alice, "and on").await.expect(201);
        }
    }

    let today = ask::named(&alice, &bob, body, "m-1").send().await;
    let log = tables.log(conversation).await;
    assert_eq!(bodies(&log).last(), Some(&body), "it was not sent: {today}");
    let today = today.expect(201);
    let again = ask::named(&alice, &bob, body, "m-1").send().await.expect(200);
    assert_eq!(again.body, today.body);
}

#[tokio::test]
async fn an_expired_claim_is_free_again() {
    after_a_day(true, "yesterday").await;
    after_a_day(true, "today").await;
}

#[tokio::test]
async fn an_expired_claim_is_free_again_in_a_conversation_that_was_silent_since() {
    after_a_day(false, "yesterday").await;
    after_a_day(false, "today").await;
}

#[tokio::test]
async fn a_claim_of_almost_a_day_ago_still_stands() {
    let (backend, _) = Wire::backend(|_| {}).await;
    let (tables, [alice, bob]) = (Tables::of(&backend), people(&backend).await);
    let sent = ask::named(&alice, &bob, "once", "m-1").send().await.expect(201);
    let aged = json!({ "createdAt": hours_from_now(-23) });
    tables.change("Messages", &entry_key(sent.text("conversationId"), 1), &aged).await;
    tables.change("SentIds", &claim_key(&alice, "m-1"), &aged).await;

    let again = ask::named(&alice, &bob, "once", "m-1").send().await.expect(200);
    assert_eq!(again["messageId"], sent["messageId"]);
    let other = ask::named(&alice, &bob, "twice", "m-1").send().await;
    other.problem(409, "client-message-id-reused");
}

#[tokio::test]
async fn another_content_is_refused_also_after_a_refusal() {
    let (backend, wire) = Wire::backend(|_| {}).await;
    let (tables, [alice, bob, carol]) = (Tables::of(&backend), people(&backend).await);
    let conversation = alice.begin(&bob).await;
    bob.block(&alice).await.expect(204);
    ask::named(&alice, &bob, "hi", "m-1").send().await.problem(403, "blocked");
    bob.unblock(&alice).await.expect(204);

    let other = |reply: Reply| drop(reply.problem(409, "client-message-id-reused"));
    other(ask::named(&alice, &bob, "hi!", "m-1").send().await);
    other(ask::named(&alice, &carol, "hi", "m-1").send().await);
    let body =
        json!({ "recipientId": bob.id, "body": "hi", "replyTo": 1, "clientMessageId": "m-1" });
    other(alice.post("/v1/messages", body).await);
    ask::named(&alice, &bob, "hi", "m-1").send().await.expect(201);
    ask::named(&bob, &alice, "another's", "m-1").send().await.expect(201);

    wire.on(When::put("Messages")).fail(Fault::CrashBefore);
    ask::named(&alice, &bob, "hi", "m-2").send().await.problem(503, "unavailable");
    other(ask::named(&alice, &bob, "hi!", "m-2").send().await);
    ask::named(&alice, &bob, "hi", "m-2").send().await.expect(201);
    assert_eq!(tables.log(&conversation).await.len(), 4);
}
