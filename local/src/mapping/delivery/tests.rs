//! The events of messages that were taken.

use dynoxide::Database;
use serde_json::json;
use shared::events::Failed;
use tokio::sync::{Semaphore, mpsc};

use super::*;
use crate::engine::documents::Documents;
use crate::engine::messaging::{EMAIL_SENDER, Messaging};
use crate::outbox::Outbox;

type Calls = mpsc::UnboundedReceiver<Value>;

fn documents() -> Documents {
    Documents::open(Database::memory().unwrap()).unwrap()
}

fn open(documents: &Documents) -> Messaging {
    let outbox = Arc::new(Outbox::open(documents.clone()).unwrap());
    Messaging::open(documents.clone(), outbox, None).unwrap()
}

fn send(messaging: &Messaging, to: &str) {
    let text = json!({ "Data": "hi" });
    let mail = json!({
        "FromEmailAddress": EMAIL_SENDER,
        "Destination": { "ToAddresses": [to] },
        "Content": { "Simple": { "Subject": text, "Body": { "Text": text } } },
    });
    messaging.send_email(mail.to_string().as_bytes()).unwrap();
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

async fn next(calls: &mut Calls) -> (String, String) {
    let event = calls.recv().await.unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    (text(&event["detail"]["eventType"]), text(&event["detail"]["mail"]["destination"][0]))
}

fn event(kind: &str, to: &str) -> (String, String) {
    (kind.to_owned(), to.to_owned())
}

#[tokio::test]
async fn the_events_of_a_message_are_told_in_order_and_once() {
    let documents = documents();
    let messaging = open(&documents);
    let (handler, mut calls) = handler(|_| Ok(Value::Null));
    let mapping = start(messaging.reports(), handler);
    for address in ["a@example.com", "complaint@simulator.amazonses.com"] {
        send(&messaging, address);
        for kind in ["Send", "Delivery"] {
            assert_eq!(next(&mut calls).await, event(kind, address));
        }
    }
    assert_eq!(next(&mut calls).await, event("Complaint", "complaint@simulator.amazonses.com"));
    mapping.stop().await;
    assert!(calls.recv().await.is_none());
    assert_eq!(open(&documents).reports().take(), None);
}

#[tokio::test]
async fn what_was_not_told_is_told_after_a_restart() {
    let documents = documents();
    send(&open(&documents), "a@example.com");
    let (handler, mut calls) = handler(|_| Ok(Value::Null));
    let mapping = start(open(&documents).reports(), handler);
    assert_eq!(next(&mut calls).await, event("Send", "a@example.com"));
    assert_eq!(next(&mut calls).await, event("Delivery", "a@example.com"));
    mapping.stop().await;
    assert_eq!(open(&documents).reports().take(), None);
}

#[tokio::test]
async fn an_event_is_tried_three_times_and_the_next_one_follows() {
    let documents = documents();
    let messaging = open(&documents);
    let (handler, mut calls) = handler(|event| match event["detail"]["eventType"].as_str() {
        Some("Send") => Err(Failed),
        Some("Bounce") => panic!("the handler broke off"),
        _ => Ok(Value::Null),
    });
    let mapping = start(messaging.reports(), handler);
    send(&messaging, "a@example.com");
    for kind in ["Send", "Send", "Send", "Delivery"] {
        assert_eq!(next(&mut calls).await.0, kind);
    }
    send(&messaging, "bounce@simulator.amazonses.com");
    for kind in ["Send", "Send", "Send"] {
        assert_eq!(next(&mut calls).await.0, kind);
    }
    mapping.stop().await;
    assert!(calls.recv().await.is_none());
    assert_eq!(open(&documents).reports().take(), None);
}

#[tokio::test]
async fn messages_are_told_of_side_by_side_sixteen_at_most() {
    let documents = documents();
    let messaging = open(&documents);
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
    let mapping = start(messaging.reports(), handler);
    for number in 0..=MAX_CALLS {
        send(&messaging, &format!("a{number}@example.com"));
    }
    for _ in 0..MAX_CALLS {
        assert_eq!(next(&mut seen).await.0, "Send");
    }
    tokio::task::yield_now().await;
    assert!(seen.try_recv().is_err());
    gate.add_permits(100);
    for _ in MAX_CALLS..2 * (MAX_CALLS + 1) {
        next(&mut seen).await;
    }
    mapping.stop().await;
    assert!(seen.recv().await.is_none());
}
