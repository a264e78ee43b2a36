//! The queues over the SDK, and over restarts.

use std::net::Ipv4Addr;

use aws_sdk_sqs::Client;
use aws_sdk_sqs::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_sqs::types::{SendMessageBatchRequestEntry, SendMessageBatchResultEntry};
use dynoxide::Database;
use serde_json::json;
use tokio::net::TcpListener;

use super::*;
use crate::aws;
use crate::engine::cognito::{Settings, UserPool};
use crate::engine::documents::Documents;
use crate::engine::messaging::Messaging;
use crate::engine::secrets::Secrets;
use crate::engine::services::Services;
use crate::outbox::Outbox;

const VISIBILITY: Duration = Duration::from_millis(30);

fn queues() -> Queues {
    let queues = json!({
        "fifo": { "fifo": true, "visibilityTimeoutSeconds": 60, "maxReceiveCount": 2 },
        "any": { "fifo": false, "visibilityTimeoutSeconds": 60 },
    });
    serde_json::from_value(queues).unwrap()
}

fn open(folder: &tempfile::TempDir, visibility: Option<Duration>) -> Sqs {
    Sqs::open(&folder.path().join("queues.sqlite"), &queues(), visibility).unwrap()
}

fn message(group: &str, body: &str) -> NewMessage {
    NewMessage {
        body: body.to_owned(),
        group_id: Some(group.to_owned()),
        deduplication_id: Some(format!("id of {body}")),
        ..NewMessage::default()
    }
}

fn send(sqs: &Sqs, messages: &[(&str, &str)]) -> Vec<Sent> {
    let messages: Vec<_> = messages.iter().map(|(group, body)| message(group, body)).collect();
    sqs.send("fifo", &messages).unwrap()
}

fn bodies(received: &[Received]) -> Vec<&str> {
    received.iter().map(|each| each.message.body.as_str()).collect()
}

async fn receive_when_there(sqs: &Sqs, queue: &str) -> Vec<Received> {
    loop {
        match sqs.receive(queue, 10).unwrap() {
            nothing if nothing.is_empty() => sqs.wait(queue).await,
            received => return received,
        }
    }
}

#[test]
fn a_group_waits_for_its_message_that_is_in_flight_and_others_do_not() {
    let folder = tempfile::tempdir().unwrap();
    let sqs = open(&folder, None);
    send(&sqs, &[("a", "1"), ("b", "2"), ("a", "3"), ("c", "4"), ("a", "5")]);
    let first = sqs.receive("fifo", 2).unwrap();
    assert_eq!(bodies(&first), ["1", "3"]);
    let others = sqs.receive("fifo", 10).unwrap();
    assert_eq!(bodies(&others), ["2", "4"]);
    assert!(sqs.receive("fifo", 10).unwrap().is_empty());

    sqs.delete("fifo", &first[..1]).unwrap();
    assert!(sqs.receive("fifo", 10).unwrap().is_empty());
    sqs.delete("fifo", &first[1..]).unwrap();
    assert_eq!(bodies(&sqs.receive("fifo", 10).unwrap()), ["5"]);
}

#[tokio::test]
async fn what_is_delayed_comes_later_and_holds_up_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let sqs = open(&folder, None);
    let new =
        |body: &str, delay| [NewMessage { body: body.to_owned(), delay, ..NewMessage::default() }];
    let begun = Instant::now();
    sqs.send("any", &new("later", VISIBILITY)).unwrap();
    sqs.send("any", &new("now", Duration::ZERO)).unwrap();
    let first = sqs.receive("any", 10).unwrap();
    assert_eq!(bodies(&first), ["now"]);
    let second = receive_when_there(&sqs, "any").await;
    assert_eq!(bodies(&second), ["later"]);
    assert!(begun.elapsed() >= VISIBILITY);
    sqs.delete("any", &second).unwrap();
    sqs.delete("any", &first).unwrap();
    assert!(sqs.is_empty("any"));
}

