//! A queue without order.

use super::*;

fn send_any(sqs: &Sqs, bodies: &[&str]) {
    let message = |body: &&str| NewMessage { body: (*body).to_owned(), ..NewMessage::default() };
    sqs.send("any", &bodies.iter().map(message).collect::<Vec<_>>()).unwrap();
}

#[tokio::test]
async fn a_record_of_a_standard_queue_has_no_group_and_no_place() {
    let folder = tempfile::tempdir().unwrap();
    let sqs = open(folder.path(), 60_000);
    let (handler, mut calls) = handler(|_| Ok(Value::Null));
    let mapping = start(Arc::clone(&sqs), source("any"), handler);
    send_any(&sqs, &["hi"]);
    let event = calls.recv().await.unwrap();
    let record = &event["Records"][0];
    assert_eq!(record["eventSourceARN"], "arn:aws:sqs:us-east-1:000000000000:any");
    let attributes: Vec<_> = record["attributes"].as_object().unwrap().keys().collect();
    let expected = [
        "ApproximateFirstReceiveTimestamp",
        "ApproximateReceiveCount",
        "SenderId",
        "SentTimestamp",
    ];
    assert_eq!(attributes, expected);
    mapping.stop().await;
    assert!(sqs.is_empty("any"));
}

#[tokio::test]
async fn of_a_standard_queue_only_what_failed_comes_again_and_three_times_in_all() {
    let folder = tempfile::tempdir().unwrap();
    let sqs = open(folder.path(), 20);
    send_any(&sqs, &["1", "2", "3"]);
    let (handler, mut calls) = handler(|event| {
        let failed = json!({ "itemIdentifier": id_of(event, "2") });
        Ok(json!({ "batchItemFailures": [failed] }))
    });
    let mapping = start(Arc::clone(&sqs), source("any"), handler);
    assert_eq!(bodies(&calls.recv().await.unwrap()), ["1", "2", "3"]);
    for count in ["2", "3"] {
        let again = calls.recv().await.unwrap();
        assert_eq!(bodies(&again), ["2"]);
        assert_eq!(again["Records"][0]["attributes"]["ApproximateReceiveCount"], count);
    }
    let aside = until_there(&sqs, "any-dlq").await;
    assert_eq!(aside[0].message.body, "2");
    mapping.stop().await;
    assert!(sqs.is_empty("any") && calls.recv().await.is_none());
}

#[tokio::test]
async fn the_messages_of_a_standard_queue_run_side_by_side_eight_at_most() {
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
    let mapping = start(Arc::clone(&sqs), QueueSource { batch_size: 1, ..source("any") }, handler);
    send_any(&sqs, &["1", "2", "3", "4", "5", "6", "7", "8", "9"]);
    for number in 1..=MAX_CALLS {
        assert_eq!(bodies(&seen.recv().await.unwrap()), [number.to_string()]);
    }
    assert!(seen.try_recv().is_err());
    gate.add_permits(100);
    assert_eq!(bodies(&seen.recv().await.unwrap()), ["9"]);
    mapping.stop().await;
    assert!(sqs.is_empty("any"));
}
