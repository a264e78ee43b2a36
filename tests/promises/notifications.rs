//! Mail and text messages: each address gets what was asked for once, whatever fails on the way, and its state says so.

use std::collections::HashMap;
use std::time::Duration;

use futures_util::future::join_all;
use http::Method;
use serde_json::{Value, json};
use shared::messaging::{Content, Outgoing, UsedTemplates};
use shared::model::{Address, Channel, DeliveryId, DeliveryStatus, Timestamp, TraceKey};
use shared::store::{Deliveries, DeliveryKey, Outcome, Sent, Store, Trace};
use tests::faults::{Fault, When, Wire};
use tests::notifier::{EMAIL_SENDER, Notifier, mail_address, sent_out};
use tests::{Backend, unique};

fn mail(addresses: &[String]) -> Value {
    let target = |address: &String| (address.clone(), json!({ "ChannelType": "EMAIL" }));
    json!({
        "TraceId": unique("trace"),
        "EmailMessage": { "FromAddress": EMAIL_SENDER, "MessageBody": "once" },
        "Addresses": addresses.iter().map(target).collect::<serde_json::Map<_, _>>(),
    })
}

fn addresses(count: usize) -> Vec<String> {
    (0..count).map(|_| mail_address()).collect()
}

/// The states of a request's deliveries by address, once none is on its way.
async fn states(notifier: &Notifier, body: &Value) -> HashMap<String, String> {
    let settled = notifier.settled(body["TraceId"].as_str().expect("a name")).await;
    let deliveries = settled["deliveries"].as_array().expect("a list");
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let state = |delivery: &Value| (text(&delivery["address"]), text(&delivery["deliveryStatus"]));
    deliveries.iter().map(state).collect()
}

async fn order_failures(backend: &Backend, address: &str, times: u32, kind: &str) {
    let order = json!({ "address": address, "times": times, "kind": kind });
    backend.anyone().post("/local/outbox/failures", order).await.expect(204);
}

#[tokio::test]
async fn after_a_crash_at_any_call_the_repeat_sends_each_once() {
    let (backend, wire) = Wire::backend(|_| {}).await;
    let notifier = Notifier::new(&backend);
    for crash in [Fault::CrashBefore, Fault::CrashAfter, Fault::LoseAnswer] {
        for call in 1.. {
            let addresses = addresses(3);
            let body = mail(&addresses);
            wire.on(When::any()).nth(call).fail(crash.clone());
            let first = notifier.notify(&body).await;
            wire.clear();
            notifier.notify(&body).await.expect(202);
            let states = states(&notifier, &body).await;
            for address in &addresses {
                assert_eq!(states[address], "DELIVERED", "call {call}");
                assert_eq!(sent_out(&backend, address).await.len(), 1, "call {call}");
            }
            if first.status == 202 {
                break;
            }
        }
    }
}

#[tokio::test]
async fn a_fault_at_any_call_of_the_delivery_sends_nothing_twice_and_loses_nothing() {
    let (backend, wire) = Wire::behind_events(|options| {
        options.queue_visibility = Some(Duration::from_millis(400));
    })
    .await;
    let notifier = Notifier::new(&backend);
    let faults = [
        Fault::CrashBefore,
        Fault::CrashAfter,
        Fault::LoseCall,
        Fault::LoseAnswer,
        Fault::Throttle,
    ];
    for fault in faults {
        // The claim, the record, and the two events, in whatever order.
        for call in 1..=4 {
            let (struck, other) = (mail_address(), mail_address());
            let body = mail(&[struck.clone(), other.clone()]);
            let update = When::operation("UpdateItem", "Deliveries").with(&struck);
            wire.on(update).nth(call).fail(fault.clone());
            notifier.notify(&body).await.expect(202);
            let states = states(&notifier, &body).await;
            wire.clear();
            for address in [&struck, &other] {
                assert_eq!(states[address], "DELIVERED", "{fault:?} at {call}");
                let sent = sent_out(&backend, address).await;
                assert_eq!(sent.len(), 1, "{fault:?} at {call}");
            }
        }
    }
}

#[tokio::test]
async fn what_the_provider_does_not_take_now_goes_out_later_once() {
    let backend = Backend::private(|_| {}).await;
    let notifier = Notifier::new(&backend);
    let all = addresses(5);
    for (times, address) in (0..).zip(&all) {
        if times > 0 {
            order_failures(&backend, address, times, "throttle").await;
        }
    }
    let body = mail(&all);
    notifier.notify(&body).await.expect(202);
    let states = states(&notifier, &body).await;
    for address in &all {
        assert_eq!(states[address], "DELIVERED");
        assert_eq!(sent_out(&backend, address).await.len(), 1);
    }
}

