//! A table's stream as the source of a lambda.
//!
//! A change is handed on at least once, in order, also over a `kill -9`: how far the lambda has come is on disk. What it
//! reports as failed is tried again from the first failure on; a batch that fails is halved until the change that spoils it
//! is alone; that one, tried as often as the mapping says, is told to the queue for failures, and the others go on.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use aws_sdk_dynamodbstreams::Client;
use aws_sdk_dynamodbstreams::error::DisplayErrorContext;
use aws_sdk_dynamodbstreams::types::{Record, ShardIteratorType};
use serde_json::{Map, Value, json};
use shared::events::EventHandler;
use shared::routes::StreamSource;
use tokio::sync::{Notify, watch};
use tokio::time::{MissedTickBehavior, interval, sleep};

use super::{Broken, Mapping, invoke};
use crate::engine::documents::Documents;
use crate::engine::sqs::{NewMessage, Sqs};
use crate::engine::{EngineError, Result, streams};

/// Where the documents say how far a lambda has come.
const KIND: &str = "stream-position";
/// How often the stream is looked at though nobody said that there is something, and how often it is written down how far
/// the lambda has come: what it passed since comes again after a crash.
const LOOK_INTERVAL: Duration = Duration::from_secs(1);
/// How often what the lambda has passed is deleted.
const TRIM_INTERVAL: Duration = Duration::from_mins(1);
/// The pause before a batch is tried again: it doubles each time.
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// What a mapping is made of.
pub struct Settings {
    /// The lambda's name.
    pub function: String,
    /// The lambda.
    pub handler: EventHandler,
    /// What it is called for.
    pub source: StreamSource,
    /// The stream's ARN.
    pub stream_arn: String,
    /// The streams.
    pub client: Client,
    /// Where it is kept how far the lambda has come.
    pub documents: Documents,
    /// The queues, among them the one for failures.
    pub sqs: Arc<Sqs>,
    /// Says that there may be something.
    pub written: Arc<Notify>,
    /// What deletes the changes that the lambda has passed; none where the engine does it.
    pub trim: Option<streams::Trim>,
}

/// Starts it where it left off, or at the beginning of the stream.
///
/// # Errors
/// When the stream cannot be read.
pub async fn start(settings: Settings) -> Result<Mapping> {
    let done: Option<String> = settings.documents.get(KIND, &settings.function)?;
    let mut reader = Reader { settings, saved: done.clone(), done, iterator: None };
    reader.open().await?;
    Ok(Mapping::start(|stopped| reader.run(stopped)))
}

/// Comes true when the server ends.
type Stopped = watch::Receiver<bool>;

struct Reader {
    settings: Settings,
    /// The last change that the lambda has passed.
    done: Option<String>,
    /// The last one that is written down.
    saved: Option<String>,
    iterator: Option<String>,
}

/// Changes that are to be handed on together, and how often that was tried.
struct Batch {
    records: Vec<Value>,
    tries: u32,
}

impl Reader {
    async fn run(mut self, mut stopped: Stopped) {
        let mut looks = interval(LOOK_INTERVAL);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut trims = interval(TRIM_INTERVAL);
        let written = Arc::clone(&self.settings.written);
        while !*stopped.borrow() {
            tokio::select! {
                _ = stopped.changed() => {}
                () = written.notified() => {}
                _ = looks.tick() => self.save().await,
                _ = trims.tick() => self.trim().await,
            }
            if let Err(error) = self.catch_up(&mut stopped).await {
                tracing::error!(%error, "the stream could not be read");
                self.iterator = None;
            }
        }
        self.save().await;
    }

    /// Hands on all that is there.
    async fn catch_up(&mut self, stopped: &mut Stopped) -> Result<()> {
        loop {
            let records = self.read().await?;
            let full = records.len() >= self.settings.source.batch_size;
            let Some(last) = records.last().and_then(sequence_number).map(str::to_owned) else {
                return Ok(());
            };
            let wanted = |record: &&Record| {
                let name =
                    record.event_name().map(aws_sdk_dynamodbstreams::types::OperationType::as_str);
                self.settings.source.events.iter().any(|event| Some(event.as_str()) == name)
            };
            let batch: Vec<Value> =
                records.iter().filter(wanted).map(|record| self.event(record)).collect();
            if !self.hand_on(batch, stopped).await {
                return Ok(());
            }
            self.done = Some(last);
            if !full {
                return Ok(());
            }
        }
    }

    async fn read(&mut self) -> Result<Vec<Record>> {
        if self.iterator.is_none() {
            self.open().await?;
        }
        let limit = i32::try_from(self.settings.source.batch_size).unwrap_or(i32::MAX);
        let request = self.settings.client.get_records().limit(limit);
        let output = request.set_shard_iterator(self.iterator.take()).send().await;
        let output = output.map_err(failed)?;
        self.iterator = output.next_shard_iterator;
        Ok(output.records.unwrap_or_default())
    }

    /// Finds the place behind the last change that the lambda has passed.
    async fn open(&mut self) -> Result<()> {
        let Settings { client, stream_arn, .. } = &self.settings;
        let output =
            client.describe_stream().stream_arn(stream_arn).send().await.map_err(failed)?;
        let shards = output.stream_description.and_then(|stream| stream.shards).unwrap_or_default();
        let shard = shards.into_iter().next_back().and_then(|shard| shard.shard_id);
        let request = client.get_shard_iterator().stream_arn(stream_arn).set_shard_id(shard);
        let request = match &self.done {
            Some(done) => request
                .shard_iterator_type(ShardIteratorType::AfterSequenceNumber)
                .sequence_number(done),
            None => request.shard_iterator_type(ShardIteratorType::TrimHorizon),
        };
        self.iterator = request.send().await.map_err(failed)?.shard_iterator;
        Ok(())
    }

