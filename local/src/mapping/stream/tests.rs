//! The mapping over the embedded engine.

use std::sync::Mutex;

use aws_sdk_dynamodb::types::AttributeValue::{N, S};
use shared::events::{Failed, StreamEvent};
use tokio::sync::mpsc;

use super::*;
use crate::aws::{self, WriteWatch};
use crate::engine::dynamodb::{self, DynamoDb};
use crate::engine::tables;

const TABLE: &str = "Messages";

/// A table with its stream.
struct World {
    folder: tempfile::TempDir,
    engine: DynamoDb,
    watch: WriteWatch,
    documents: Documents,
    records: Arc<StreamRecords>,
    sqs: Arc<Sqs>,
}

/// What the lambda was called with: the numbers of the changes.
type Calls = mpsc::UnboundedReceiver<Vec<u64>>;

fn world() -> World {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("chinwag.sqlite");
    let database = dynamodb::open(&file).unwrap();
    tables::create(&database, &shared::tables::tables().unwrap()).unwrap();
    let queues = json!({ "failures": { "fifo": false, "visibilityTimeoutSeconds": 60 } });
    let queues = serde_json::from_value(queues).unwrap();
    let sqs = Sqs::open(&folder.path().join("queues.sqlite"), &queues, None).unwrap();
    World {
        documents: Documents::open(database.clone()).unwrap(),
        records: Arc::new(StreamRecords::open(&file).unwrap()),
        engine: DynamoDb::start(database).unwrap(),
        watch: WriteWatch::new([TABLE.to_owned()]),
        sqs: Arc::new(sqs),
        folder,
    }
}

impl World {
    fn start(&self, retries: u32, handler: EventHandler) -> Mapping {
        let source = StreamSource {
            table: TABLE.to_owned(),
            events: vec!["INSERT".to_owned()],
            batch_size: 10,
            maximum_retry_attempts: retries,
            on_failure: "failures".to_owned(),
        };
        let config = aws::config(self.engine.address(), None);
        let streams = Streams {
            client: Client::new(&config),
            written: self.watch.subscribe(),
            documents: self.documents.clone(),
            records: Some(Arc::clone(&self.records)),
        };
        start("push", source, handler, streams, Arc::clone(&self.sqs)).unwrap()
    }

    fn client(&self) -> aws_sdk_dynamodb::Client {
        let config =
            aws_sdk_dynamodb::config::Builder::from(&aws::config(self.engine.address(), None));
        aws_sdk_dynamodb::Client::from_conf(config.interceptor(self.watch.clone()).build())
    }

    async fn put(&self, numbers: std::ops::RangeInclusive<u64>) {
        let client = self.client();
        for number in numbers {
            let put = client.put_item().table_name(TABLE).item("conversationId", S("c".to_owned()));
            put.item("seq", N(number.to_string())).send().await.unwrap();
        }
    }
}

fn numbers(event: &Value) -> Vec<u64> {
    let number =
        |record: &Value| record["dynamodb"]["NewImage"]["seq"]["N"].as_str().map(str::parse);
    let records = event["Records"].as_array().unwrap();
    records.iter().map(|record| number(record).unwrap().unwrap()).collect()
}

fn sequence(event: &Value, number: u64) -> Value {
    let place = numbers(event).iter().position(|each| *each == number).unwrap();
    event["Records"][place]["dynamodb"]["SequenceNumber"].clone()
}

fn failures(sequences: &[Value]) -> Value {
    let failed = |id: &Value| json!({ "itemIdentifier": id });
    json!({ "batchItemFailures": sequences.iter().map(failed).collect::<Value>() })
}

/// Answers what `answer` says, and tells of every call.
fn handler(
    answer: impl Fn(&Value) -> Result<Value, Failed> + Send + Sync + 'static,
) -> (EventHandler, Calls) {
    let (calls, seen) = mpsc::unbounded_channel();
    let handler: EventHandler = Arc::new(move |event| {
        let answer = answer(&event);
        let _ = calls.send(numbers(&event));
        Box::pin(async { answer })
    });
    (handler, seen)
}

/// Waits until everything up to `last` was handed on, and says in which calls.
async fn calls_until(calls: &mut Calls, last: u64) -> Vec<Vec<u64>> {
    let mut all = Vec::new();
    loop {
        all.push(calls.recv().await.unwrap());
        if all.last().unwrap().contains(&last) {
            return all;
        }
    }
}

