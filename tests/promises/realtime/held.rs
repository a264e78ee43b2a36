//! What other systems say: in order, before anything newer, none lost, whatever fails on the way.

use http::Method;
use serde_json::{Value, json};
use tests::faults::{Fault, PostFault, Posts, When, Wire};
use tests::{Backend, Person, Socket, System, eventually, people};

use super::row;

async fn notify(system: &System, person: &Person, number: usize) {
    let body = json!({ "userId": person.id, "message": number });
    system.send(Method::POST, "/v1/gateway/messages", Some(&body)).await.expect(202);
}

/// Confirms notifications until `last` has come; answers their numbers, in the order in which they came first.
async fn confirm_until(socket: &mut Socket, last: usize, seen: &mut Vec<u64>) {
    while seen.last() != Some(&(last as u64)) {
        let frame = socket.next("notification").await;
        let number = frame["message"].as_u64().expect("a number");
        if !seen.contains(&number) {
            seen.push(number);
        }
        socket.done(json!({ "action": "received", "messageId": frame["messageId"] })).await;
    }
}

async fn held(backend: &Backend) -> usize {
    let client = backend.server().expect("a server of ours").dynamodb();
    let scan = client.scan().table_name("PendingNotifications").consistent_read(true);
    scan.send().await.expect("an answer").items.unwrap_or_default().len()
}

#[tokio::test]
async fn faults_of_sockets_and_tables_change_neither_order_nor_number() {
    let seed = fastrand::u64(..);
    println!("seed {seed}");
    let mut dice = fastrand::Rng::with_seed(seed);
    let posts = Posts::default();
    let (backend, wire) = Wire::behind_events(|options| {
        posts.set(options);
        options.queue_visibility = Some(std::time::Duration::from_secs(2));
    })
    .await;
    let [alice] = people(&backend).await;
    let system = System::new(&backend);
    posts.decide(move |post| {
        let is_one = post.frame.contains("\"notification\"");
        match dice.u8(..100) {
            0..8 if is_one => Some(PostFault::Fail),
            8..12 if is_one => Some(PostFault::LoseAnswer),
            _ => None,
        }
    });
    for when in [When::put("PendingNotifications"), When::query("PendingNotifications")] {
        wire.on(when).nth(5).times(3).fail(Fault::Throttle);
    }
    wire.on(When::operation("UpdateItem", "Connections")).nth(4).fail(Fault::LoseAnswer);

    let mut seen = Vec::new();
    for round in 0..4 {
        let mut socket = alice.connect().await;
        for number in 0..10 {
            notify(&system, &alice, round * 10 + number).await;
        }
        if round == 3 {
            posts.clear();
            // Whatever could not be sent waits for the next message.
            notify(&system, &alice, 40).await;
            confirm_until(&mut socket, 40, &mut seen).await;
        }
        socket.close().await;
    }
    assert_eq!(seen, (0..=40).collect::<Vec<u64>>(), "seed {seed}");
    assert_eq!(eventually(async || held(&backend).await, |count| *count == 0).await, 0);
}

#[tokio::test]
async fn what_cannot_be_sent_stays_held_until_the_next_socket() {
    let posts = Posts::default();
    let backend = Backend::private(|options| {
        posts.set(options);
        options.queue_visibility = Some(std::time::Duration::from_millis(50));
    })
    .await;
    let [alice] = people(&backend).await;
    let system = System::new(&backend);
    let (tell, mut told) = tokio::sync::mpsc::unbounded_channel();
    posts.decide(move |post| {
        let is_one = post.frame.contains("\"notification\"");
        if is_one {
            let _ = tell.send(());
        }
        is_one.then_some(PostFault::Fail)
    });
    let _deaf = alice.connect().await;
    for number in 0..3 {
        notify(&system, &alice, number).await;
    }
    // Each try is four attempts of the SDK; more than any message may be received.
    for _ in 0..12 {
        told.recv().await.expect("a post");
    }
    posts.clear();
    let mut socket = alice.connect().await;
    let mut numbers: Vec<Value> = Vec::new();
    while numbers.len() < 3 {
        let frame = socket.next("notification").await;
        if !numbers.contains(&frame["message"]) {
            numbers.push(frame["message"].clone());
        }
    }
    assert_eq!(numbers, [0, 1, 2]);
    assert_eq!(held(&backend).await, 3);
}

#[tokio::test]
async fn a_client_that_reads_nothing_gets_what_is_held_on_its_next_socket() {
    let posts = Posts::default();
    let backend = Backend::private(|options| posts.set(options)).await;
    let [alice] = people(&backend).await;
    let system = System::new(&backend);
    posts.decide(|_| Some(PostFault::Throttle));
    let deaf = alice.connect().await;
    notify(&system, &alice, 1).await;
    deaf.closed().await;
    posts.clear();
    let mut socket = alice.connect().await;
    assert_eq!(socket.next("notification").await["message"], 1);
}

#[tokio::test]
async fn what_was_confirmed_is_not_held_again_for_a_socket_that_fails() {
    let posts = Posts::default();
    let backend = Backend::private(|options| {
        posts.set(options);
        options.queue_visibility = Some(std::time::Duration::from_millis(600));
    })
    .await;
    let [alice] = people(&backend).await;
    let system = System::new(&backend);
    let mut socket = alice.connect().await;
    let client = backend.server().expect("a server of ours").dynamodb();
    let good = row(client, &alice).await;
    let _failing = alice.connect().await;
    let (tell, mut told) = tokio::sync::mpsc::unbounded_channel();
    posts.decide(move |post| {
        let fail = !good.contains_key(&post.socket);
        if fail {
            let _ = tell.send(());
        }
        fail.then_some(PostFault::Fail)
    });
    let mut seen = Vec::new();
    notify(&system, &alice, 0).await;
    confirm_until(&mut socket, 0, &mut seen).await;
    // What follows goes through the same lane, behind whatever comes again of the first.
    told.recv().await.expect("a post");
    for number in 1..3 {
        notify(&system, &alice, number).await;
        confirm_until(&mut socket, number, &mut seen).await;
    }
    assert_eq!(seen, [0, 1, 2]);
    let left = async || held(&backend).await;
    assert_eq!(tests::eventually(left, |left| *left == 0).await, 0);
}

#[tokio::test]
async fn a_socket_in_its_handshake_is_waited_for() {
    let posts = Posts::default();
    let backend = Backend::private(|options| posts.set(options)).await;
    let [alice] = people(&backend).await;
    let system = System::new(&backend);
    let mut gone = 0;
    posts.decide(move |_| {
        gone += 1;
        (gone <= 5).then_some(PostFault::Gone)
    });
    let mut socket = alice.connect().await;
    notify(&system, &alice, 1).await;
    assert_eq!(socket.next("notification").await["message"], 1);
}
