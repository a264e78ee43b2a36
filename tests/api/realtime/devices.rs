//! How many sockets one person may have, and how they end.

use serde_json::json;
use tests::says;

use crate::people;

#[tokio::test]
async fn the_oldest_of_more_than_twenty_devices_goes() {
    let [alice, bob] = people().await;
    let mut devices = Vec::new();
    for _ in 0..21 {
        devices.push(bob.connect().await);
    }
    devices.remove(0).closed().await;
    alice.send(&bob, "hi").await.expect(201);
    for device in &mut devices {
        device.until(says("hi")).await;
    }
}

#[tokio::test]
async fn a_device_that_has_left_keeps_nothing_from_the_others() {
    let [alice, bob] = people().await;
    let (left, broken, mut stays) = (bob.connect().await, bob.connect().await, bob.connect().await);
    left.close().await;
    drop(broken);
    alice.send(&bob, "one").await.expect(201);
    alice.send(&bob, "two").await.expect(201);
    stays.until(says("one")).await;
    stays.until(says("two")).await;
    assert_eq!(stays.ask(json!({ "action": "ping" })).await["type"], "pong");
}
