//! The read position never moves back.

use tests::faults::{Fault, When, Wire, start};
use tests::people;

use crate::support::ask;

#[tokio::test]
async fn the_later_of_two_reads_at_once_holds() {
    let (backend, wire) = Wire::backend(|_| {}).await;
    let [alice, bob] = people(&backend).await;
    let conversation = alice.begin(&bob).await;
    for _ in 0..3 {
        alice.send(&bob, "and on").await.expect(201);
    }
    let update = wire.on(When::operation("UpdateItem", "GroupMemberships")).hold();
    let earlier = start(ask::read(&bob, &conversation, 2).send());
    update.reached().await;
    bob.read(&conversation, 4).await.expect(204);
    update.release();
    earlier.await.unwrap().expect(204);
    wire.on(When::operation("UpdateItem", "GroupMemberships")).fail(Fault::LoseAnswer);
    bob.read(&conversation, 3).await.expect(204);

    let listed = bob.conversation(&conversation).await.expect("a conversation");
    assert_eq!((&listed["readSeq"], &listed["unread"]), (&4.into(), &0.into()));
}
