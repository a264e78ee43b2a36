//! Promise 13: after an account is erased, nothing that says who it was is in any table, queue or log, whatever broke off on the
//! way, and whatever came with an access token that was still good.

use std::time::Duration;

use local::Options;
use serde_json::{Value, json};
use tests::faults::{Fault, When, Wire};
use tests::{Backend, Group, PASSWORD, Person, System, people, types, unique, within};

use crate::support::tables::Tables;

/// How long an erasure may take that is broken off again and again.
const PATIENCE: Duration = Duration::from_mins(1);

/// Somebody about whom everything is held that can be.
struct Ada {
    person: Person,
    bob: Person,
    shared: Group,
    own: Group,
    direct: String,
}

/// What only she has.
const MARK: &str = "adalovelace";

impl Ada {
    async fn new(backend: &Backend) -> Self {
        let username = unique(MARK);
        let application = json!({
            "username": username,
            "email": format!("{username}@{MARK}.example"),
            "password": PASSWORD,
            "displayName": format!("Countess {MARK}"),
        });
        backend.register(application).await.expect(201);
        let person = Person::sign_in(backend, &username).await;
        let bob = Person::new(backend).await;
        let named = json!({
            "recipientId": bob.id,
            "body": format!("{MARK} writes"),
            "clientMessageId": unique(MARK),
        });
        let sent = person.post("/v1/messages", named).await.expect(201);
        let direct = sent.text("conversationId").to_owned();
        bob.send(&person, "an answer").await.expect(201);
        let (shared, own) = (person.group(&[&bob]).await, person.group(&[]).await);
        for group in [&shared, &own] {
            person.say(group, &format!("{MARK} says")).await.expect(201);
        }
        bob.say(&shared, "something of Bob's").await.expect(201);
        let deleted = person.say(&shared, &format!("{MARK} regrets")).await.expect(201).seq();
        person.erase(&shared.conversation, deleted).await.expect(204);
        person.block(&bob).await.expect(204);
        let message = json!({ "userId": person.id, "message": { "for": MARK } });
        System::new(backend).notify(&message).await.expect(202);
        Self { person, bob, shared, own, direct }
    }

    async fn leave(&self) {
        self.person.delete("/v1/users/me").await.expect(202);
    }

    /// Waits until of her row only a tombstone is left, and checks that it is all that names her.
    async fn is_gone(&self, tables: &Tables) {
        let key = json!({ "id": self.person.id });
        let row = async || tables.get("Users", &key).await.expect("a tombstone");
        let done = |row: &Value| row.as_object().is_some_and(|row| row.len() == 2);
        let row = within(PATIENCE, row, done).await;
        assert!(done(&row), "{row}");
        assert!(row["erasedAt"].is_string(), "{row}");
        for text in [MARK, &self.person.username] {
            assert_eq!(rows_with(tables, text).await, Vec::<String>::new());
        }
        for table in ["BlockedUsers", "SentIds", "PendingNotifications"] {
            let of_hers = |row: &Value| {
                ["blockerId", "senderId", "userId"].iter().any(|key| row[key] == self.person.id)
            };
            let rows = tables.scan(table).await;
            assert!(!rows.iter().any(of_hers), "{table}: {rows:#?}");
        }
        assert_eq!(tables.get("Groups", &json!({ "groupId": self.own.id })).await, None);
    }

    /// What the logs say of her going: once in each.
    async fn is_said_once(&self) {
        for conversation in [&self.direct, &self.shared.conversation] {
            let log = self.bob.history(conversation).await;
            let gone = types(&log).into_iter().filter(|kind| *kind == "userErased").count();
            assert_eq!(gone, 1, "{log:#?}");
            assert_eq!(types(&log).last(), Some(&"userErased"), "{log:#?}");
        }
        let members = self.bob.members(&self.shared).await;
        assert_eq!(members, [(self.bob.id.clone(), "owner".to_owned())]);
    }
}

/// All rows of all tables in which `text` stands.
async fn rows_with(tables: &Tables, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for table in shared::tables::tables().expect("tables.json").into_keys() {
        let rows = tables.scan(&table).await;
        let rows = rows.into_iter().filter(|row| row.to_string().contains(text));
        found.extend(rows.map(|row| format!("{table}: {row}")));
    }
    found
}

/// What fails comes again soon.
fn quick(options: &mut Options) {
    options.queue_visibility = Some(Duration::from_millis(300));
}

#[tokio::test]
async fn nothing_is_left_that_says_who_it_was() {
    let backend = Backend::private(|_| {}).await;
    let tables = Tables::of(&backend);
    let ada = Ada::new(&backend).await;
    assert!(rows_with(&tables, MARK).await.len() > 5);
    ada.leave().await;
    ada.is_gone(&tables).await;
    ada.is_said_once().await;
}

#[tokio::test]
async fn a_fault_at_any_call_of_the_job_is_made_good() {
    let (backend, wire) = Wire::behind_events(quick).await;
    let tables = Tables::of(&backend);
    for fault in [Fault::CrashBefore, Fault::CrashAfter] {
        for call in 1.. {
            let ada = Ada::new(&backend).await;
            let planned = wire.on(When::any().with(&ada.person.id)).nth(call);
            planned.fail(fault.clone());
            ada.leave().await;
            ada.is_gone(&tables).await;
            ada.is_said_once().await;
            let is_whole = wire.is_waiting();
            wire.clear();
            if is_whole {
                assert!(call > 15, "only {call} calls");
                break;
            }
        }
    }
}

