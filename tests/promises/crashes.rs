//! A crash after any call, with the client's repeat, leaves nothing half done. Messages are in `once`, the deletion of a
//! group in `rules::seal`.

use serde_json::json;
use tests::faults::{Fault, When, Wire};
use tests::{Group, PASSWORD, Person, Reply, Request, assert_dense, people, types, unique};

use crate::support::ask;
use crate::support::replay::assert_holds;
use crate::support::tables::Tables;

const CRASHES: [Fault; 2] = [Fault::CrashBefore, Fault::CrashAfter];

/// What Alice does in her group with Bob, to him or to Carol.
type Change = fn(&Person, &Group, [&Person; 2]) -> Request;

/// Lets the process die at a request's `call`-th call. Answers the reply to the repeat, and whether the request had
/// fewer calls.
async fn repeated(wire: &Wire, crash: &Fault, call: usize, request: &Request) -> (Reply, bool) {
    wire.on(When::any()).nth(call).fail(crash.clone());
    let first = request.clone().send().await;
    wire.clear();
    let is_whole = first.status != 503;
    (request.clone().send().await, is_whole)
}

#[tokio::test]
async fn a_change_of_members_is_made_once() {
    let (backend, wire) = Wire::backend(|_| {}).await;
    let (tables, [alice, bob, carol]) = (Tables::of(&backend), people(&backend).await);
    let changes: [(Change, &str, &[u16]); 4] = [
        (|alice, group, [_, carol]| ask::add(alice, group, carol), "memberAdded", &[201, 200]),
        (|alice, group, [bob, _]| ask::remove(alice, group, bob), "memberRemoved", &[204, 404]),
        (|_, group, [bob, _]| ask::remove(bob, group, bob), "memberRemoved", &[204, 403]),
        (|alice, group, [bob, _]| ask::role(alice, group, bob, "owner"), "roleChanged", &[200]),
    ];
    for (change, made, statuses) in changes {
        for crash in CRASHES {
            for call in 1.. {
                let group = alice.group(&[&bob]).await;
                let request = change(&alice, &group, [&bob, &carol]);
                let (reply, is_whole) = repeated(&wire, &crash, call, &request).await;
                assert!(statuses.contains(&reply.status.as_u16()), "call {call}: {reply}");
                assert_holds(&tables, &group.id, &group.conversation).await;
                let log = tables.log(&group.conversation).await;
                assert_eq!(types(&log), ["groupCreated", made], "call {call}");
                if is_whole {
                    break;
                }
            }
        }
    }
}

#[tokio::test]
async fn an_edit_and_a_deletion_are_made() {
    let (backend, wire) = Wire::backend(|_| {}).await;
    let (tables, [alice, bob]) = (Tables::of(&backend), people(&backend).await);
    let conversation = alice.begin(&bob).await;
    for crash in CRASHES {
        for call in 1.. {
            let seq = alice.send(&bob, "words").await.expect(201).seq();
            let edit = ask::edit(&alice, &conversation, seq, "other words");
            let (edited, edit_is_whole) = repeated(&wire, &crash, call, &edit).await;
            assert_eq!(edited.expect(200)["body"], "other words");
            let delete = ask::erase(&alice, &conversation, seq);
            let (deleted, delete_is_whole) = repeated(&wire, &crash, call, &delete).await;
            deleted.expect(204);
            let message = bob.entry(&conversation, seq).await.expect(200);
            assert!(message["deletedAt"].is_string() && message["body"].is_null(), "{message}");
            if edit_is_whole && delete_is_whole {
                break;
            }
        }
    }
    assert_dense(&tables.log(&conversation).await, 1);
}

#[tokio::test]
async fn a_group_is_made_once() {
    let (backend, wire) = Wire::backend(|_| {}).await;
    let (tables, [alice, bob]) = (Tables::of(&backend), people(&backend).await);
    let mut made = 0;
    for crash in CRASHES {
        for call in 1.. {
            let id = unique("g");
            let body = json!({ "name": "ours", "memberIds": [bob.id], "clientGroupId": id });
            let request = alice.request(http::Method::POST, "/v1/groups").json(&body);
            let (reply, is_whole) = repeated(&wire, &crash, call, &request).await;
            assert!(reply.status.is_success(), "call {call}: {reply}");
            made += 1;
            assert_eq!(alice.conversations().await.len(), made, "call {call}");
            let (group, conversation) = (reply.text("groupId"), reply.text("conversationId"));
            assert_eq!(assert_holds(&tables, group, conversation).await.len(), 2);
            if is_whole {
                break;
            }
        }
    }
}

#[tokio::test]
async fn a_registration_that_broke_off_is_healed() {
    let (backend, wire) = Wire::backend(|_| {}).await;
    for crash in CRASHES {
        for heals in ["registering again", "signing in"] {
            let name = unique("p");
            let body = json!({
                "username": name,
                "email": format!("{name}@example.com"),
                "password": PASSWORD,
            });
            let register = async || backend.anyone().post("/v1/register", body.clone()).await;
            wire.on(When::transaction("Users")).fail(crash.clone());
            register().await.problem(503, "unavailable");
            if heals == "registering again" {
                let again = register().await;
                let was_whole = matches!(crash, Fault::CrashAfter);
                assert_eq!(again.status, if was_whole { 409 } else { 201 }, "{again}");
            }
            let person = Person::sign_in(&backend, &name).await;
            assert_eq!(person.get("/v1/users/me").await.expect(200)["username"], name);
            register().await.problem(409, "username-taken");
        }
    }
}
