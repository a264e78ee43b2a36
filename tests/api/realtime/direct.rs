//! Push between two people.

use serde_json::{Value, json};
use tests::{bodies, says, seqs};

use crate::people;

fn created(message: &Value) -> Value {
    json!({ "type": "message.created", "message": message })
}

#[tokio::test]
async fn a_message_reaches_every_device_of_both() {
    let [alice, bob, carol] = people().await;
    let mut devices =
        [bob.connect().await, bob.connect().await, alice.connect().await, alice.connect().await];
    let mut bystander = carol.connect().await;
    let sent = alice.send(&bob, "hi").await.expect(201);
    for device in &mut devices {
        assert_eq!(device.next("message.created").await, created(&sent.body));
    }
    // Nobody else's.
    bob.send(&carol, "for you").await.expect(201);
    let seen = bystander.all_until(says("for you")).await;
    assert_eq!(seen.len(), 1, "{seen:?}");
}

#[tokio::test]
async fn messages_come_in_the_order_of_the_log() {
    let [alice, bob] = people().await;
    let mut socket = bob.connect().await;
    for number in 1..=30 {
        alice.send(&bob, &number.to_string()).await.expect(201);
    }
    let seen = socket.all_until(says("30")).await;
    let messages: Vec<Value> = seen.iter().map(|frame| frame["message"].clone()).collect();
    let mut order = seqs(&messages);
    order.dedup();
    assert_eq!(order, (1..=30).collect::<Vec<u64>>());
    let log = bob.history(messages[0]["conversationId"].as_str().unwrap()).await;
    assert_eq!(bodies(&log).len(), 30);
}

#[tokio::test]
async fn both_see_edits_and_deletions_with_the_message_as_it_now_is() {
    let [alice, bob] = people().await;
    let mut sockets = [alice.connect().await, bob.connect().await];
    let conversation = alice.begin(&bob).await;
    let edited = alice.edit(&conversation, 1, "better").await.expect(200);
    for socket in &mut sockets {
        let update = socket.next("message.updated").await;
        assert_eq!(update["message"], edited.body);
        assert_eq!(update["entry"], bob.entry(&conversation, 2).await.expect(200).body);
        assert_eq!(
            (&update["entry"]["type"], &update["entry"]["target"]),
            (&json!("edited"), &json!(1))
        );
    }
    alice.erase(&conversation, 1).await.expect(204);
    for socket in &mut sockets {
        let update = socket.next("message.deleted").await;
        assert_eq!(update["message"], bob.entry(&conversation, 1).await.expect(200).body);
        assert!(
            update["message"].get("body").is_none() && update["message"]["deletedAt"].is_string()
        );
        assert_eq!(update["entry"]["seq"], 3);
    }
}

#[tokio::test]
async fn a_refused_message_reaches_nobody() {
    let [alice, bob] = people().await;
    alice.begin(&bob).await;
    bob.block(&alice).await.expect(204);
    let mut socket = bob.connect().await;
    alice.send(&bob, "refused").await.problem(403, "blocked");
    bob.unblock(&alice).await.expect(204);
    alice.send(&bob, "allowed").await.expect(201);
    let seen = socket.all_until(says("allowed")).await;
    assert!(!seen.iter().any(|frame| frame["message"]["body"] == "refused"), "{seen:?}");
}

#[tokio::test]
async fn what_came_while_one_was_away_is_in_the_log() {
    let [alice, bob] = people().await;
    let mut socket = bob.connect().await;
    let conversation = alice.begin(&bob).await;
    let held = socket.next("message.created").await["message"]["seq"].as_u64().unwrap();
    socket.close().await;
    alice.send(&bob, "while away").await.expect(201);
    let mut socket = bob.connect().await;
    let path = format!("/v1/conversations/{conversation}/messages?after={held}");
    let missed = bob.get(&path).await.expect(200);
    assert_eq!(bodies(missed["entries"].as_array().unwrap()), ["while away"]);
    alice.send(&bob, "back").await.expect(201);
    assert_eq!(socket.until(says("back")).await["message"]["seq"], held + 2);
}