#[tokio::test]
async fn a_crash_at_any_call_of_the_request_is_all_or_nothing() {
    // What is broken off begins again after this: later than the mark is made.
    let again = Duration::from_secs(2);
    let (backend, wire) = Wire::backend(|options| options.queue_visibility = Some(again)).await;
    let tables = Tables::of(&backend);
    for call in 1.. {
        let ada = Ada::new(&backend).await;
        wire.on(When::any()).nth(call).fail(Fault::CrashAfter);
        let reply = ada.person.delete("/v1/users/me").await;
        wire.clear();
        // Nobody repeats it: the mark is the commit.
        let key = json!({ "id": ada.person.id });
        let row = tables.get("Users", &key).await.expect("a row");
        if row["erasedAt"].is_string() {
            ada.is_gone(&tables).await;
        } else {
            assert_eq!(reply.status, 503, "{reply}");
            ada.person.get("/v1/users/me").await.expect(200);
        }
        if reply.status == 202 {
            break;
        }
    }
}

#[tokio::test]
async fn what_came_with_a_token_that_was_still_good_goes_too() {
    let (backend, wire) = Wire::backend(|options| {
        quick(options);
        options.last_look = Duration::from_secs(2);
    })
    .await;
    let tables = Tables::of(&backend);
    let ada = Ada::new(&backend).await;
    let open = ada.bob.open_group(&[]).await;
    // On its way since before she left, past all that looks at her.
    let late = wire.on(When::put("Messages").with(&ada.shared.conversation)).hold();
    let saying = tests::faults::start({
        let (person, group) = (ada.person.clone(), ada.shared.clone());
        async move { person.say(&group, &format!("{MARK} is late")).await }
    });
    late.reached().await;
    ada.leave().await;
    ada.is_gone(&tables).await;
    late.release();
    saying.await.expect("an answer").problem(403, "not-a-member");
    // The gateway lets her in for minutes yet.
    ada.person.put_member(&open, &ada.person, None).await.expect(201);
    ada.person.say(&open, &format!("{MARK} is still here")).await.expect(201);
    ada.person.block(&ada.bob).await.expect(204);
    assert_eq!(rows_with(&tables, MARK).await.len(), 1);

    let of_hers = async || {
        let mut rows = rows_with(&tables, MARK).await;
        rows.extend(
            tables
                .query("GroupMemberships", "userId", &ada.person.id)
                .await
                .iter()
                .map(Value::to_string),
        );
        rows.extend(
            tables
                .query("BlockedUsers", "blockerId", &ada.person.id)
                .await
                .iter()
                .map(Value::to_string),
        );
        rows
    };
    assert_eq!(within(PATIENCE, of_hers, Vec::is_empty).await, Vec::<String>::new());
    // Whoever read it is told to drop it.
    let log = ada.bob.history(&open.conversation).await;
    assert_eq!(types(&log).last(), Some(&"userErased"), "{log:#?}");
    assert!(!json!(log).to_string().contains(MARK));
}

#[tokio::test]
async fn nothing_is_held_for_whom_is_gone() {
    let (backend, wire) = Wire::behind_events(|_| {}).await;
    let tables = Tables::of(&backend);
    let ada = Ada::new(&backend).await;
    let held = || tables.query("PendingNotifications", "userId", &ada.person.id);
    assert_eq!(within(PATIENCE, held, |rows| rows.len() == 1).await.len(), 1);
    // On its way since before she left.
    let late = wire.on(When::get("Users").with(&ada.person.id)).hold();
    let message = json!({ "userId": ada.person.id, "message": { "late for": MARK } });
    System::new(&backend).notify(&message).await.expect(202);
    late.reached().await;
    ada.leave().await;
    ada.is_gone(&tables).await;
    let looked_for_sockets = wire.on(When::batch_get("Connections").with(&ada.person.id)).hold();
    late.release();
    looked_for_sockets.reached().await;
    assert_eq!(held().await, Vec::<Value>::new());
    looked_for_sockets.release();
}

#[tokio::test]
async fn a_profile_is_never_made_anew() {
    let (backend, wire) = Wire::backend(quick).await;
    let tables = Tables::of(&backend);
    let ada = Ada::new(&backend).await;
    // Somebody signs in at the very moment: Cognito has let them in.
    let held = wire.on(When::get("Users").with(&ada.person.id)).hold();
    let refreshing = tests::faults::start({
        let (client, tokens) = (backend.anyone(), ada.person.tokens.clone());
        let body = json!({ "refreshToken": tokens["refreshToken"] });
        async move { client.post("/v1/authenticate/refresh", body).await }
    });
    held.reached().await;
    ada.leave().await;
    ada.is_gone(&tables).await;
    held.release();
    refreshing.await.expect("an answer").refused(401);
    ada.is_gone(&tables).await;
}

#[tokio::test]
async fn a_group_keeps_an_owner_whoever_leaves_at_once() {
    let backend = Backend::private(quick).await;
    let tables = Tables::of(&backend);
    for round in 0..5 {
        let [alice, bob, carol, dave] = people(&backend).await;
        let group = alice.group(&[&bob, &carol, &dave]).await;
        alice.put_member(&group, &bob, Some("owner")).await.expect(200);
        let leaving = [&alice, &bob, &carol].map(|person| person.delete("/v1/users/me"));
        for reply in futures_util::future::join_all(leaving).await {
            reply.expect(202);
        }
        let only_dave = |members: &Vec<_>| *members == [(dave.id.clone(), "owner".to_owned())];
        let members = within(PATIENCE, async || dave.members(&group).await, only_dave).await;
        assert!(only_dave(&members), "round {round}: {members:?}");
        let row = tables.get("Groups", &json!({ "groupId": group.id })).await.expect("a group");
        assert_eq!((&row["members"], &row["owners"]), (&json!(1), &json!(1)), "round {round}");
    }
}
