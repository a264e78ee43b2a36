//! The mapping over a queue on disk.

mod standard;

use std::path::Path;
use std::time::Duration;

use shared::events::Failed;
use tokio::sync::{Semaphore, mpsc};

use super::*;
use crate::engine::sqs::NewMessage;

type Calls = mpsc::UnboundedReceiver<Value>;

fn open(folder: &Path, visibility: u64) -> Arc<Sqs> {
    let queue = json!({ "fifo": true, "visibilityTimeoutSeconds": 60, "maxReceiveCount": 3 });
    let mut other = queue.clone();
    other["fifo"] = false.into();
    let queues = serde_json::from_value(json!({ "q": queue, "any": other })).unwrap();
    let visibility = Some(Duration::from_millis(visibility));
    Arc::new(Sqs::open(&folder.join("queues.sqlite"), &queues, visibility).unwrap())
}

fn source(name: &str) -> QueueSource {
    QueueSource { name: name.to_owned(), batch_size: 10, maximum_concurrency: None }
}

fn send(sqs: &Sqs, messages: &[(&str, &str)]) {
    let message = |(group, body): &(&str, &str)| NewMessage {
        body: (*body).to_owned(),
        group_id: Some((*group).to_owned()),
        deduplication_id: Some((*body).to_owned()),
        ..NewMessage::default()
    };
    sqs.send("q", &messages.iter().map(message).collect::<Vec<_>>()).unwrap();
}

/// Answers what `answer` says, and tells of every call.
fn handler(
    answer: impl Fn(&Value) -> Result<Value, Failed> + Send + Sync + 'static,
) -> (EventHandler, Calls) {
    let (calls, seen) = mpsc::unbounded_channel();
    let handler: EventHandler = Arc::new(move |event| {
        let answer = answer(&event);
        calls.send(event).unwrap();
        Box::pin(async { answer })
    });
    (handler, seen)
}

fn bodies(event: &Value) -> Vec<&str> {
    let records = event["Records"].as_array().unwrap();
    records.iter().map(|record| record["body"].as_str().unwrap()).collect()
}

fn id_of(event: &Value, body: &str) -> Value {
    let mut records = event["Records"].as_array().unwrap().iter();
    records.find(|record| record["body"] == body).unwrap()["messageId"].clone()
}

async fn until_empty(sqs: &Arc<Sqs>, folder: &Path) {
    while !sqs.is_empty("q") {
        tokio::task::yield_now().await;
    }
    assert!(open(folder, 60_000).receive("q", 10).unwrap().is_empty());
}

#[tokio::test]
async fn a_record_is_as_lambda_has_it() {
    let folder = tempfile::tempdir().unwrap();
    let sqs = open(folder.path(), 60_000);
    let (handler, mut calls) = handler(|_| Ok(Value::Null));
    let mapping = start(Arc::clone(&sqs), source("q"), handler);
    send(&sqs, &[("g", "hi")]);
    let mut event = calls.recv().await.unwrap();
    let read: shared::events::QueueEvent = serde_json::from_value(event.clone()).unwrap();
    let record = &mut event["Records"][0];
    assert_eq!(record["messageId"].take(), read.records[0].message_id);
    assert!(record["receiptHandle"].take().as_str().unwrap().starts_with("1."));
    let attributes = record["attributes"].as_object_mut().unwrap();
    for time in ["SentTimestamp", "ApproximateFirstReceiveTimestamp"] {
        let time = attributes.remove(time).unwrap();
        assert_eq!(time.as_str().unwrap().len(), 13, "{time}");
    }
    let expected = json!({
        "messageId": null,
        "receiptHandle": null,
        "body": "hi",
        "attributes": {
            "ApproximateReceiveCount": "1",
            "SenderId": "local",
            "SequenceNumber": "00000000000000000001",
            "MessageGroupId": "g",
            "MessageDeduplicationId": "hi",
        },
        "messageAttributes": {},
        "md5OfBody": "49f68a5c8493ec2c0bf489821c21fc3b",
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:us-east-1:000000000000:q.fifo",
        "awsRegion": "us-east-1",
    });
    assert_eq!(*record, expected);
    until_empty(&sqs, folder.path()).await;
    mapping.stop().await;
}

