//! A group of thousands is reached in chunks, in order.

use aws_sdk_dynamodb::types::{AttributeValue, PutRequest, WriteRequest};
use tests::{Backend, Group, people, says};

/// More than are reached directly.
const STRANGERS: usize = 600;

/// Makes many people members who were never registered: their rows are all that push reads.
async fn fill(backend: &Backend, group: &Group) {
    let client = backend.server().expect("a server of ours").dynamodb();
    let member = |number: usize| {
        let id = format!("{:x}0000000-0000-4000-8000-{number:012}", number % 16);
        let text = |value: &str| AttributeValue::S(value.to_owned());
        let number = |value: &str| AttributeValue::N(value.to_owned());
        let put = PutRequest::builder()
            .item("userId", text(&id))
            .item("conversationId", text(&group.conversation))
            .item("memberOf", text(&group.conversation))
            .item("role", text("member"))
            .item("joinedSeq", number("1"))
            .item("joinedAt", text("2026-01-01T00:00:00.000Z"))
            .item("readSeq", number("1"));
        let put = put.build().expect("a row");
        WriteRequest::builder().put_request(put).build()
    };
    let members: Vec<WriteRequest> = (0..STRANGERS).map(member).collect();
    for some in members.chunks(25) {
        let write = client.batch_write_item().request_items("GroupMemberships", some.to_vec());
        write.send().await.expect("an answer");
    }
}

#[tokio::test]
async fn every_connected_member_gets_everything_in_order() {
    let backend = Backend::private(|_| {}).await;
    let [alice, bob, carol, dave] = people(&backend).await;
    let group = alice.group(&[&bob, &carol, &dave]).await;
    fill(&backend, &group).await;
    let mut sockets = [alice.connect().await, bob.connect().await, carol.connect().await];
    let mut removed = dave.connect().await;
    for number in 0..20 {
        alice.say(&group, &number.to_string()).await.expect(201);
    }
    for socket in &mut sockets {
        let seen = socket.all_until(says("19")).await;
        let mut bodies: Vec<&str> = Vec::new();
        for body in seen.iter().filter_map(|frame| frame["message"]["body"].as_str()) {
            if !bodies.contains(&body) {
                bodies.push(body);
            }
        }
        let expected: Vec<String> = (0..20).map(|number| number.to_string()).collect();
        assert_eq!(bodies, expected);
    }

    removed.until(says("19")).await;
    alice.remove_member(&group, &dave).await.expect(204);
    assert_eq!(removed.next("member.removed").await["entry"]["target"], dave.id);
    alice.say(&group, "without dave").await.expect(201);
    sockets[1].until(says("without dave")).await;
    alice.send(&dave, "fence").await.expect(201);
    let seen = removed.all_until(says("fence")).await;
    assert!(!seen.iter().any(|frame| frame["message"]["body"] == "without dave"), "{seen:?}");
}
