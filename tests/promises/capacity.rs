//! What each route costs, as `docs/cost.md` has it: from what the engine reports (see [`tests::faults::cost()`] for how it
//! counts).

use futures_util::future::join_all;
use serde_json::{Value, json};
use tests::faults::{Wire, cost};
use tests::{Backend, Group, PASSWORD, Person, Reply, Request, people, unique};

use crate::price::expected;
use crate::support::ask;
use crate::support::tables::Tables;

/// What a request costs that goes well.
async fn cost_of(wire: &Wire, request: Request) -> String {
    let (reply, calls) = wire.record(request.send()).await;
    assert!(reply.status.is_success(), "{reply}");
    cost(&calls).to_string()
}

fn get(who: &Person, path: &str) -> Request {
    who.request(http::Method::GET, path)
}

#[tokio::test]
async fn a_direct_message() {
    let (backend, wire) = Wire::backend(|_| {}).await;
    let [alice, bob] = people(&backend).await;
    let first = cost_of(&wire, ask::named(&alice, &bob, "one", "m-1")).await;
    assert_eq!(first, expected("send, the first between two people"));
    let named = cost_of(&wire, ask::named(&alice, &bob, "two", "m-2")).await;
    assert_eq!(named, expected("send, with a `clientMessageId`"));
    let unnamed = cost_of(&wire, ask::message(&bob, &alice, "three")).await;
    assert_eq!(unnamed, expected("send, without"));
}

#[tokio::test]
async fn a_message_to_a_group_of_any_size() {
    let (backend, wire) = Wire::backend(|_| {}).await;
    let [alice, bob] = people(&backend).await;
    let group = alice.group(&[&bob]).await;
    let mut costs = Vec::new();
    for members in [2, 500] {
        grow(&backend, &group, &bob, members).await;
        let id = format!("m-{members}");
        costs.push(cost_of(&wire, ask::say_named(&bob, &group, "hi", &id)).await);
        costs.push(cost_of(&wire, ask::say(&bob, &group, "hi")).await);
    }
    let any_size = [
        expected("send to a group of any size, with a `clientMessageId`"),
        expected("send to a group of any size, without"),
    ];
    assert_eq!(costs, [any_size.clone(), any_size].concat());
}

/// Makes the group's members as many as are asked for, with copies of one's row.
async fn grow(backend: &Backend, group: &Group, member: &Person, to: usize) {
    let tables = Tables::of(backend);
    let key = json!({ "userId": member.id, "conversationId": group.conversation });
    let row = tables.get("GroupMemberships", &key).await.expect("a membership");
    let have = tables.members(&group.conversation).await.len();
    let another = async |at: usize| {
        let mut row = row.clone();
        row["userId"] = json!(format!("{at:08}-0000-4000-8000-000000000000"));
        tables.put("GroupMemberships", &row).await;
    };
    for some in (have..to).collect::<Vec<_>>().chunks(20) {
        join_all(some.iter().map(|at| another(*at))).await;
    }
    assert_eq!(tables.members(&group.conversation).await.len(), to);
}

/// Alice with three direct conversations and two groups, each with one unread message.
async fn five_conversations(backend: &Backend) -> Person {
    let [alice, bob, carol, dave] = people(backend).await;
    for other in [&bob, &carol, &dave] {
        other.begin(&alice).await;
        let group = other.group(&[&alice]).await;
        other.say(&group, "hi").await.expect(201);
        if other.id == dave.id {
            dave.delete(&group.path("")).await.expect(204);
        }
    }
    alice
}

#[tokio::test]
async fn check_messages() {
    let (backend, wire) = Wire::backend(|_| {}).await;
    let alice = five_conversations(&backend).await;
    assert_eq!(alice.check().await.len(), 5);
    let five = cost_of(&wire, get(&alice, "/v1/messages")).await;
    assert_eq!(five, expected("check messages, 5 conversations"));
    for other in people::<5>(&backend).await {
        other.begin(&alice).await;
    }
    let ten = cost_of(&wire, get(&alice, "/v1/messages")).await;
    assert_eq!(ten, expected("check messages, 10 conversations"));
}

