//! The contract over HTTP, a module per feature. Runs in process, or with `CHINWAG_URL` against any deployment.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod blocks;
mod check;
mod confirmation;
mod conventions;
mod conversations;
mod deleting;
mod direct;
mod editing;
mod errors;
mod flood;
mod groups;
mod hidden;
mod history;
mod identity;
mod joining;
mod log;
mod matrix;
mod notifications;
mod reading;
mod realtime;
mod registration;
mod removal;
mod roles;
mod routes;
mod sending_again;
mod sign_in;
mod users;

use tests::{Backend, Person};

/// As many people as the test has names for, on the shared backend.
async fn people<const N: usize>() -> [Person; N] {
    tests::people(Backend::shared().await).await
}