#[tokio::test]
async fn a_record_is_as_lambda_has_it_and_comes_at_once() {
    let world = world();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let (told, mut events) = mpsc::unbounded_channel();
    let handler: EventHandler = Arc::new(move |event| {
        told.send(event).unwrap();
        Box::pin(async { Ok(Value::Null) })
    });
    let mapping = world.start(1, handler);
    world.put(1..=1).await;
    events.recv().await.unwrap();
    // From here on it is not the poll that finds a change.
    for number in 2..=11 {
        let begun = Instant::now();
        let update = world.client().update_item().table_name(TABLE);
        let update = update.key("conversationId", S("c".to_owned()));
        update.key("seq", N(number.to_string())).send().await.unwrap();
        let event = events.recv().await.unwrap();
        seen.lock().unwrap().push(begun.elapsed());
        let record = &event["Records"][0];
        let key = json!({ "conversationId": { "S": "c" }, "seq": { "N": number.to_string() } });
        assert_eq!((&record["dynamodb"]["Keys"], &record["dynamodb"]["NewImage"]), (&key, &key));
        assert_eq!(record["eventName"], "INSERT");
        assert_eq!(record["eventVersion"], "1.1");
        assert_eq!(record["eventSource"], "aws:dynamodb");
        assert_eq!(record["awsRegion"], "us-east-1");
        assert!(record["eventSourceARN"].as_str().unwrap().contains(":table/Messages/stream/"));
        assert_eq!(record["eventID"].as_str().unwrap().len(), 32);
        let change = &record["dynamodb"];
        assert_eq!(change["StreamViewType"], "NEW_AND_OLD_IMAGES");
        assert_eq!(change["SequenceNumber"].as_str().unwrap().len(), 21);
        assert!(change["SizeBytes"].is_u64() && change["ApproximateCreationDateTime"].is_i64());
        assert!(change.get("OldImage").is_none());
        serde_json::from_value::<StreamEvent>(event).unwrap();
    }
    let mut times = std::mem::take(&mut *seen.lock().unwrap());
    times.sort();
    assert!(times[5] < Duration::from_millis(200), "{times:?}");
    mapping.stop().await;
}

#[tokio::test]
async fn every_kind_of_attribute_is_handed_on_and_other_events_are_not() {
    let world = world();
    let item = json!({
        "conversationId": { "S": "c" },
        "seq": { "N": "1" },
        "list": { "L": [{ "BOOL": true }, { "NULL": true }] },
        "map": { "M": { "bytes": { "B": "/wA=" }, "none": { "M": {} } } },
        "sets": { "M": { "s": { "SS": ["a"] }, "n": { "NS": ["1"] }, "b": { "BS": ["/wA="] } } },
    });
    let (told, mut events) = mpsc::unbounded_channel();
    let handler: EventHandler = Arc::new(move |event| {
        told.send(event).unwrap();
        Box::pin(async { Ok(Value::Null) })
    });
    let mapping = world.start(1, handler);
    let parsed: serde_dynamo::Item = serde_json::from_value(item.clone()).unwrap();
    let put = world.client().put_item().table_name(TABLE).set_item(Some(parsed.into()));
    put.send().await.unwrap();
    let delete = world.client().delete_item().table_name(TABLE);
    let delete = delete.key("conversationId", S("c".to_owned()));
    delete.key("seq", N("1".to_owned())).send().await.unwrap();
    world.put(2..=2).await;
    assert_eq!(events.recv().await.unwrap()["Records"][0]["dynamodb"]["NewImage"], item);
    assert_eq!(numbers(&events.recv().await.unwrap()), [2]);
    mapping.stop().await;
}

