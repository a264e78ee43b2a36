//! Sockets that are gone, or not yet there, or do not take a frame.

use std::collections::{HashMap, HashSet};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use futures_util::future::join_all;
use serde_json::Value;
use shared::model::Timestamp;
use tests::faults::{Post, PostFault, Posts, When, Wire};
use tests::{Backend, Person, eventually, people, says};

use super::row;

/// How often the SDK tries.
const ATTEMPTS: usize = 4;

/// Adds a socket that does not exist, as a crash leaves it behind.
async fn add_dead(client: &Client, person: &Person, id: &str, millis_ago: i64) {
    let since = Timestamp::now().plus_millis(-millis_ago).to_string();
    let socket = HashMap::from([("since".to_owned(), AttributeValue::S(since))]);
    let update = client.update_item().table_name("Connections");
    update
        .key("userId", AttributeValue::S(person.id.clone()))
        .update_expression("SET #id = :socket")
        .expression_attribute_names("#id", id)
        .expression_attribute_values(":socket", AttributeValue::M(socket))
        .send()
        .await
        .expect("an answer");
}

#[tokio::test]
async fn a_dead_socket_is_forgotten_and_one_that_is_opening_is_not() {
    let backend = Backend::private(|_| {}).await;
    let client = backend.server().expect("a server of ours").dynamodb().clone();
    let [alice, bob] = people(&backend).await;
    let mut socket = bob.connect().await;
    add_dead(&client, &bob, "dead=", 60_000).await;
    add_dead(&client, &bob, "opening=", 0).await;
    alice.send(&bob, "one").await.expect(201);
    socket.until(says("one")).await;
    // Behind the first push.
    alice.send(&bob, "two").await.expect(201);
    socket.until(says("two")).await;
    let left = row(&client, &bob).await;
    assert!(!left.contains_key("dead="), "{left:?}");
    assert!(left.contains_key("opening="), "{left:?}");
    assert_eq!(left.len(), 2, "{left:?}");
}

#[tokio::test]
async fn a_socket_that_must_be_closed_by_now_is_not_tried() {
    let posts = Posts::default();
    let backend = Backend::private(|options| posts.set(options)).await;
    let client = backend.server().expect("a server of ours").dynamodb().clone();
    let [alice, bob] = people(&backend).await;
    add_dead(&client, &bob, "old=", 3 * 60 * 60 * 1_000).await;
    let mut socket = bob.connect().await;
    // Opening another has forgotten it.
    assert_eq!(row(&client, &bob).await.len(), 1);
    alice.send(&bob, "hi").await.expect(201);
    socket.until(says("hi")).await;
    socket.close().await;
    let gone = async || row(&client, &bob).await;
    assert!(tests::eventually(gone, HashMap::is_empty).await.is_empty());
}

/// The numbers of the messages among `frames`, as often as they came.
fn numbers(frames: &[Value]) -> Vec<u64> {
    frames.iter().filter_map(|frame| frame["message"]["seq"].as_u64()).collect()
}

#[tokio::test]
async fn a_socket_that_takes_nothing_is_ended_and_no_other_notices() {
    let posts = Posts::default();
    let backend = Backend::private(|options| posts.set(options)).await;
    let client = backend.server().expect("a server of ours").dynamodb().clone();
    let [alice, bob] = people(&backend).await;
    let deaf = bob.connect().await;
    let id = row(&client, &bob).await.into_keys().next().expect("a socket");
    let mut socket = bob.connect().await;
    posts.decide(move |post| (post.socket == id).then_some(PostFault::Throttle));
    for number in 0..8 {
        alice.send(&bob, &number.to_string()).await.expect(201);
    }
    let seen = numbers(&socket.all_until(says("7")).await);
    assert_eq!(seen, (1..=8).collect::<Vec<_>>(), "each once, in order");
    deaf.closed().await;
    let left = row(&client, &bob).await;
    assert_eq!(left.len(), 1, "{left:?}");
}

#[tokio::test]
async fn what_most_sockets_did_not_take_comes_again_in_order() {
    let posts = Posts::default();
    let backend = Backend::private(|options| posts.set(options)).await;
    let [alice, bob] = people(&backend).await;
    let mut sockets = join_all((0..9).map(|_| bob.connect())).await;
    let mut refused = 0;
    posts.decide(move |post| {
        let refuse = post.frame.contains("\"body\":\"3\"") && refused < 9 * ATTEMPTS;
        refused += usize::from(refuse);
        refuse.then_some(PostFault::Throttle)
    });
    for number in 0..8 {
        alice.send(&bob, &number.to_string()).await.expect(201);
    }
    for socket in &mut sockets {
        let mut seen = numbers(&socket.all_until(says("7")).await);
        let mut met = HashSet::new();
        seen.retain(|number| met.insert(*number));
        assert_eq!(seen, (1..=8).collect::<Vec<_>>());
    }
}

#[tokio::test]
async fn who_cannot_be_told_of_a_block_or_of_a_groups_end_is_told_by_the_repeat() {
    let posts = Posts::default();
    let backend = Backend::private(|options| posts.set(options)).await;
    let [alice, bob] = people(&backend).await;
    let group = alice.group(&[]).await;
    let mut sockets = join_all((0..9).map(|_| alice.connect())).await;
    let refuse = |what: &'static str| {
        let mut refused = 0;
        move |post: &Post| {
            let refuse = post.frame.contains(what) && refused < 9 * ATTEMPTS;
            refused += usize::from(refuse);
            refuse.then_some(PostFault::Throttle)
        }
    };
    posts.decide(refuse("blocks.changed"));
    alice.block(&bob).await.problem(503, "unavailable");
    alice.block(&bob).await.expect(204);
    posts.decide(refuse("group.deleted"));
    alice.delete(&group.path("")).await.problem(503, "unavailable");
    alice.delete(&group.path("")).await.expect(204);
    for socket in &mut sockets {
        socket.next("blocks.changed").await;
        socket.next("group.deleted").await;
    }
}

#[tokio::test]
async fn a_socket_in_its_handshake_ends_with_the_sessions() {
    let (backend, wire) = Wire::behind_events(|_| {}).await;
    let [alice] = people(&backend).await;
    let noted = wire.on(When::operation("UpdateItem", "Connections").with(&alice.id)).hold_answer();
    let connecting = tests::faults::start({
        let alice = alice.clone();
        async move { alice.connect().await }
    });
    noted.reached().await;
    let signing_out = tests::faults::start({
        let alice = alice.clone();
        async move { alice.post("/v1/sign-out", None).await }
    });
    let client = backend.server().expect("a server of ours").dynamodb();
    eventually(async || row(client, &alice).await, |row| row.contains_key("endedAt")).await;
    noted.release();
    connecting.await.expect("a socket").closed().await;
    signing_out.await.expect("an answer").expect(204);
}