/// Ten thousand addresses, of which 5 % are throttled once or twice and 1 % bounce.
#[tokio::test]
async fn each_of_many_addresses_has_exactly_one_outcome() {
    const ROUNDS: usize = 20;
    let seed = fastrand::u64(..);
    println!("seed {seed}");
    let mut dice = fastrand::Rng::with_seed(seed);
    let backend = Backend::private(|_| {}).await;
    for _ in 0..ROUNDS {
        send_to_many(&backend, &mut dice, seed).await;
        backend.anyone().delete("/local/outbox").await.expect(204);
    }
}

/// As many as the outbox keeps, in half of it.
async fn send_to_many(backend: &Backend, dice: &mut fastrand::Rng, seed: u64) {
    const REQUESTS: usize = 5;
    let notifier = Notifier::new(backend);
    let (mut bodies, mut bounced) = (Vec::new(), Vec::new());
    for _ in 0..REQUESTS {
        let all = addresses(100);
        for address in &all {
            match dice.u8(..100) {
                0..5 => order_failures(backend, address, dice.u32(1..3), "throttle").await,
                5 => {
                    order_failures(backend, address, 1, "bounce").await;
                    bounced.push(address.clone());
                }
                _ => {}
            }
        }
        bodies.push(mail(&all));
    }
    // Each request twice at once: a repeat is nothing new.
    let requests = bodies.iter().chain(&bodies).map(|body| notifier.notify(body));
    for reply in join_all(requests).await {
        reply.expect(202);
    }
    for body in &bodies {
        for (address, state) in states(&notifier, body).await {
            let expected = if bounced.contains(&address) { "FAILED" } else { "DELIVERED" };
            assert_eq!(state, expected, "{address}, seed {seed}");
        }
    }
    let outbox = backend.anyone().get("/local/outbox").await;
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for message in outbox.body["messages"].as_array().expect("a list") {
        *counts.entry(message["to"].as_str().expect("an address")).or_default() += 1;
    }
    assert!(counts.values().all(|count| *count == 1), "seed {seed}");
}

#[tokio::test]
async fn messages_of_graphql_that_are_throttled_go_through_the_queue() {
    let backend = Backend::private(|options| {
        options.queue_visibility = Some(Duration::from_secs(5));
    })
    .await;
    let to = mail_address();
    order_failures(&backend, &to, 100, "throttle").await;
    let send =
        "mutation($input: MessageInput!) { sendMessage(input: $input) { id deliveryStatus } }";
    let input = json!({ "to": to, "body": "x", "deliveryMethod": "EMAIL" });
    let sent = tests::notifier::graphql(&backend, send, json!({ "input": input })).await;
    assert_eq!(sent.body["data"]["sendMessage"]["deliveryStatus"], "PENDING", "{sent}");
    order_failures(&backend, &to, 1, "throttle").await;
    let went_out = async || sent_out(&backend, &to).await.len();
    assert_eq!(tests::eventually(went_out, |count| *count == 1).await, 1);
}

/// Whatever breaks off, a message that was recorded is sent, and one that was not is not.
#[tokio::test]
async fn a_fault_at_any_call_of_graphql_leaves_no_message_waiting() {
    let (backend, wire) = Wire::backend(|options| {
        options.queue_visibility = Some(Duration::from_secs(2));
    })
    .await;
    let calls = [("PutItem", 1), ("UpdateItem", 1), ("UpdateItem", 2)];
    let faults = [Fault::CrashBefore, Fault::CrashAfter, Fault::LoseAnswer];
    let cases = calls.into_iter().flat_map(|call| faults.clone().map(|fault| (call, fault)));
    let sends = cases.map(async |((operation, nth), fault)| {
        let to = mail_address();
        wire.on(When::operation(operation, "Deliveries").with(&to)).nth(nth).fail(fault.clone());
        let send = "mutation($input: MessageInput!) { sendMessage(input: $input) { id } }";
        let input = json!({ "to": to, "body": "x", "deliveryMethod": "EMAIL" });
        let _ = tests::notifier::graphql(&backend, send, json!({ "input": input })).await;
        let get = "query($filter: MessageFilter!) { getMessages(filter: $filter) { data { deliveryStatus } } }";
        let states = async || {
            let filter = json!({ "filter": { "to": to } });
            let listed = tests::notifier::graphql(&backend, get, filter).await;
            listed.body["data"]["getMessages"]["data"].clone()
        };
        let recorded = !matches!((operation, &fault), ("PutItem", Fault::CrashBefore));
        let expected = if recorded { json!([{ "deliveryStatus": "DELIVERED" }]) } else { json!([]) };
        let found = tests::eventually(states, |found| *found == expected).await;
        let case = format!("{fault:?} at {operation} {nth}");
        assert_eq!(found, expected, "{case}");
        assert_eq!(sent_out(&backend, &to).await.len(), usize::from(recorded), "{case}");
    });
    join_all(sends).await;
}

