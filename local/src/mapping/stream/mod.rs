//! A table's changes for a lambda.

mod reader;
mod record;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::{Duration, Instant};

use aws_sdk_dynamodbstreams::Client;
use aws_sdk_dynamodbstreams::primitives::DateTimeFormat;
use serde_json::{Value, json};
use shared::events::EventHandler;
use shared::model::Timestamp;
use shared::routes::StreamSource;
use tokio::sync::watch;
use uuid::Uuid;

use self::reader::{Position, Reader};
use self::record::Change;
use super::{Broken, Mapping, PAUSE, invoke};
use crate::engine;
use crate::engine::documents::Documents;
use crate::engine::sqs::{NewMessage, Sqs};
use crate::engine::streams::StreamRecords;

/// The kind of the documents that hold the positions.
const KIND: &str = "stream";

/// How often is looked for changes that were not announced.
const POLL: Duration = Duration::from_secs(1);

/// How often the position is written, at the most. What was done since comes again after a crash: that costs less than a
/// write to disk for every batch.
const CHECKPOINT: Duration = Duration::from_secs(1);

/// The pause before the first repetition of a change; each is twice the one before, up to the longest.
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// The tables' streams.
#[derive(Clone)]
pub struct Streams {
    /// DynamoDB Streams.
    pub client: Client,
    /// Says that something was written.
    pub written: watch::Receiver<()>,
    /// Keep the positions.
    pub documents: Documents,
    /// The records that the engine holds, where it is ours.
    pub records: Option<Arc<StreamRecords>>,
}

struct Pump {
    name: String,
    source: StreamSource,
    handler: EventHandler,
    written: watch::Receiver<()>,
    stopped: watch::Receiver<bool>,
    reader: Reader,
    checkpoint: Checkpoint,
    sqs: Arc<Sqs>,
}

/// The server stops; what is not done comes at the next start.
struct Stopped;

/// Hands the changes of a table to the lambda `name`, in their order: after a crash those again whose end was not yet
/// written, in a new folder from the beginning on. Of what fails for good a queue of `sqs` is told.
///
/// # Errors
/// When the position cannot be read.
pub fn start(
    name: &str,
    source: StreamSource,
    handler: EventHandler,
    streams: Streams,
    sqs: Arc<Sqs>,
) -> engine::Result<Mapping> {
    let Streams { client, written, documents, records } = streams;
    let position: Option<Position> = documents.get(KIND, name)?;
    let position = position.unwrap_or_default();
    let checkpoint = Checkpoint {
        kept: position.clone(),
        at: Instant::now(),
        name: name.to_owned(),
        table: source.table.clone(),
        documents,
        records,
    };
    let reader = Reader::new(client, source.table.clone(), position);
    let name = name.to_owned();
    Ok(Mapping::start(|stopped| {
        Pump { name, source, handler, written, stopped, reader, checkpoint, sqs }.run()
    }))
}

impl Pump {
    async fn run(mut self) {
        while !*self.stopped.borrow() {
            self.written.mark_unchanged();
            match self.reader.read().await {
                Ok(changes) if changes.is_empty() => self.rest().await,
                Ok(changes) => {
                    if let Err(Stopped) = self.deliver(&changes).await {
                        break;
                    }
                }
                Err(error) => {
                    tracing::error!(%error, table = self.source.table, "the stream cannot be read");
                    let _ = self.pause(PAUSE).await;
                }
            }
            self.checkpoint.write_in_time(&self.reader.position).await;
        }
        self.checkpoint.write(&self.reader.position).await;
    }

    /// Until something was written, or for a while.
    async fn rest(&mut self) {
        tokio::select! {
            _ = self.stopped.changed() => {}
            Ok(()) = self.written.changed() => {}
            () = tokio::time::sleep(POLL) => {}
        }
    }

    async fn pause(&mut self, time: Duration) -> Result<(), Stopped> {
        tokio::select! {
            _ = self.stopped.changed() => Err(Stopped),
            () = tokio::time::sleep(time) => Ok(()),
        }
    }

    async fn deliver(&mut self, changes: &[Change]) -> Result<(), Stopped> {
        let wanted: Vec<&Change> =
            changes.iter().filter(|change| self.source.events.contains(&change.name)).collect();
        for batch in wanted.chunks(self.source.batch_size) {
            self.deliver_batch(batch).await?;
            self.checkpoint.write_in_time(&self.reader.position).await;
        }
        if let Some(last) = changes.last() {
            self.done(last);
        }
        Ok(())
    }