/// Two units for each conversation, and half a unit more for each group: its name.
#[tokio::test]
async fn conversations() {
    let (backend, wire) = Wire::backend(|_| {}).await;
    let alice = five_conversations(&backend).await;
    assert_eq!(alice.conversations().await.len(), 5);
    let five = cost_of(&wire, get(&alice, "/v1/conversations")).await;
    assert_eq!(five, expected("conversations, 3 direct ones and 2 groups"));
}

#[tokio::test]
async fn a_page_of_history() {
    let (backend, wire) = Wire::backend(|_| {}).await;
    let [alice, bob] = people(&backend).await;
    let group = alice.group(&[&bob]).await;
    let direct = alice.begin(&bob).await;
    for conversation in [&group.conversation, &direct] {
        let path = format!("/v1/conversations/{conversation}/messages");
        let page = cost_of(&wire, get(&bob, &path)).await;
        assert_eq!(page, expected("history, a page of 4 KB"));
        let entry = cost_of(&wire, get(&bob, &format!("{path}/1"))).await;
        assert_eq!(entry, "1 round trips, 3 read, 0 written");
    }
}

#[tokio::test]
async fn a_block() {
    let (backend, wire) = Wire::backend(|_| {}).await;
    let [alice, bob] = people(&backend).await;
    let path = format!("/v1/blocks/{}", bob.id);
    let block = cost_of(&wire, alice.request(http::Method::PUT, &path)).await;
    assert_eq!(block, expected("block"));
    let unblock = cost_of(&wire, alice.request(http::Method::DELETE, &path)).await;
    assert_eq!(unblock, "1 round trips, 0.5 read, 1 written");
}

#[tokio::test]
async fn a_move_of_the_read_position() {
    let (backend, wire) = Wire::backend(|_| {}).await;
    let [alice, bob] = people(&backend).await;
    let group = alice.group(&[&bob]).await;
    alice.say(&group, "hi").await.expect(201);
    let direct = alice.begin(&bob).await;
    for (conversation, seq, row) in [
        (&group.conversation, 2, "mark read, in a group"),
        (&direct, 1, "mark read, between two people"),
    ] {
        let path = format!("/v1/conversations/{conversation}/read");
        let read = bob.request(http::Method::PUT, &path).json(&json!({ "seq": seq }));
        assert_eq!(cost_of(&wire, read).await, expected(row));
    }
}

/// Adding and giving a role read four units, and the user's row, eventually; removing reads neither blocks nor the user.
///
/// Written are in each case the entry, the membership (2 each, in a transaction) and its place in the index (1); 2 more
/// where the group's counts change, and 1 more where it is open: its place in the index of open groups. A role that is
/// not the owner's changes no count.
#[tokio::test]
async fn a_change_of_members() {
    let (backend, wire) = Wire::backend(|_| {}).await;
    let [alice, bob, carol] = people(&backend).await;
    for (group, open) in [(alice.group(&[&bob]).await, 0), (alice.open_group(&[&bob]).await, 1)] {
        let changes = [
            (ask::add(&alice, &group, &carol), "4.5", 7 + open),
            (ask::role(&alice, &group, &carol, "admin"), "4.5", 5),
            (ask::role(&alice, &group, &carol, "owner"), "4.5", 7 + open),
            (ask::role(&alice, &group, &carol, "member"), "4.5", 7 + open),
            (ask::remove(&alice, &group, &carol), "3", 7 + open),
            (ask::add(&alice, &group, &carol), "4.5", 7 + open),
            (ask::remove(&carol, &group, &carol), "2", 7 + open),
        ];
        for (at, (change, read, written)) in changes.into_iter().enumerate() {
            let three = format!("3 round trips, {read} read, {written} written");
            assert_eq!(cost_of(&wire, change).await, three, "change {at}, open: {open}");
        }
        if open == 1 {
            let join = cost_of(&wire, ask::add(&carol, &group, &carol)).await;
            assert_eq!(join, "3 round trips, 3 read, 8 written");
        }
    }
}

