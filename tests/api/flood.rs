//! Flood control, which the local server has only where it is asked for.

use tests::{Backend, Person, Reply, people};

/// Sends until one is refused: a slow machine may take more than a second for the first few.
async fn until_refused(from: &Person, to: &Person) -> (u64, Reply) {
    for sent in 0..100 {
        let reply = from.send(to, "again").await;
        if reply.status != 201 {
            return (sent, reply);
        }
    }
    panic!("a hundred messages, and none was too many");
}

#[tokio::test]
async fn too_many_messages_a_second_are_refused_with_the_time_to_wait() {
    let backend = Backend::private(|options| options.flood_limit = Some(2)).await;
    let [alice, bob, carol] = people(&backend).await;
    let (sent, refused) = until_refused(&alice, &bob).await;
    assert!(sent >= 2, "two a second are allowed, not {sent}");
    let wait: Result<u64, _> = refused.header("retry-after").parse();
    assert!(wait.is_ok_and(|seconds| seconds >= 1), "{refused}");
    for header in ["ratelimit", "ratelimit-policy"] {
        assert_ne!(refused.header(header), "", "{header} of {refused}");
    }
    refused.refused(429);

    // Others, and other conversations, are not held up.
    let answer = bob.send(&alice, "an answer").await.expect(201);
    carol.send(&bob, "hi").await.expect(201);
    alice.send(&carol, "hi").await.expect(201);
    let log = alice.history(answer.text("conversationId")).await;
    assert_eq!(log.len() as u64, sent + 1, "what was refused is not stored");
}

#[tokio::test]
async fn flood_control_is_off_unless_asked_for() {
    let backend = Backend::private(|_| {}).await;
    let [alice, bob] = people(&backend).await;
    for _ in 0..30 {
        alice.send(&bob, "again").await.expect(201);
    }
    assert_eq!(bob.check().await.len(), 30);
}
