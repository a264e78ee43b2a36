//! Event source mappings: they hand the messages of a queue and the changes of a table to a lambda, as those of AWS
//! Lambda do. So are the events of mail and text messages, which come by themselves on AWS.

pub mod delivery;
pub mod queue;
pub mod stream;

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;
use shared::events::EventHandler;
use shared::routes::Functions;
use tokio::sync::watch;
use tokio::task::JoinHandle;

pub use stream::Streams;

use crate::engine::messaging::Reports;
use crate::engine::sqs::Sqs;
use crate::error::StartError;
use crate::invocation::call;

/// Everything that the mappings need of the server.
pub struct Sources {
    /// The queues.
    pub sqs: Arc<Sqs>,
    /// The streams.
    pub streams: Streams,
    /// What becomes of mail and text messages.
    pub reports: Arc<Reports>,
}

/// Starts the mapping of every lambda that has a queue or a stream, or is told what becomes of mail and text messages.
///
/// # Errors
/// When a lambda has no handler, or the database refuses.
pub fn start(
    functions: &Functions,
    handlers: &BTreeMap<&'static str, EventHandler>,
    sources: &Sources,
) -> Result<Vec<Mapping>, StartError> {
    let mut mappings = Vec::new();
    for (name, function) in functions {
        let handler = || {
            let handler = handlers.get(name.as_str()).map(Arc::clone);
            handler.ok_or_else(|| StartError::UnknownFunction(name.clone()))
        };
        let sqs = || Arc::clone(&sources.sqs);
        if let Some(source) = &function.queue {
            mappings.push(queue::start(sqs(), source.clone(), handler()?));
        }
        if let Some(source) = &function.stream {
            let (source, streams) = (source.clone(), sources.streams.clone());
            mappings.push(stream::start(name, source, handler()?, streams, sqs())?);
        }
        if function.delivery_events {
            mappings.push(delivery::start(Arc::clone(&sources.reports), handler()?));
        }
    }
    Ok(mappings)
}

/// How long calls that still run are waited for at the end.
const GRACE: Duration = Duration::from_secs(10);

/// How long a mapping waits after a fault of its source.
const PAUSE: Duration = Duration::from_secs(1);

/// A mapping that runs until it is stopped.
#[derive(Debug)]
pub struct Mapping {
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Mapping {
    fn start<F: Future<Output = ()> + Send + 'static>(
        run: impl FnOnce(watch::Receiver<bool>) -> F,
    ) -> Self {
        let (stop, stopped) = watch::channel(false);
        Self { stop, task: tokio::spawn(run(stopped)) }
    }

    /// Begins no further call, and returns when those that run are done, at most 10 s later.
    pub async fn stop(mut self) {
        self.stop.send_replace(true);
        if tokio::time::timeout(GRACE, &mut self.task).await.is_err() {
            tracing::warn!("calls of lambdas that did not end were broken off");
            self.task.abort();
        }
    }
}

impl Drop for Mapping {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Why a batch failed as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Broken {
    /// The lambda failed.
    Failed,
    /// Its answer cannot be read, or names what it was not given.
    Unreadable,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    batch_item_failures: Option<Vec<Failure>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Failure {
    item_identifier: String,
}

/// Hands a batch of `items` to the lambda; says which of them failed.
async fn invoke(
    handler: &EventHandler,
    event: Value,
    items: &[&str],
) -> Result<HashSet<String>, Broken> {
    let answer = call(handler, event).await.map_err(|_| Broken::Failed)?;
    let failed = failures(answer).ok_or(Broken::Unreadable)?;
    let known = failed.iter().all(|id| items.contains(&id.as_str()));
    if known { Ok(failed) } else { Err(Broken::Unreadable) }
}

/// What the answer names. Nothing at all means that all is well.
fn failures(answer: Value) -> Option<HashSet<String>> {
    let answer: Option<Answer> = serde_json::from_value(answer).ok()?;
    let failures = answer.unwrap_or_default().batch_item_failures.unwrap_or_default();
    Some(failures.into_iter().map(|failure| failure.item_identifier).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn named(answer: Value) -> Option<Vec<String>> {
        let mut named: Vec<_> = failures(answer)?.into_iter().collect();
        named.sort();
        Some(named)
    }

    #[test]
    fn an_answer_names_what_failed_or_nothing_or_cannot_be_read() {
        let failure = |id: Value| json!({ "itemIdentifier": id });
        for all_is_well in [
            json!(null),
            json!({}),
            json!({ "batchItemFailures": null }),
            json!({ "batchItemFailures": [] }),
        ] {
            assert_eq!(named(all_is_well), Some(vec![]));
        }
        let two = json!({ "batchItemFailures": [failure(json!("1")), failure(json!("2"))] });
        assert_eq!(named(two), Some(vec!["1".to_owned(), "2".to_owned()]));
        for unreadable in [
            json!("done"),
            json!({ "batchItemFailures": [failure(json!(null))] }),
            json!({ "batchItemFailures": [{ "itemIdentifer": "1" }] }),
        ] {
            assert_eq!(named(unreadable), None);
        }
    }
}
