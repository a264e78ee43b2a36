//! Rule 6: `groupDeleted` seals a log, and a send to a group never writes entry 1. Bodies are swept first, memberships
//! last.

use serde_json::{Value, json};
use tests::faults::{Fault, When, Wire, start};
use tests::{Group, Person, people, seqs, types};

use crate::support::ask;
use crate::support::tables::Tables;

/// Checks that nothing of a group is left but its seal.
async fn assert_gone(tables: &Tables, group: &Group, people: &[&Person]) {
    let log = tables.log(&group.conversation).await;
    assert_eq!(types(&log), ["groupDeleted"], "{log:#?}");
    assert_eq!(tables.get("Groups", &json!({ "groupId": group.id })).await, None);
    for person in people {
        let key = json!({ "userId": person.id, "conversationId": group.conversation });
        assert_eq!(tables.get("GroupMemberships", &key).await, None, "{key}");
    }
}

#[tokio::test]
async fn what_was_on_its_way_when_the_group_was_deleted_is_refused() {
    let (backend, wire) = Wire::backend(|_| {}).await;
    let (tables, [alice, bob, carol]) = (Tables::of(&backend), people(&backend).await);
    for change in ["send", "edit", "add", "leave"] {
        let group = alice.group(&[&bob]).await;
        let said = bob.say(&group, "one").await.expect(201).seq();
        let (operation, request) = match change {
            "send" => ("PutItem", ask::say_named(&bob, &group, "too late", "m-1")),
            "edit" => {
                ("TransactWriteItems", ask::edit(&bob, &group.conversation, said, "too late"))
            }
            "add" => ("TransactWriteItems", ask::add(&alice, &group, &carol)),
            _ => ("TransactWriteItems", ask::remove(&bob, &group, &bob)),
        };
        let put = wire.on(When::operation(operation, "Messages").with(&group.conversation)).hold();
        let request = start(request.send());
        put.reached().await;
        alice.delete(&group.path("")).await.expect(204);
        put.release();

        request.await.unwrap().problem(404, "not-found");
        assert_gone(&tables, &group, &[&alice, &bob, &carol]).await;
    }
}

#[tokio::test]
async fn nothing_is_appended_behind_the_seal() {
    let (backend, wire) = Wire::backend(|_| {}).await;
    let (tables, [alice, bob, carol]) = (Tables::of(&backend), people(&backend).await);
    let group = alice.group(&[&bob]).await;
    bob.say(&group, "one").await.expect(201);
    // The process dies when the bodies are swept, and the members are still there.
    wire.on(When::operation("BatchWriteItem", "GroupMemberships")).fail(Fault::CrashBefore);
    alice.delete(&group.path("")).await.problem(503, "unavailable");
    let sealed = tables.log(&group.conversation).await;
    assert_eq!(types(&sealed).last(), Some(&"groupDeleted"));
    assert!(!types(&sealed).contains(&"message"), "{sealed:#?}");

    bob.say(&group, "too late").await.problem(404, "not-found");
    alice.put_member(&group, &carol, None).await.problem(404, "not-found");
    alice.put_member(&group, &bob, Some("owner")).await.problem(404, "not-found");
    bob.remove_member(&group, &bob).await.problem(404, "not-found");
    alice.patch(&group.path(""), json!({ "name": "another" })).await.problem(404, "not-found");
    assert_eq!(tables.log(&group.conversation).await, sealed);

    alice.delete(&group.path("")).await.expect(204);
    assert_gone(&tables, &group, &[&alice, &bob, &carol]).await;
}

#[tokio::test]
async fn the_first_place_of_a_swept_log_stays_empty() {
    let (backend, wire) = Wire::backend(|_| {}).await;
    let (tables, [alice, bob]) = (Tables::of(&backend), people(&backend).await);
    let group = alice.group(&[&bob]).await;
    bob.say(&group, "one").await.expect(201);
    let key = json!({ "userId": bob.id, "conversationId": group.conversation });
    let membership = tables.get("GroupMemberships", &key).await.expect("a membership");
    alice.delete(&group.path("")).await.expect(204);
    // A member whom the sweep has not come to yet, and a copy of the log that has not heard of the seal.
    tables.put("GroupMemberships", &membership).await;
    let stale = When::query("Messages").with(&group.conversation).eventual();
    wire.on(stale).always().fail(Fault::stale());

    bob.say(&group, "too late").await.problem(404, "not-found");
    ask::say_named(&bob, &group, "too late", "m-1").send().await.problem(404, "not-found");
    assert_eq!(seqs(&tables.log(&group.conversation).await), [3]);
}

#[tokio::test]
async fn a_send_to_a_group_never_writes_the_first_entry() {
    let (backend, _) = Wire::backend(|_| {}).await;
    let (tables, [alice, bob]) = (Tables::of(&backend), people(&backend).await);
    let group = alice.group(&[&bob]).await;
    let key = json!({ "userId": bob.id, "conversationId": group.conversation });
    let mut membership = tables.get("GroupMemberships", &key).await.expect("a membership");
    let nowhere = "g-01ARZ3NDEKTSV4RRFFQ69G5FAV";
    membership["conversationId"] = nowhere.into();
    tables.put("GroupMemberships", &membership).await;

    let path = "/v1/groups/01ARZ3NDEKTSV4RRFFQ69G5FAV/messages";
    bob.post(path, json!({ "body": "hello?" })).await.problem(404, "not-found");
    assert_eq!(tables.log(nowhere).await, Vec::<Value>::new());
}

#[tokio::test]
async fn a_deletion_that_breaks_off_anywhere_goes_on_when_it_is_repeated() {
    let (backend, wire) = Wire::backend(|_| {}).await;
    let (tables, [alice, bob, carol]) = (Tables::of(&backend), people(&backend).await);
    for crash in [Fault::CrashBefore, Fault::CrashAfter] {
        for call in 1.. {
            let group = alice.group(&[&bob, &carol]).await;
            bob.say(&group, "one").await.expect(201);
            carol.remove_member(&group, &carol).await.expect(204);
            wire.on(When::any()).nth(call).fail(crash.clone());
            let broken_off = ask::delete(&alice, &group).send().await;
            wire.clear();
            let is_whole = broken_off.status == 204;
            let seen = bob.say(&group, "is it there?").await;
            assert!([201, 403, 404].contains(&seen.status.as_u16()), "{seen}");
            let repeated = ask::delete(&alice, &group).send().await;
            // The last call takes the owner's own membership: after it the group is not there any more.
            assert!([204, 404].contains(&repeated.status.as_u16()), "call {call}: {repeated}");
            assert_gone(&tables, &group, &[&alice, &bob, &carol]).await;
            if is_whole {
                break;
            }
        }
    }
}
