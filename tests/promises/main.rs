//! The promises of the design, with the interleavings and the faults that they are made for. All of it runs in this
//! process, with every call to DynamoDB in the tests' hands.

mod busy;
mod once;
mod rules;
mod support;
