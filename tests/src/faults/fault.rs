//! What can happen to a call.

use std::fmt;
use std::sync::Arc;

use serde_json::{Value, json};

use super::Call;

/// What happens to a call.
#[derive(Debug, Clone)]
pub enum Fault {
    /// DynamoDB is too busy for it.
    Throttle,
    /// A transaction has the row.
    Conflict,
    /// The connection breaks before DynamoDB has it.
    LoseCall,
    /// The connection breaks after DynamoDB has carried it out.
    LoseAnswer,
    /// The process dies before this call: no call of its request is made any more.
    CrashBefore,
    /// The process dies after this call, before it sees the answer.
    CrashAfter,
    /// It asks for something else.
    Ask(Change),
    /// It is answered something else.
    Answer(Change),
}

/// A change of JSON on its way.
#[derive(Clone)]
pub struct Change(Arc<dyn Fn(&mut Value) + Send + Sync>);

impl Fault {
    /// It asks for something else.
    pub fn ask(change: impl Fn(&mut Value) + Send + Sync + 'static) -> Self {
        Self::Ask(Change(Arc::new(change)))
    }

    /// It is answered something else, if it succeeds.
    pub fn answer(change: impl Fn(&mut Value) + Send + Sync + 'static) -> Self {
        Self::Answer(Change(Arc::new(change)))
    }

    /// The read finds nothing: the copy that answers it has not heard of it yet.
    #[must_use]
    pub fn stale() -> Self {
        Self::answer(|answer| {
            if let Some(answer) = answer.as_object_mut() {
                answer.remove("Item");
                answer.remove("LastEvaluatedKey");
                answer.insert("Items".to_owned(), json!([]));
            }
        })
    }

    /// The batch finds nothing in `table`.
    #[must_use]
    pub fn stale_batch(table: &'static str) -> Self {
        Self::answer(move |answer| answer["Responses"][table] = json!([]))
    }
}

impl Change {
    pub(super) fn apply(&self, value: &mut Value) {
        (self.0)(value);
    }
}

impl fmt::Debug for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Change")
    }
}

/// DynamoDB's words for being busy.
pub(super) fn throttled() -> Value {
    refusal("ProvisionedThroughputExceededException", "too many requests for the table")
}

/// DynamoDB's words for a row that a transaction has.
pub(super) fn conflict(call: &Call) -> Value {
    let Some(writes) = call.input["TransactItems"].as_array() else {
        return refusal("TransactionConflictException", "a transaction has the item");
    };
    let mut refusal = refusal("TransactionCanceledException", "the transaction was cancelled");
    let none = json!({ "Code": "None" });
    let conflict =
        json!({ "Code": "TransactionConflict", "Message": "a transaction has the item" });
    refusal["CancellationReasons"] =
        (0..writes.len()).map(|at| if at == 0 { &conflict } else { &none }).cloned().collect();
    refusal
}

/// Whether an operation can meet a transaction.
pub(super) fn can_conflict(call: &Call) -> bool {
    ["PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems"].contains(&&*call.operation)
}

fn refusal(code: &str, message: &str) -> Value {
    json!({ "__type": format!("com.amazonaws.dynamodb.v20120810#{code}"), "message": message })
}
