//! What becomes of mail and text messages, for a lambda: asynchronous invocations, as `EventBridge` and SNS make them.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use shared::events::EventHandler;
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::{Mapping, call};
use crate::engine::messaging::{Report, Reports};

/// How many messages are told of side by side.
const MAX_CALLS: usize = 16;

/// How often a lambda is called for an event, at the most.
const TRIES: u32 = 3;

/// How long to wait after a call that failed. AWS Lambda waits for minutes.
const PAUSE: Duration = Duration::from_millis(100);

/// Takes, calls, forgets.
#[derive(Clone)]
struct Teller {
    reports: Arc<Reports>,
    handler: EventHandler,
}

/// Tells a lambda all events: those of a message one after the other, of several messages side by side. What it was not told
/// when the server ends it is told at the next start, so that it may be told twice.
#[must_use]
pub fn start(reports: Arc<Reports>, handler: EventHandler) -> Mapping {
    let teller = Teller { reports, handler };
    Mapping::start(|stopped| teller.run(stopped))
}

impl Teller {
    async fn run(self, mut stopped: watch::Receiver<bool>) {
        let mut calls = JoinSet::new();
        while !*stopped.borrow() {
            let room = calls.len() < MAX_CALLS;
            if room && let Some(report) = self.reports.take() {
                calls.spawn(self.clone().tell(report));
                continue;
            }
            tokio::select! {
                _ = stopped.changed() => {}
                () = self.reports.wait(), if room => {}
                Some(_) = calls.join_next() => {}
            }
        }
        while calls.join_next().await.is_some() {}
    }

    async fn tell(self, report: Report) {
        for event in &report.events {
            if !self.invoke(event).await {
                tracing::error!(message = report.message_id, "an event was given up");
            }
        }
        let forgetting = tokio::task::spawn_blocking(move || self.reports.told(&report));
        if let Ok(Err(error)) = forgetting.await {
            tracing::error!(%error, "events could not be deleted and come again");
        }
    }

    /// Says whether a call succeeded.
    async fn invoke(&self, event: &Value) -> bool {
        for attempt in 1..=TRIES {
            // Each in a task of its own, as each is a process of its own on AWS Lambda.
            let (handler, event) = (Arc::clone(&self.handler), event.clone());
            let called = tokio::spawn(async move { call(&handler, event).await.is_ok() });
            if called.await.unwrap_or(false) {
                return true;
            }
            if attempt < TRIES {
                tokio::time::sleep(PAUSE).await;
            }
        }
        false
    }
}

#[cfg(test)]
mod tests;
