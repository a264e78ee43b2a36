//! A stale read costs a round trip and nothing else: an eventual read never answers that something is not there.

use serde_json::json;
use tests::faults::{Fault, When, Wire};
use tests::{assert_dense, bodies, people};

use crate::support::ask;
use crate::support::tables::Tables;

#[tokio::test]
async fn people_whom_a_copy_has_not_heard_of_are_found() {
    let (backend, wire) = Wire::backend(|_| {}).await;
    let [alice, bob] = people(&backend).await;
    let group = alice.group(&[]).await;
    wire.on(When::batch_get("Users").eventual()).always().fail(Fault::stale_batch("Users"));
    wire.on(When::get("Users").eventual()).always().fail(Fault::stale());

    alice.begin(&bob).await;
    alice.send(&bob, "hi").await.expect(201);
    alice.put_member(&group, &bob, None).await.expect(201);
    alice.get(&format!("/v1/users/{}", bob.id)).await.expect(200);
    alice.get("/v1/users/me").await.expect(200);
    alice.query("/v1/users", &[("username", &bob.username)]).await.expect(200);
    alice.block(&bob).await.expect(204);
}

#[tokio::test]
async fn a_message_that_a_copy_has_not_heard_of_can_be_answered() {
    let (backend, wire) = Wire::backend(|_| {}).await;
    let [alice, bob] = people(&backend).await;
    alice.begin(&bob).await;
    wire.on(When::get("Messages").eventual()).always().fail(Fault::stale());
    let body = json!({ "recipientId": alice.id, "body": "yes", "replyTo": 1 });
    assert_eq!(bob.post("/v1/messages", body).await.expect(201)["replyTo"], 1);
}

#[tokio::test]
async fn a_group_that_a_copy_has_not_heard_of_is_among_the_conversations() {
    let (backend, wire) = Wire::backend(|_| {}).await;
    let [alice, bob] = people(&backend).await;
    let group = alice.group(&[&bob]).await;
    wire.on(When::batch_get("Groups").eventual()).always().fail(Fault::stale_batch("Groups"));
    assert!(bob.conversation(&group.conversation).await.is_some());
}

#[tokio::test]
async fn a_copy_that_misses_an_entry_in_the_middle_hides_no_message() {
    let (backend, wire) = Wire::backend(|_| {}).await;
    let (tables, [alice, bob]) = (Tables::of(&backend), people(&backend).await);
    let conversation = alice.begin(&bob).await;
    for body in ["two", "three"] {
        bob.send(&alice, body).await.expect(201);
    }
    let sent = ask::named(&alice, &bob, "once", "m-1").send().await.expect(201);
    bob.send(&alice, "five").await.expect(201);
    let first_look = When::query("Messages").with(&conversation).eventual();
    // A copy of which the part that holds entry 4 lags behind.
    wire.on(first_look).fail(Fault::answer(|answer| {
        answer["Items"].as_array_mut().expect("entries").retain(|entry| entry["seq"]["N"] != "4");
    }));

    let again = ask::named(&alice, &bob, "once", "m-1").send().await.expect(200);
    assert_eq!(again.body, sent.body);
    assert_eq!(tables.log(&conversation).await.len(), 5);
}

/// The first look finds nothing at all, and the strong one that follows finds the message itself.
#[tokio::test]
async fn a_copy_that_has_not_heard_of_the_group_hides_no_message() {
    let (backend, wire) = Wire::backend(|_| {}).await;
    let (tables, [alice, bob]) = (Tables::of(&backend), people(&backend).await);
    for followers in 0..3 {
        let group = alice.group(&[&bob]).await;
        let say = || ask::say_named(&alice, &group, "once", &format!("m-{followers}")).send();
        let sent = say().await;
        for _ in 0..followers {
            bob.say(&group, "and on").await.expect(201);
        }
        let first_look = When::query("Messages").with(&group.conversation).eventual();
        wire.on(first_look).fail(Fault::stale());
        let again = say().await;

        let log = tables.log(&group.conversation).await;
        assert_dense(&log, 1);
        let said = bodies(&log).iter().filter(|body| **body == "once").count();
        assert_eq!(said, 1, "{followers} entries behind it: {log:#?}");
        assert_eq!(again.expect(200).body, sent.expect(201).body);
    }
}