/// What the providers tell may come in any order, and twice.
#[tokio::test]
async fn whatever_the_order_of_events_the_same_is_left() {
    let backend = Backend::private(|_| {}).await;
    let dynamodb = backend.server().expect("a server").dynamodb().clone();
    let deliveries = Deliveries::new(Store::new(dynamodb, ""));
    let all = [Outcome::Accepted, Outcome::Failed, Outcome::Delivered, Outcome::Returned];
    let expected = |told: &[Outcome]| match told.iter().max_by_key(|outcome| **outcome as u8) {
        None => DeliveryStatus::Pending,
        Some(Outcome::Accepted) => DeliveryStatus::Accepted,
        Some(Outcome::Delivered) => DeliveryStatus::Delivered,
        Some(Outcome::Failed | Outcome::Returned) => DeliveryStatus::Failed,
    };
    assert_eq!(expected(&[Outcome::Failed, Outcome::Delivered]), DeliveryStatus::Delivered);
    assert_eq!(expected(&[Outcome::Returned, Outcome::Delivered]), DeliveryStatus::Failed);
    // Every sequence of four.
    for number in 0..4_usize.pow(4) {
        let told: Vec<Outcome> = (0..4).map(|place| all[number / 4_usize.pow(place) % 4]).collect();
        let name = TraceKey::new("issuer", "subject", &number.to_string());
        let address = Address::new(Channel::Email, "a@example.com").expect("an address");
        let key = DeliveryKey::new(&name, &address);
        let outgoing = Outgoing {
            trace: name.clone(),
            address: address.clone(),
            delivery_id: DeliveryId::generate(),
            ticket: "t".to_owned(),
            recorded: false,
            content: Content::Email {
                from: EMAIL_SENDER.to_owned(),
                subject: "x".to_owned(),
                body: "x".to_owned(),
                html: false,
                reply_to: None,
            },
        };
        deliveries.claim(&key, &outgoing, Timestamp::now()).await.expect("a claim");
        for outcome in &told {
            let sent = Sent::told(*outcome, "m".to_owned(), None);
            deliveries.record(&key, sent).await.expect("a record");
        }
        let trace = Trace {
            body_hash: String::new(),
            templates: UsedTemplates::default(),
            deliveries: Vec::new(),
            created_at: Timestamp::now(),
        };
        deliveries.commit(&name, &trace).await.expect("a trace");
        let (_, found) = deliveries.of(&name).await.expect("rows").expect("a trace");
        assert_eq!(found[0].status, expected(&told), "{told:?}");
    }
}

/// Only here: the emulated gateway decodes a path twice.
#[tokio::test]
async fn a_name_with_the_signs_of_a_url_is_found() {
    let backend = Backend::private(|_| {}).await;
    let notifier = Notifier::new(&backend);
    let mut body = mail(&[mail_address()]);
    body["TraceId"] = "a/b?c=d&e#f%20g".into();
    notifier.notify(&body).await.expect(202);
    let found = notifier.status("a%2Fb%3Fc%3Dd%26e%23f%2520g").await.expect(200);
    assert_eq!(found["traceId"], body["TraceId"]);
}

#[tokio::test]
async fn orders_of_failures_that_make_no_sense_are_refused() {
    let backend = Backend::private(|_| {}).await;
    let path = "/local/outbox/failures";
    let good = json!({ "address": "a@example.com", "times": 1, "kind": "bounce" });
    let anyone = backend.anyone();
    for (name, value) in [("times", json!(0)), ("kind", json!("x")), ("address", json!("x"))] {
        let mut order = good.clone();
        order[name] = value;
        let request = anyone.request(Method::POST, path).json(&order);
        let status = request.send().await.status.as_u16();
        assert!([400, 422].contains(&status), "{order}: {status}");
    }
    anyone.post(path, good).await.expect(204);
}
