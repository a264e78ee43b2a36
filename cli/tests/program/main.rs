//! The program itself against a local server: what it prints, how it ends, and what it keeps.
#![expect(clippy::unwrap_used, reason = "what fails in a test fails the test")]
#![expect(clippy::panic, reason = "what fails in a test fails the test")]

mod accounts;
mod chat;
mod connect;
mod operating;
mod profiles;
mod sessions;
mod support;
mod terminal;
