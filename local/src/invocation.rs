//! The call of a lambda.

use std::panic::AssertUnwindSafe;

use futures_util::FutureExt;
use serde_json::Value;
use shared::events::{EventHandler, Failed};

/// Calls a lambda. A panic of the handler is its failure.
pub async fn call(handler: &EventHandler, event: Value) -> Result<Value, Failed> {
    AssertUnwindSafe(async { handler(event).await }).catch_unwind().await.unwrap_or(Err(Failed))
}
