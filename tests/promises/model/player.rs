//! A client as the contract has it: what is answered 429 or 5xx is asked again, a message with the same
//! `clientMessageId`.

use std::sync::Arc;
use std::time::Duration;

use tests::{Reply, Request};

use super::world::World;

/// After how many tries a client gives up, which fails the test.
const TRIES: usize = 60;

/// Makes a request until it is answered one way or the other.
pub async fn insist(world: &World, event: usize, request: &Request) -> Reply {
    let mut has_waited = false;
    for _ in 0..TRIES {
        let reply = world.history.attempt(event, request.clone().send()).await;
        match reply.status.as_u16() {
            429 => {
                assert!(!has_waited, "refused again after the wait that was asked for: {reply}");
                let wait = reply.header("retry-after").parse().expect("whole seconds");
                tokio::time::sleep(Duration::from_secs(wait)).await;
                has_waited = true;
            }
            500 | 502..600 => {
                assert_eq!(reply.status, 503, "a fault of ours: {reply}");
                assert_ne!(reply.header("retry-after"), "", "no Retry-After: {reply}");
                has_waited = false;
            }
            _ => return reply,
        }
    }
    panic!("{TRIES} tries were not enough");
}

/// Makes a request and does not wait long for its answer, but asks again.
pub async fn hurry(
    world: &Arc<World>,
    event: usize,
    request: &Request,
    patience: Duration,
) -> Reply {
    let first = {
        let (world, request) = (Arc::clone(world), request.clone());
        async move { drop(world.history.attempt(event, request.send()).await) }
    };
    let mut first = tokio::spawn(first);
    if tokio::time::timeout(patience, &mut first).await.is_err() {
        world.leave(first);
    }
    insist(world, event, request).await
}