#[tokio::test]
async fn what_is_not_deleted_comes_again_in_order_and_is_set_aside_in_the_end() {
    let folder = tempfile::tempdir().unwrap();
    let sqs = open(&folder, Some(VISIBILITY));
    send(&sqs, &[("a", "1"), ("a", "2"), ("a", "3")]);
    let first = receive_when_there(&sqs, "fifo").await;
    sqs.delete("fifo", &first[1..2]).unwrap();

    let second = receive_when_there(&sqs, "fifo").await;
    assert_eq!(bodies(&second), ["1", "3"]);
    assert_eq!(second[0].message.receive_count, 2);
    assert_eq!(second[0].message.first_received_at, first[0].message.first_received_at);
    // A receipt that has ended deletes nothing.
    sqs.delete("fifo", &first[2..]).unwrap();
    sqs.delete("fifo", &second[..1]).unwrap();

    while sqs.state().lanes["fifo"].next_end().is_some() {
        sqs.wait("fifo").await;
        assert!(sqs.receive("fifo", 10).unwrap().is_empty());
    }
    let aside = receive_when_there(&sqs, "fifo-dlq").await;
    assert_eq!(bodies(&aside), ["3"]);
    assert_eq!(aside[0].message.group_id.as_deref(), Some("a"));
}

#[test]
fn everything_but_what_was_deleted_survives_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let sqs = open(&folder, None);
    let sent = send(&sqs, &[("a", "1"), ("a", "2"), ("b", "3")]);
    sqs.send("any", &[NewMessage { body: "4".to_owned(), ..NewMessage::default() }]).unwrap();
    let received = sqs.receive("fifo", 3).unwrap();
    sqs.delete("fifo", &received[2..]).unwrap();
    drop(sqs);

    let sqs = open(&folder, None);
    let again = sqs.receive("fifo", 10).unwrap();
    assert_eq!(bodies(&again), ["1", "2"]);
    assert_eq!(again[0].message.receive_count, 2);
    assert_eq!(bodies(&sqs.receive("any", 10).unwrap()), ["4"]);
    assert_eq!(send(&sqs, &[("b", "3")]), sent[2..]);
    sqs.delete("fifo", &again).unwrap();
    let newer = send(&sqs, &[("c", "5")]);
    assert!(newer[0].sequence_number > sent[2].sequence_number);
    assert_eq!(newer[0].sequence_number.as_ref().unwrap().len(), 20);
}

#[test]
fn a_repeat_gets_the_first_answer_for_five_minutes_and_for_its_group_alone() {
    let folder = tempfile::tempdir().unwrap();
    let sqs = open(&folder, None);
    let first = send(&sqs, &[("a", "1")]);
    assert_eq!(send(&sqs, &[("a", "1"), ("a", "1")]), [first[0].clone(), first[0].clone()]);
    let other_group = send(&sqs, &[("b", "1")]);
    assert_ne!(other_group[0].message_id, first[0].message_id);

    let received = sqs.receive("fifo", 10).unwrap();
    assert_eq!(bodies(&received), ["1", "1"]);
    sqs.delete("fifo", &received).unwrap();
    assert_eq!(send(&sqs, &[("a", "1")]), first);

    let later = epoch_millis() + 5 * 60 * 1_000;
    let (repeat, mut state) = (message("a", "1"), sqs.state());
    let mut repeated = |at| {
        let look = |database: &_| store::repeated(database, "fifo", &repeat, at);
        state.store.lazily(look).unwrap().is_some()
    };
    assert!(repeated(later - 1_000));
    assert!(!repeated(later + 1_000));
    state.store.lazily(|database| store::forget(database, later + 1_000)).unwrap();
    assert!(state.store.kept(later).unwrap().is_empty());
}

struct Service {
    client: Client,
    urls: BTreeMap<String, String>,
    sqs: Arc<Sqs>,
    _folder: tempfile::TempDir,
}

async fn service() -> Service {
    let folder = tempfile::tempdir().unwrap();
    let sqs = Arc::new(open(&folder, None));
    let documents = Documents::open(Database::memory().unwrap()).unwrap();
    let outbox = Arc::new(Outbox::open(documents.clone()).unwrap());
    let messaging = Messaging::open(documents.clone(), Arc::clone(&outbox), None).unwrap();
    let pool = Arc::new(UserPool::open(documents, outbox, Settings::default()).unwrap());
    let secrets = Arc::new(Secrets::new(pool.client_id()));
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let messaging = Arc::new(messaging);
    let router = Services { pool, secrets, sqs: Arc::clone(&sqs), messaging }.router();
    tokio::spawn(axum::serve(listener, router).into_future());
    let client = Client::new(&aws::config(address, None));
    Service { client, urls: sqs.urls(address), sqs, _folder: folder }
}

