//! The whole backend in one process: the lambdas behind a gateway of ours, on embedded engines, with its state in one
//! folder.

pub mod engine;
pub mod functions;
pub mod gateway;
pub mod mapping;
pub mod outbox;
pub mod realtime;

mod aws;
mod backend;
mod clock;
mod data;
mod error;
mod invocation;
mod permissions;
mod reference;
mod server;
mod serving;
mod storage;
mod this_machine;
mod web;

pub use error::StartError;
pub use server::{Options, Server, start};
pub use storage::{Around, HttpClients};
