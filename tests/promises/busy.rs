//! Too much at once: throttles, busy logs, flood control.

use std::time::{Duration, Instant};

use tests::faults::{Fault, When, Wire, start};
use tests::{Person, Reply, bodies, people};

use crate::support::ask;
use crate::support::replay::assert_holds;
use crate::support::tables::Tables;

/// How many messages a second flood control lets through in these tests.
const LIMIT: u32 = 3;

#[tokio::test]
async fn a_throttled_call_is_repeated() {
    let (backend, wire) = Wire::backend(|_| {}).await;
    let (tables, [alice, bob]) = (Tables::of(&backend), people(&backend).await);
    for (operation, table) in [
        ("BatchGetItem", "Users"),
        ("Query", "Messages"),
        ("PutItem", "SentIds"),
        ("PutItem", "Messages"),
        ("TransactWriteItems", "Messages"),
        ("GetItem", "Messages"),
        ("UpdateItem", "GroupMemberships"),
    ] {
        wire.on(When::operation(operation, table)).times(2).fail(Fault::Throttle);
    }
    let first = ask::named(&alice, &bob, "one", "m-1").send().await.expect(201);
    let conversation = first.text("conversationId");
    alice.send(&bob, "two").await.expect(201);
    bob.read(conversation, 2).await.expect(204);
    alice.edit(conversation, 1, "three").await.expect(200);
    assert_eq!(bodies(&tables.log(conversation).await), ["three", "two", ""]);
}

#[tokio::test]
async fn a_table_that_stays_throttled_is_told_with_a_wait() {
    let (backend, wire) = Wire::backend(|_| {}).await;
    let (tables, [alice, bob]) = (Tables::of(&backend), people(&backend).await);
    let conversation = alice.begin(&bob).await;
    wire.on(When::put("Messages")).always().fail(Fault::Throttle);
    let busy = ask::named(&alice, &bob, "hi", "m-1").send().await;
    assert_eq!(busy.header("retry-after"), "1");
    busy.problem(503, "unavailable");

    wire.clear();
    ask::named(&alice, &bob, "hi", "m-1").send().await.expect(201);
    assert_eq!(tables.log(&conversation).await.len(), 2);
}

/// The one test that takes 10 s: that is how long a send tries.
#[tokio::test]
async fn a_log_that_stays_busy_is_told_after_ten_seconds_and_nothing_is_stored() {
    let (backend, wire) = Wire::backend(|_| {}).await;
    let (tables, [alice, bob]) = (Tables::of(&backend), people(&backend).await);
    let group = alice.group(&[&bob]).await;
    let conversation = alice.begin(&bob).await;
    wire.on(When::put("Messages")).always().fail(Fault::Conflict);
    wire.on(When::transaction("Messages")).always().fail(Fault::Conflict);
    let began = Instant::now();
    let requests = [
        ask::message(&alice, &bob, "hi"),
        ask::say_named(&alice, &group, "hi", "m-1"),
        ask::edit(&alice, &conversation, 1, "other words"),
        ask::role(&alice, &group, &bob, "admin"),
    ];
    let requests = requests.map(|request| {
        start(async move {
            let busy = request.send().await;
            assert_eq!(busy.header("retry-after"), "1");
            busy.problem(503, "unavailable");
            began.elapsed()
        })
    });
    for request in requests {
        let waited = request.await.unwrap();
        let about_ten_seconds = Duration::from_secs(10)..Duration::from_secs(14);
        assert!(about_ten_seconds.contains(&waited), "{waited:?}");
    }
    assert_eq!(tables.log(&conversation).await.len(), 1);
    assert_eq!(tables.log(&group.conversation).await.len(), 1);

    wire.clear();
    ask::say_named(&alice, &group, "hi", "m-1").send().await.expect(201);
}

#[tokio::test]
async fn a_change_of_members_gets_through_a_busy_log() {
    let (backend, _) = Wire::backend(|_| {}).await;
    let (tables, [alice, bob]) = (Tables::of(&backend), people(&backend).await);
    let group = alice.group(&[&bob]).await;
    let (ended, end) = tokio::sync::watch::channel(false);
    let writers = [&alice, &bob, &bob, &alice].map(|writer| {
        let (say, end) = (ask::say(writer, &group, "on and on"), end.clone());
        start(async move {
            while !*end.borrow() {
                say.clone().send().await.expect(201);
            }
        })
    });
    for role in ["admin", "owner", "member", "admin", "member"] {
        alice.put_member(&group, &bob, Some(role)).await.expect(200);
    }
    ended.send_replace(true);
    for writer in writers {
        writer.await.unwrap();
    }
    assert_holds(&tables, &group.id, &group.conversation).await;
}

/// Sends until it is refused: more than the limit within a second.
async fn flood(sends: impl AsyncFn() -> Reply) -> Reply {
    let mut passed = 0;
    for _ in 0..200 {
        let reply = sends().await;
        if reply.status == 429 {
            assert!(passed >= LIMIT, "only {passed} messages passed: {reply}");
            return reply;
        }
        reply.expect(201);
        passed += 1;
    }
    panic!("{passed} messages and no refusal");
}

fn assert_flood_control(reply: Reply) -> Duration {
    let wait = reply.header("retry-after").parse().expect("whole seconds");
    assert_eq!(reply.header("ratelimit-policy"), format!("\"default\";q={LIMIT};w=1"));
    assert_eq!(reply.header("ratelimit"), format!("\"default\";r=0;t={wait}"));
    reply.problem(429, "too-many-requests");
    Duration::from_secs(wait)
}

#[tokio::test]
async fn who_waits_as_long_as_they_are_told_is_let_through() {
    let (backend, _) = Wire::backend(|options| options.flood_limit = Some(LIMIT)).await;
    let [alice, bob] = people(&backend).await;
    let group = alice.group(&[&bob]).await;
    let refused = flood(async || alice.say(&group, "flood").await).await;
    let refused_directly = flood(async || alice.send(&bob, "flood").await).await;
    let length = alice.history(&group.conversation).await.len();

    let named = || ask::say_named(&alice, &group, "too fast", "m-1").send();
    let early = named().await.status;
    tokio::time::sleep(assert_flood_control(refused)).await;
    alice.say(&group, "after the wait").await.expect(201);
    // Refused at first, unless the floods took more than a second.
    named().await.expect(if early == 429 { 201 } else { 200 });
    tokio::time::sleep(assert_flood_control(refused_directly)).await;
    alice.send(&bob, "after the wait").await.expect(201);
    let log = alice.history(&group.conversation).await;
    assert_eq!(log.len(), length + 2, "what was refused is not stored");
}

#[tokio::test]
async fn whoever_else_writes_is_not_limited() {
    let (backend, _) = Wire::backend(|options| options.flood_limit = Some(LIMIT)).await;
    let [alice, bob] = people(&backend).await;
    let group = alice.group(&[&bob]).await;
    let write = async |who: &Person| who.say(&group, "in turn").await;
    for _ in 0..2 * LIMIT {
        write(&alice).await.expect(201);
        write(&bob).await.expect(201);
    }
    assert_flood_control(flood(async || write(&alice).await).await);
    write(&bob).await.expect(201);
    // The limit is for one sender in a row, in one conversation.
    write(&alice).await.expect(201);
    alice.send(&bob, "elsewhere").await.expect(201);
}