fn code<E: ProvideErrorMetadata>(outcome: Result<impl Sized, SdkError<E>>) -> String {
    let error = outcome.err().unwrap();
    error.code().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sdk_sends_one_or_many() {
    let Service { client, urls, sqs, _folder } = service().await;
    assert!(urls["fifo"].ends_with("/000000000000/fifo.fifo"), "{urls:?}");
    assert_eq!(urls.keys().collect::<Vec<_>>(), ["any", "fifo", "fifo-dlq"]);
    let sent = client.send_message().queue_url(&urls["fifo"]).message_body("ä");
    let sent = sent.message_group_id("a").message_deduplication_id("1").send().await.unwrap();
    assert_eq!(sent.sequence_number(), Some("00000000000000000001"));

    let entry = |id: &str, group: Option<&str>| {
        let entry = SendMessageBatchRequestEntry::builder().id(id).message_body(id);
        let entry = entry.set_message_group_id(group.map(str::to_owned));
        entry.message_deduplication_id(id).build().unwrap()
    };
    let batch = client.send_message_batch().queue_url(&urls["fifo"]);
    let batch = batch.entries(entry("x", Some("a"))).entries(entry("y", None));
    let batch = batch.entries(entry("z", Some("b"))).send().await.unwrap();
    let accepted: Vec<_> = batch.successful().iter().map(SendMessageBatchResultEntry::id).collect();
    assert_eq!(accepted, ["x", "z"]);
    let refused = &batch.failed()[0];
    assert_eq!((refused.id(), refused.code()), ("y", "MissingParameter"));
    assert_eq!(bodies(&sqs.receive("fifo", 10).unwrap()), ["ä", "x", "z"]);

    let sent =
        client.send_message().queue_url(&urls["any"]).message_body("b").send().await.unwrap();
    assert_eq!(sent.sequence_number(), None);
    assert_eq!(sqs.receive("any", 1).unwrap()[0].message.message_id, sent.message_id().unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_sqs_refuses_is_refused_by_its_names() {
    let Service { client, urls, sqs, _folder } = service().await;
    let send = |queue: &str, body: &str| {
        let url = urls.get(queue).map_or("http://127.0.0.1/000000000000/none", String::as_str);
        client.send_message().queue_url(url).message_body(body).message_group_id("a")
    };
    let too_long = "x".repeat(request::MAX_BYTES + 1);
    let with_id = |queue, body| send(queue, body).message_deduplication_id("1");
    assert_eq!(code(with_id("none", "x").send().await), "QueueDoesNotExist");
    assert_eq!(code(send("fifo", "x").send().await), "MissingParameter");
    assert_eq!(code(with_id("fifo", "").send().await), "MissingParameter");
    assert_eq!(code(with_id("any", "x").send().await), "InvalidParameterValue");
    assert_eq!(code(with_id("fifo", &too_long).send().await), "InvalidParameterValue");
    assert_eq!(code(with_id("fifo", "\u{1}").send().await), "InvalidMessageContents");
    let long_id = with_id("fifo", "x").message_group_id("x".repeat(129));
    assert_eq!(code(long_id.send().await), "InvalidParameterValue");
    assert_eq!(code(with_id("fifo", "x").delay_seconds(1).send().await), "InvalidParameterValue");
    let delayed = client.send_message().queue_url(&urls["any"]).message_body("x");
    assert_eq!(code(delayed.delay_seconds(901).send().await), "InvalidParameterValue");
    with_id("fifo", &too_long[1..]).send().await.unwrap();

    let batch = |ids: &[&str]| {
        let entry =
            |id: &&str| SendMessageBatchRequestEntry::builder().id(*id).message_body("x").build();
        let entries = ids.iter().map(|id| entry(id).unwrap()).collect();
        client.send_message_batch().queue_url(&urls["any"]).set_entries(Some(entries))
    };
    assert_eq!(code(batch(&[]).send().await), "EmptyBatchRequest");
    assert_eq!(code(batch(&["x", "x"]).send().await), "BatchEntryIdsNotDistinct");
    assert_eq!(code(batch(&["x y"]).send().await), "InvalidBatchEntryId");
    let eleven = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11"];
    assert_eq!(code(batch(&eleven).send().await), "TooManyEntriesInBatchRequest");
    assert_eq!(sqs.receive("fifo", 10).unwrap().len(), 1);
    assert!(sqs.receive("any", 10).unwrap().is_empty());
}
