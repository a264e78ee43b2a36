//! What the black-box suites stand on: a backend to talk to, people who use it, and answers that are easy to check.
//!
//! ```no_run
//! # async fn example() {
//! use serde_json::json;
//! use tests::{Backend, people};
//!
//! let backend = Backend::shared().await;
//! let [alice, bob] = people(backend).await;
//! let sent = alice.send(&bob, "hi").await.expect(201);
//! assert_eq!(sent["body"], "hi");
//! alice.post("/v1/messages", json!({ "recipientId": bob.id })).await.refused(422).naming(&["/body"]);
//! bob.block(&alice).await.expect(204);
//! alice.send(&bob, "hi again").await.problem(403, "blocked");
//! # }
//! ```
//!
//! Every answer at all is held against `api/openapi.json`, every frame of a socket against `api/asyncapi.json`, every answer with
//! `expect` against the conventions of the contract (no null, times with milliseconds), every refusal against the form of
//! problem details.

#![expect(clippy::expect_used, reason = "a broken set-up fails the test that needs it")]
#![expect(clippy::missing_panics_doc, reason = "to panic is how a test fails")]

mod backend;
mod client;
mod contract;
mod entries;
mod eventually;
pub mod faults;
mod frames;
pub mod http;
pub mod notifier;
mod person;
mod reply;
mod runtime;
mod schemas;
mod socket;
mod system;
mod user_pool;

pub use backend::Backend;
pub use client::{Client, Request};
pub use entries::{assert_dense, bodies, keys, seqs, types};
pub use eventually::{eventually, within};
pub use person::{Group, MAILBOX, PASSWORD, Person, people, unique};
pub use reply::{Answer, Refusal, Reply};
pub use socket::{Socket, says};
pub use system::{System, sign_locally};