    /// A batch that failed is halved until what fails stands alone.
    async fn deliver_batch(&mut self, batch: &[&Change]) -> Result<(), Stopped> {
        let mut parts = vec![batch];
        while let Some(part) = parts.pop() {
            if *self.stopped.borrow() {
                return Err(Stopped);
            }
            let (done, broken) = self.call(part).await;
            if let Some(last) = done.checked_sub(1) {
                self.done(part[last]);
            }
            match &part[done..] {
                [] => {}
                [alone] if done == 0 => self.repeat(alone, broken).await?,
                rest if done > 0 => parts.push(rest),
                rest => {
                    let (first, second) = rest.split_at(rest.len().div_ceil(2));
                    parts.extend([second, first]);
                }
            }
        }
        Ok(())
    }

    /// Tries a change again that has failed once; in the end it goes to the queue for those that failed.
    async fn repeat(&mut self, change: &Change, mut broken: Option<Broken>) -> Result<(), Stopped> {
        let mut pause = FIRST_PAUSE;
        for _ in 0..self.source.maximum_retry_attempts {
            self.pause(pause).await?;
            pause = (pause * 2).min(LONGEST_PAUSE);
            let done;
            (done, broken) = self.call(&[change]).await;
            if done > 0 {
                self.done(change);
                return Ok(());
            }
        }
        tracing::error!(lambda = self.name, "a change was set aside: it failed too often");
        let failure = self.failure(change, broken).to_string();
        while let Err(error) = self.set_aside(failure.clone()).await {
            tracing::error!(%error, "what failed cannot be set aside");
            self.pause(PAUSE).await?;
        }
        self.done(change);
        Ok(())
    }

    /// Calls the lambda; how many changes are done, and why not one, if it failed as a whole.
    async fn call(&self, part: &[&Change]) -> (usize, Option<Broken>) {
        let records: Value = part.iter().map(|change| change.event.clone()).collect();
        let sequences: Vec<&str> = part.iter().map(|change| change.sequence.as_str()).collect();
        match invoke(&self.handler, json!({ "Records": records }), &sequences).await {
            Ok(failed) => {
                let first = sequences.iter().position(|each| failed.contains(*each));
                (first.unwrap_or(part.len()), None)
            }
            Err(broken) => (0, Some(broken)),
        }
    }

    fn done(&mut self, change: &Change) {
        self.reader.position.sequence = Some(change.sequence.clone());
    }

    async fn set_aside(&self, body: String) -> engine::Result<()> {
        let (sqs, queue) = (Arc::clone(&self.sqs), self.source.on_failure.clone());
        let message = NewMessage { body, ..NewMessage::default() };
        let sent = tokio::task::spawn_blocking(move || sqs.send(&queue, &[message])).await;
        sent.map_err(std::io::Error::other)??;
        Ok(())
    }

    /// What Lambda tells an on-failure destination.
    fn failure(&self, change: &Change, broken: Option<Broken>) -> Value {
        let happened = change.happened.and_then(|time| time.fmt(DateTimeFormat::DateTime).ok());
        let mut response = json!({ "statusCode": 200, "executedVersion": "$LATEST" });
        if broken == Some(Broken::Failed) {
            response["functionError"] = "Unhandled".into();
        }
        json!({
            "requestContext": {
                "requestId": Uuid::new_v4(),
                "functionArn": format!("arn:aws:lambda:us-east-1:000000000000:function:{}", self.name),
                "condition": "RetryAttemptsExhausted",
                "approximateInvokeCount": self.source.maximum_retry_attempts + 1,
            },
            "responseContext": response,
            "version": "1.0",
            "timestamp": Timestamp::now(),
            "DDBStreamBatchInfo": {
                "shardId": self.reader.position.shard,
                "startSequenceNumber": change.sequence,
                "endSequenceNumber": change.sequence,
                "approximateArrivalOfFirstRecord": happened,
                "approximateArrivalOfLastRecord": happened,
                "batchSize": 1,
                "streamArn": self.reader.position.stream,
            },
        })
    }
}

/// The position as it is kept.
struct Checkpoint {
    kept: Position,
    at: Instant,
    name: String,
    table: String,
    documents: Documents,
    records: Option<Arc<StreamRecords>>,
}

impl Checkpoint {
    async fn write_in_time(&mut self, position: &Position) {
        if self.at.elapsed() >= CHECKPOINT {
            self.write(position).await;
        }
    }

    /// Keeps the position, and lets go what is before it.
    async fn write(&mut self, position: &Position) {
        self.at = Instant::now();
        if self.kept == *position {
            return;
        }
        let (documents, records) = (self.documents.clone(), self.records.clone());
        let (name, table, done) = (self.name.clone(), self.table.clone(), position.clone());
        let written = tokio::task::spawn_blocking(move || {
            documents.put(KIND, &name, &done)?;
            match (records, &done.sequence) {
                (Some(records), Some(sequence)) => records.trim(&table, sequence),
                _ => Ok(()),
            }
        });
        match written.await {
            Ok(Ok(())) => self.kept = position.clone(),
            Ok(Err(error)) => tracing::warn!(%error, "the position in a stream was not written"),
            Err(_) => {}
        }
    }
}