    /// Hands on a batch until nothing of it is left. False where the server ends before that.
    async fn hand_on(&self, records: Vec<Value>, stopped: &mut Stopped) -> bool {
        let mut batches = vec![Batch { records, tries: 0 }];
        let mut pause = FIRST_PAUSE;
        while let Some(Batch { mut records, tries }) = batches.pop() {
            if records.is_empty() {
                continue;
            }
            let event = Map::from_iter([("Records".to_owned(), Value::Array(records.clone()))]);
            let places: Vec<&str> = records.iter().filter_map(place).collect();
            let failed = invoke(&self.settings.handler, event.into(), &places).await;
            let Some(first) = first_failure(&records, failed) else {
                pause = FIRST_PAUSE;
                continue;
            };
            let mut failed = records.split_off(first);
            if failed.len() > 1 {
                // To halve a batch uses up no try.
                let second = failed.split_off(failed.len().div_ceil(2));
                batches.push(Batch { records: second, tries });
                batches.push(Batch { records: failed, tries });
            } else if tries < self.settings.source.maximum_retry_attempts {
                batches.push(Batch { records: failed, tries: tries + 1 });
            } else {
                self.set_aside(&failed, tries);
                continue;
            }
            tokio::select! {
                _ = stopped.changed() => return false,
                () = sleep(pause) => pause = (pause * 2).min(LONGEST_PAUSE),
            }
        }
        true
    }

    /// Tells the queue for failures where the change stands. It does not hold the change itself, as on AWS.
    fn set_aside(&self, failed: &[Value], tries: u32) {
        let Settings { function, source, stream_arn, sqs, .. } = &self.settings;
        let body = json!({
            "requestContext": {
                "functionArn": format!("arn:aws:lambda:us-east-1:000000000000:function:{function}"),
                "condition": "RetryAttemptsExhausted",
                "approximateInvokeCount": tries + 1,
            },
            "version": "1.0",
            "timestamp": shared::model::Timestamp::now(),
            "DDBStreamBatchInfo": {
                "startSequenceNumber": failed.first().and_then(place),
                "endSequenceNumber": failed.last().and_then(place),
                "batchSize": failed.len(),
                "streamArn": stream_arn,
            },
        });
        tracing::error!(function, "a change was set aside: it failed too often");
        let message = NewMessage { body: body.to_string(), group_id: None, deduplication_id: None };
        if let Err(error) = sqs.send(&source.on_failure, &[message]) {
            tracing::error!(%error, "the queue for failures was not told");
        }
    }

    /// Writes down how far the lambda has come.
    async fn save(&mut self) {
        let Some(done) = self.done.clone().filter(|done| self.saved.as_ref() != Some(done)) else {
            return;
        };
        let Settings { documents, function, .. } = &self.settings;
        let (documents, function, place) = (documents.clone(), function.clone(), done.clone());
        let saving = tokio::task::spawn_blocking(move || documents.put(KIND, &function, &place));
        match saving.await {
            Ok(Ok(())) => self.saved = Some(done),
            Ok(Err(error)) => tracing::error!(%error, "the place in the stream was not saved"),
            Err(error) => tracing::error!(%error, "the place in the stream was not saved"),
        }
    }

    async fn trim(&self) {
        let (Some(trim), Some(done)) = (self.settings.trim.clone(), self.saved.clone()) else {
            return;
        };
        let table = self.settings.source.table.clone();
        match tokio::task::spawn_blocking(move || trim.before(&table, &done)).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::error!(%error, "passed changes were not deleted"),
            Err(error) => tracing::error!(%error, "passed changes were not deleted"),
        }
    }

    /// Lambda's event of a change.
    fn event(&self, record: &Record) -> Value {
        let change = record.dynamodb();
        let item = |item: Option<&std::collections::HashMap<_, _>>| {
            item.cloned().map(serde_dynamo::Item::from)
        };
        let mut dynamodb = json!({
            "Keys": item(change.and_then(|change| change.keys())),
            "SequenceNumber": sequence_number(record),
            "SizeBytes": change.and_then(aws_sdk_dynamodbstreams::types::StreamRecord::size_bytes),
            "StreamViewType": "NEW_AND_OLD_IMAGES",
        });
        let images = [
            ("NewImage", change.and_then(|change| change.new_image())),
            ("OldImage", change.and_then(|change| change.old_image())),
        ];
        for (name, image) in images {
            if let Some(image) = item(image) {
                dynamodb[name] = json!(image);
            }
        }
        json!({
            "eventID": record.event_id(),
            "eventName": record.event_name().map(aws_sdk_dynamodbstreams::types::OperationType::as_str),
            "eventVersion": "1.1",
            "eventSource": "aws:dynamodb",
            "awsRegion": "us-east-1",
            "dynamodb": dynamodb,
            "eventSourceARN": self.settings.stream_arn,
        })
    }
}

/// Where the records begin to have failed: all of them behind a failure come again.
fn first_failure(
    records: &[Value],
    failed: std::result::Result<HashSet<String>, Broken>,
) -> Option<usize> {
    let Ok(failed) = failed else { return Some(0) };
    records.iter().position(|record| place(record).is_some_and(|place| failed.contains(place)))
}

/// A record's place in the stream.
fn place(record: &Value) -> Option<&str> {
    record["dynamodb"]["SequenceNumber"].as_str()
}

fn sequence_number(record: &Record) -> Option<&str> {
    record.dynamodb().and_then(|change| change.sequence_number())
}

fn failed(error: impl std::error::Error) -> EngineError {
    EngineError::Stream(DisplayErrorContext(error).to_string())
}
