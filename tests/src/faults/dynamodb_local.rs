//! The capacity that DynamoDB Local 2.6.1 reports, put right where it is not what AWS documents. Whatever is not named
//! here counts as it is reported.

use serde_json::Value;

use super::Done;

/// The units that `done` consumed of a table, by the report on that table.
pub(super) fn units(done: &Done, report: &Value) -> f64 {
    let name = report["TableName"].as_str().unwrap_or_default();
    let reported = capacity(report);
    match done.call.operation.as_str() {
        "BatchGetItem" => reported + missing_rows(done, name),
        "Query" => reported + nothing_found(done),
        "TransactWriteItems" => transaction(done, name, report),
        _ => reported,
    }
}

/// A row that is not there is reported as nothing, and costs as much as the smallest one.
fn missing_rows(done: &Done, table: &str) -> f64 {
    let request = &done.call.input["RequestItems"][table];
    let asked = count(&request["Keys"]);
    let found = done.output.as_ref().map_or(0.0, |output| count(&output["Responses"][table]));
    (asked - found) * smallest_read(request)
}

/// A query that reads no row is reported as nothing, and costs as much as one that reads the smallest.
fn nothing_found(done: &Done) -> f64 {
    let is_empty = done.output.as_ref().is_some_and(|output| output["ScannedCount"] == 0);
    if is_empty { smallest_read(&done.call.input) } else { 0.0 }
}

/// A row is reported with 4 units for each KB, and 4 for its place in an index, where AWS takes 2 and 1. Rows of a table
/// that cost the same are reported as one; ours do, in every transaction.
fn transaction(done: &Done, table: &str, report: &Value) -> f64 {
    let rows: f64 = done.call.tables().iter().map(|name| f64::from(*name == table)).sum();
    let indexes = report["GlobalSecondaryIndexes"].as_object().into_iter().flatten();
    let in_indexes: f64 = indexes.map(|(_, index)| capacity(index)).sum();
    rows * (capacity(&report["Table"]) / 2.0 + in_indexes / 4.0)
}

fn smallest_read(request: &Value) -> f64 {
    if request["ConsistentRead"] == true { 1.0 } else { 0.5 }
}

fn capacity(report: &Value) -> f64 {
    report["CapacityUnits"].as_f64().unwrap_or_default()
}

fn count(list: &Value) -> f64 {
    list.as_array().into_iter().flatten().map(|_| 1.0).sum()
}
