//! A look at lists of entries and messages.

use serde_json::Value;

/// Their places in the log.
#[must_use]
pub fn seqs(entries: &[Value]) -> Vec<u64> {
    entries.iter().map(|entry| entry["seq"].as_u64().expect("a seq")).collect()
}

/// What they say; nothing for those without a body.
#[must_use]
pub fn bodies(entries: &[Value]) -> Vec<&str> {
    entries.iter().map(|entry| entry["body"].as_str().unwrap_or_default()).collect()
}

/// Their types.
#[must_use]
pub fn types(entries: &[Value]) -> Vec<&str> {
    entries.iter().map(|entry| entry["type"].as_str().expect("a type")).collect()
}

/// The names of an object's members, sorted.
#[must_use]
pub fn keys(object: &Value) -> Vec<&str> {
    let members = object.as_object().expect("an object");
    let mut keys: Vec<&str> = members.keys().map(String::as_str).collect();
    keys.sort_unstable();
    keys
}

/// Checks that a log has no hole, no repeat and no step back in time, from `first` on.
#[track_caller]
pub fn assert_dense(log: &[Value], first: u64) {
    let expected: Vec<u64> = (first..).take(log.len()).collect();
    assert_eq!(seqs(log), expected, "the log is not dense");
    let times: Vec<&str> = log.iter().filter_map(|entry| entry["createdAt"].as_str()).collect();
    assert!(times.is_sorted(), "the log goes back in time: {times:?}");
}
