//! What a request costs.
//!
//! The engine counts as AWS does (its source, `types.rs` and `actions/index_capacity.rs`): per item rounded up to 4 KB
//! for reads and 1 KB for writes, half for eventual reads, in batches by item and for missing items too, a query by the
//! sum of what it read and at least one unit, a transaction twice but for its index writes. Unlike AWS, which charges
//! a write for it, it reports nothing for a write whose condition fails. What DynamoDB Local counts otherwise is in
//! [`super::dynamodb_local`].

use std::fmt;
use std::time::Instant;

use serde_json::Value;

use super::{Done, dynamodb_local};
use crate::backend;

/// What a request costs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cost {
    /// The longest chain of calls of which each began when the one before had ended.
    pub round_trips: usize,
    /// Read units.
    pub read: f64,
    /// Write units, of indexes too.
    pub written: f64,
}

/// What `calls` cost.
///
/// # Panics
/// When the engine did not say.
#[must_use]
pub fn cost(calls: &[Done]) -> Cost {
    let (mut read, mut written) = (0.0, 0.0);
    for done in calls {
        match done.call.operation.as_str() {
            "GetItem" | "BatchGetItem" | "Query" => read += units(done),
            _ => written += units(done),
        }
    }
    Cost { round_trips: round_trips(calls), read, written }
}

fn units(done: &Done) -> f64 {
    let consumed = done.output.as_ref().map(|output| &output["ConsumedCapacity"]);
    let tables = match consumed {
        Some(Value::Array(tables)) => tables.as_slice(),
        Some(table @ Value::Object(_)) => std::slice::from_ref(table),
        _ => panic!("no capacity was reported for {done:?}"),
    };
    let units = |table: &Value| match backend::dynamodb_local() {
        None => table["CapacityUnits"].as_f64(),
        Some(_) => Some(dynamodb_local::units(done, table)),
    };
    tables.iter().filter_map(units).sum()
}

/// Of the calls that can come next in the chain, the one that ends first leaves most room.
fn round_trips(calls: &[Done]) -> usize {
    let mut by_end: Vec<(Instant, Instant)> =
        calls.iter().map(|done| (done.began, done.ended)).collect();
    by_end.sort_by_key(|(_, ended)| *ended);
    let mut last_end = None;
    let mut chain = 0;
    for (began, ended) in by_end {
        if last_end.is_none_or(|last_end| began >= last_end) {
            last_end = Some(ended);
            chain += 1;
        }
    }
    chain
}

impl fmt::Display for Cost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { round_trips, read, written } = self;
        write!(f, "{round_trips} round trips, {read} read, {written} written")
    }
}
