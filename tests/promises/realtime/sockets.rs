//! Sockets that are gone, or not yet there, or do not take a frame.

use std::collections::HashMap;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use shared::model::Timestamp;
use tests::faults::{PostFault, Posts};
use tests::{Backend, Person, people, says};

/// The row of a person's sockets, without its key and its end.
async fn row(client: &Client, person: &Person) -> HashMap<String, AttributeValue> {
    let get = client.get_item().table_name("Connections").consistent_read(true);
    let item = get.key("userId", AttributeValue::S(person.id.clone())).send().await;
    let mut item = item.expect("an answer").item.unwrap_or_default();
    item.remove("userId");
    item.remove("expiresAt");
    item
}

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

#[tokio::test]
async fn what_a_socket_did_not_take_comes_again_in_order() {
    let posts = Posts::default();
    let backend = Backend::private(|options| posts.set(options)).await;
    let [alice, bob] = people(&backend).await;
    let mut sockets = [bob.connect().await, bob.connect().await];
    let mut refused = 0;
    posts.decide(move |frame| {
        let refuse = frame.contains("\"body\":\"3\"") && refused < 9;
        refused += i32::from(refuse);
        refuse.then_some(PostFault::Throttle)
    });
    for number in 0..8 {
        alice.send(&bob, &number.to_string()).await.expect(201);
    }
    for socket in &mut sockets {
        let seen = socket.all_until(says("7")).await;
        let mut first_seen: Vec<u64> = Vec::new();
        for seq in seen.iter().filter_map(|frame| frame["message"]["seq"].as_u64()) {
            if !first_seen.contains(&seq) {
                first_seen.push(seq);
            }
        }
        assert_eq!(first_seen, (1..=8).collect::<Vec<_>>(), "{seen:?}");
    }
}
