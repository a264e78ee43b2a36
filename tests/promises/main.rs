//! The promises of the design, with the interleavings and the faults that they are made for. All of it runs in this
//! process, with every call to DynamoDB in the tests' hands.

#![expect(clippy::expect_used, reason = "what fails in a test fails the test")]

mod busy;
mod capacity;
mod crashes;
mod erasure;
mod first_use;
mod key_sets;
mod model;
mod notifications;
mod once;
mod positions;
mod price;
mod realtime;
mod rules;
mod support;