#[tokio::test]
async fn a_batch_that_fails_is_halved_and_what_fails_for_good_is_set_aside() {
    let world = world();
    world.put(1..=12).await;
    let (handler, mut calls) =
        handler(|event| if numbers(event).contains(&3) { Err(Failed) } else { Ok(json!({})) });
    let mapping = world.start(2, handler);
    let calls = calls_until(&mut calls, 12).await;
    let expected: [&[u64]; 10] = [
        &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
        &[1, 2, 3, 4, 5],
        &[1, 2, 3],
        &[1, 2],
        &[3],
        &[3],
        &[3],
        &[4, 5],
        &[6, 7, 8, 9, 10],
        &[11, 12],
    ];
    assert_eq!(calls, expected);
    mapping.stop().await;

    let aside = world.sqs.receive("failures", 10).unwrap();
    assert_eq!(aside.len(), 1);
    let failure: Value = serde_json::from_str(&aside[0].message.body).unwrap();
    assert_eq!(failure["requestContext"]["condition"], "RetryAttemptsExhausted");
    assert_eq!(failure["requestContext"]["approximateInvokeCount"], 3);
    assert_eq!(failure["responseContext"]["functionError"], "Unhandled");
    assert_eq!(failure["version"], "1.0");
    let batch = &failure["DDBStreamBatchInfo"];
    assert_eq!(batch["batchSize"], 1);
    assert_eq!(batch["startSequenceNumber"], batch["endSequenceNumber"]);
    assert!(batch["streamArn"].is_string() && batch["shardId"].is_string());
    assert!(batch["approximateArrivalOfFirstRecord"].as_str().unwrap().ends_with('Z'));
}

#[tokio::test]
async fn what_is_before_the_first_failure_is_done() {
    let world = world();
    world.put(1..=8).await;
    let (handler, mut calls) = handler(|event| match numbers(event).as_slice() {
        [1, ..] => Ok(failures(&[sequence(event, 6), sequence(event, 4)])),
        [4, _, ..] => Ok(failures(&[json!("nobody")])),
        [4] => Ok(json!("unreadable")),
        _ => Ok(json!(null)),
    });
    let mapping = world.start(0, handler);
    let expected: [&[u64]; 8] = [
        &[1, 2, 3, 4, 5, 6, 7, 8],
        &[4, 5, 6, 7, 8],
        &[4, 5, 6],
        &[4, 5],
        &[4],
        &[5],
        &[6],
        &[7, 8],
    ];
    for expected in expected {
        assert_eq!(calls.recv().await.unwrap(), expected);
    }
    mapping.stop().await;
    let aside = world.sqs.receive("failures", 10).unwrap();
    let failure: Value = serde_json::from_str(&aside[0].message.body).unwrap();
    assert!(failure["responseContext"].get("functionError").is_none());
}

#[tokio::test]
async fn a_restart_skips_nothing_and_after_a_stop_repeats_nothing() {
    let world = world();
    world.put(1..=5).await;
    let (first, mut calls) = handler(|_| Ok(Value::Null));
    let mapping = world.start(1, first);
    calls_until(&mut calls, 5).await;
    mapping.stop().await;
    world.put(6..=7).await;

    let (second, mut calls) = handler(|_| Ok(Value::Null));
    let mapping = world.start(1, second);
    assert_eq!(calls.recv().await.unwrap(), [6, 7]);
    // As in a crash: nobody writes down what is done.
    drop(mapping);
    world.put(8..=8).await;
    let (third, mut calls) = handler(|_| Ok(Value::Null));
    let mapping = world.start(1, third);
    let again = calls_until(&mut calls, 8).await.concat();
    assert!(again == [8] || again == [6, 7, 8], "{again:?}");
    mapping.stop().await;
}

#[tokio::test]
async fn an_end_does_not_wait_for_a_change_that_keeps_failing() {
    let world = world();
    world.put(1..=1).await;
    let (failing, mut calls) = handler(|_| Err(Failed));
    let mapping = world.start(1_000, failing);
    calls.recv().await.unwrap();
    calls.recv().await.unwrap();
    let begun = Instant::now();
    mapping.stop().await;
    assert!(begun.elapsed() < Duration::from_secs(1));

    let (working, mut calls) = handler(|_| Ok(Value::Null));
    let mapping = world.start(1, working);
    assert_eq!(calls.recv().await.unwrap(), [1]);
    mapping.stop().await;
}

#[tokio::test]
async fn records_that_are_done_are_deleted() {
    let world = world();
    world.put(1..=20).await;
    let (handler, mut calls) = handler(|_| Ok(Value::Null));
    let mapping = world.start(1, handler);
    calls_until(&mut calls, 20).await;
    mapping.stop().await;
    let file = world.folder.path().join("chinwag.sqlite");
    let database = rusqlite::Connection::open(file).unwrap();
    let count = "SELECT COUNT(*) FROM _stream_records";
    let count: i64 = database.query_row(count, [], |row| row.get(0)).unwrap();
    assert_eq!(count, 1);
}