#[tokio::test]
async fn what_failed_comes_again_and_the_rest_does_not() {
    let folder = tempfile::tempdir().unwrap();
    let sqs = open(folder.path(), 20);
    send(&sqs, &[("a", "1"), ("a", "2"), ("b", "3")]);
    let (handler, mut calls) = handler(|event| match bodies(event)[..] {
        [_, _, _] => {
            let failed = json!({ "itemIdentifier": id_of(event, "2") });
            Ok(json!({ "batchItemFailures": [failed] }))
        }
        _ => Ok(json!({ "batchItemFailures": [] })),
    });
    let mapping = start(Arc::clone(&sqs), source("q"), handler);
    assert_eq!(bodies(&calls.recv().await.unwrap()), ["1", "2", "3"]);
    let again = calls.recv().await.unwrap();
    assert_eq!(bodies(&again), ["2"]);
    assert_eq!(again["Records"][0]["attributes"]["ApproximateReceiveCount"], "2");
    until_empty(&sqs, folder.path()).await;
    mapping.stop().await;
}

#[tokio::test]
async fn a_batch_whose_call_fails_comes_again_as_a_whole_and_is_set_aside_in_the_end() {
    let folder = tempfile::tempdir().unwrap();
    let sqs = open(folder.path(), 20);
    send(&sqs, &[("a", "1"), ("b", "2")]);
    let count = std::sync::atomic::AtomicUsize::new(0);
    let (handler, mut calls) =
        handler(move |_| match count.fetch_add(1, std::sync::atomic::Ordering::Relaxed) {
            0 => Err(Failed),
            1 => Ok(json!({ "batchItemFailures": [{ "itemIdentifier": "nobody" }] })),
            _ => Ok(json!("unreadable")),
        });
    let mapping = start(Arc::clone(&sqs), source("q"), handler);
    for _ in 0..3 {
        assert_eq!(bodies(&calls.recv().await.unwrap()), ["1", "2"]);
    }
    let aside = until_there(&sqs, "q-dlq").await;
    assert_eq!(aside.len(), 2);
    mapping.stop().await;
    assert!(calls.recv().await.is_none());
}

#[tokio::test]
async fn a_call_that_panics_is_a_call_that_failed() {
    let folder = tempfile::tempdir().unwrap();
    let sqs = open(folder.path(), 20);
    send(&sqs, &[("a", "1")]);
    let (calls, mut seen) = mpsc::unbounded_channel();
    let handler: EventHandler = Arc::new(move |event| {
        let calls = calls.clone();
        Box::pin(async move {
            calls.send(event.clone()).unwrap();
            assert_eq!(event["Records"][0]["attributes"]["ApproximateReceiveCount"], "2");
            Ok(Value::Null)
        })
    });
    let mapping = start(Arc::clone(&sqs), source("q"), handler);
    seen.recv().await.unwrap();
    seen.recv().await.unwrap();
    until_empty(&sqs, folder.path()).await;
    mapping.stop().await;
}

#[tokio::test]
async fn groups_run_side_by_side_eight_at_most_and_the_end_waits_for_them() {
    let folder = tempfile::tempdir().unwrap();
    let sqs = open(folder.path(), 60_000);
    let (gate, (calls, mut seen)) = (Arc::new(Semaphore::new(0)), mpsc::unbounded_channel());
    let held = Arc::clone(&gate);
    let handler: EventHandler = Arc::new(move |event| {
        let (gate, calls) = (Arc::clone(&held), calls.clone());
        Box::pin(async move {
            calls.send(event).unwrap();
            gate.acquire().await.unwrap().forget();
            Ok(Value::Null)
        })
    });
    let mapping = start(Arc::clone(&sqs), QueueSource { batch_size: 1, ..source("q") }, handler);
    let groups = ["a", "b", "c", "d", "e", "f", "g", "h", "i"];
    let messages: Vec<_> = groups.iter().map(|group| (*group, *group)).collect();
    send(&sqs, &messages);
    send(&sqs, &[("a", "later")]);
    let mut first = Vec::new();
    for _ in 0..MAX_CALLS {
        first.push(bodies(&seen.recv().await.unwrap())[0].to_owned());
    }
    assert_eq!(first, groups[..MAX_CALLS]);
    assert!(seen.try_recv().is_err());
    for next in ["i", "later"] {
        gate.add_permits(1);
        assert_eq!(bodies(&seen.recv().await.unwrap()), [next]);
    }

    gate.add_permits(100);
    mapping.stop().await;
    assert!(open(folder.path(), 60_000).receive("q", 10).unwrap().is_empty());
}

async fn until_there(sqs: &Arc<Sqs>, queue: &str) -> Vec<Received> {
    loop {
        match sqs.receive(queue, 10).unwrap() {
            nothing if nothing.is_empty() => tokio::task::yield_now().await,
            received => return received,
        }
    }
}
