//! No push whose look at a block or a membership begins after it was acknowledged shows what it must not.

use tests::faults::{When, Wire};
use tests::{people, says};

#[tokio::test]
async fn a_block_that_was_acknowledged_before_the_look_holds() {
    let (backend, wire) = Wire::behind_events(|_| {}).await;
    let [alice, bob, carol] = people(&backend).await;
    let mut socket = bob.connect().await;
    let group = carol.group(&[&alice, &bob]).await;
    socket.next("group.created").await;
    let look = wire.on(When::batch_get("BlockedUsers").with(&alice.id)).hold();
    alice.say(&group, "too late").await.expect(201);
    look.reached().await;
    bob.block(&alice).await.expect(204);
    look.release();
    carol.say(&group, "fence").await.expect(201);
    let seen = socket.all_until(says("fence")).await;
    assert!(!seen.iter().any(|frame| frame["message"]["body"] == "too late"), "{seen:?}");
}

#[tokio::test]
async fn a_removal_that_was_acknowledged_before_the_look_holds() {
    let (backend, wire) = Wire::behind_events(|_| {}).await;
    let [alice, bob] = people(&backend).await;
    let mut socket = bob.connect().await;
    let group = alice.group(&[&bob]).await;
    socket.next("group.created").await;
    let look = wire.on(When::batch_get("GroupMemberships").with(&bob.id)).hold();
    alice.say(&group, "too late").await.expect(201);
    look.reached().await;
    alice.remove_member(&group, &bob).await.expect(204);
    look.release();
    let seen = socket.all_until(|frame| frame["type"] == "member.removed").await;
    assert!(!seen.iter().any(|frame| frame["message"]["body"] == "too late"), "{seen:?}");
}

#[tokio::test]
async fn what_the_tables_did_not_answer_is_pushed_when_they_do() {
    let (backend, wire) = Wire::behind_events(|_| {}).await;
    let [alice, bob] = people(&backend).await;
    let mut socket = bob.connect().await;
    wire.on(When::batch_get("Connections")).times(12).fail(tests::faults::Fault::Throttle);
    for number in 0..5 {
        alice.send(&bob, &number.to_string()).await.expect(201);
    }
    let seen = socket.all_until(says("4")).await;
    let mut bodies: Vec<&str> =
        seen.iter().filter_map(|frame| frame["message"]["body"].as_str()).collect();
    bodies.dedup();
    assert_eq!(bodies, ["0", "1", "2", "3", "4"]);
}