/// Cognito's calls do not come by here. Registering counts the address and looks for the name, side by side. Authenticating
/// reads half a unit, side by side with Cognito, and refreshing another: whose the name is, and whether the profile is there,
/// heals registrations that broke off.
#[tokio::test]
async fn registering_signing_in_and_out() {
    let (backend, wire) = Wire::backend(|options| options.registration_limit = Some(100)).await;
    let (anyone, name) = (backend.anyone(), unique("p"));
    let post = |path: &str, body: &Value| anyone.request(http::Method::POST, path).json(body);
    let body = json!({
        "username": name,
        "email": format!("{name}@example.com"),
        "password": PASSWORD,
    });
    let register = cost_of(&wire, post("/v1/register", &body)).await;
    assert_eq!(register, expected("register"));
    let body = json!({ "username": name, "password": PASSWORD });
    let authenticate = cost_of(&wire, post("/v1/authenticate", &body)).await;
    assert_eq!(authenticate, expected("authenticate"));
    let ada = Person::sign_in(&backend, &name).await;
    let body = json!({ "refreshToken": ada.tokens["refreshToken"] });
    assert_eq!(cost_of(&wire, post("/v1/authenticate/refresh", &body)).await, expected("refresh"));
    let sign_out = ada.request(http::Method::POST, "/v1/sign-out");
    let row = expected("sign-out, password changed or reset, without sockets");
    assert_eq!(cost_of(&wire, sign_out).await, row);
}

#[tokio::test]
async fn exporting_and_leaving() {
    let (backend, wire) = Wire::backend(|_| {}).await;
    let [alice, bob] = people(&backend).await;
    alice.begin(&bob).await;
    let mut path = "/v1/users/me/export".to_owned();
    // Behind the person, the sockets and the conversations.
    for _ in 0..3 {
        let cursor = alice.get(&path).await.expect(200).text("nextCursor").to_owned();
        path = format!("/v1/users/me/export?cursor={cursor}");
    }
    let messages = cost_of(&wire, alice.request(http::Method::GET, &path)).await;
    assert_eq!(messages, expected("export, a page of 4 KB of messages in one conversation"));
    let leave = alice.request(http::Method::DELETE, "/v1/users/me");
    assert_eq!(cost_of(&wire, leave).await, expected("delete the account, without sockets"));
}

/// On the hot path of every client that repeats.
#[tokio::test]
async fn a_repeat() {
    let (backend, wire) = Wire::backend(|_| {}).await;
    let [alice, bob] = people(&backend).await;
    let again = || ask::named(&alice, &bob, "once", "m-1");
    again().send().await.expect(201);
    let (reply, calls): (Reply, _) = wire.record(again().send()).await;
    reply.expect(200);
    // The claim is refused, which the engine does not count and AWS charges 1 for; what is written is the message's
    // place in it.
    assert!(calls.iter().any(|done| is_refused(done.output.as_ref())));
    let counted: Vec<_> =
        calls.into_iter().filter(|done| !is_refused(done.output.as_ref())).collect();
    assert_eq!(cost(&counted).to_string(), "2 round trips, 3.5 read, 1 written");
}

fn is_refused(output: Option<&Value>) -> bool {
    output.is_some_and(|output| output["__type"].is_string())
}

/// What a push asks the tables, beside what the sends ask.
#[tokio::test]
async fn a_push() {
    let (backend, wire) = Wire::behind_events(|_| {}).await;
    let [alice, bob, carol] = people(&backend).await;
    let (mut alices, mut bobs) = (alice.connect().await, bob.connect().await);
    let group = alice.group(&[&bob, &carol]).await;
    for socket in [&mut alices, &mut bobs] {
        socket.next("group.created").await;
    }
    let mut push_of = async |sent: tests::Request| {
        let pushing = async {
            sent.send().await.expect(201);
            for socket in [&mut alices, &mut bobs] {
                socket.next("message.created").await;
            }
        };
        cost(&wire.record(pushing).await.1).to_string()
    };
    let direct = json!({ "recipientId": bob.id, "body": "hi" });
    let direct = alice.request(http::Method::POST, "/v1/messages").json(&direct);
    // Two rows of sockets, eventually, and one block; two people are always members.
    assert_eq!(push_of(direct).await, "2 round trips, 2 read, 0 written");
    let said = json!({ "body": "hi" });
    let said = alice.request(http::Method::POST, &group.path("/messages")).json(&said);
    // A page of the index, three rows of sockets, two memberships and one block.
    assert_eq!(push_of(said).await, "3 round trips, 5 read, 0 written");
}
