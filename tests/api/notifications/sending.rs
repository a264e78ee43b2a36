//! What is asked for goes out, once to each address, and its state is true.

use serde_json::{Value, json};
use tests::notifier::{EMAIL_SENDER, SMS_SENDER, SentOut, mail_address, phone_number, sent_out};
use tests::{Backend, eventually, unique};

use super::{mail, notifier, text};

fn trace_of(body: &Value) -> &str {
    body["TraceId"].as_str().unwrap()
}

#[tokio::test]
async fn a_mail_without_a_body_gets_the_default_one_and_arrives() {
    let (backend, notifier, to) = (Backend::shared().await, notifier().await, mail_address());
    let trace_id = unique("test");
    let body = json!({
        "TraceId": trace_id,
        "EmailMessage": { "FromAddress": "sender@example.com", "Subject": "Test Email" },
        "Addresses": { &to: { "ChannelType": "EMAIL" } },
    });
    let queued = notifier.notify(&body).await.expect(202);
    assert_eq!(queued["status"], "Message sent to queue");
    assert_eq!(queued["traceId"], trace_id);
    assert_eq!(queued["deliveries"][0]["address"], to);
    let id = queued["deliveries"][0]["deliveryId"].as_str().unwrap();
    assert_eq!(id.len(), 26, "a ULID: {id}");

    let settled = notifier.settled(&trace_id).await;
    let delivery = &settled["deliveries"][0];
    assert_eq!(settled["deliveries"].as_array().unwrap().len(), 1);
    assert_eq!(delivery["deliveryStatus"], "DELIVERED");
    assert_eq!(delivery["deliveryId"], id);
    assert_eq!(delivery["channel"], "EMAIL");
    let sent = sent_out(backend, &to).await;
    assert_eq!(sent.len(), 1);
    assert_eq!(
        (sent[0].from.as_str(), sent[0].subject.as_deref()),
        (EMAIL_SENDER, Some("Test Email"))
    );
    assert!(!sent[0].body.is_empty());
}

#[tokio::test]
async fn a_text_message_arrives_and_its_parts_are_counted() {
    let (backend, notifier, to) = (Backend::shared().await, notifier().await, phone_number());
    let long = format!("Your message {}", "x".repeat(160));
    let body = text(&to, &long);
    notifier.notify(&body).await.expect(202);
    let delivery = notifier.settled(trace_of(&body)).await["deliveries"][0].clone();
    assert_eq!(delivery["deliveryStatus"], "DELIVERED");
    assert_eq!((&delivery["channel"], &delivery["segments"]), (&json!("SMS"), &json!(2)));
    let sent = SentOut { from: SMS_SENDER.to_owned(), subject: None, body: long };
    assert_eq!(sent_out(backend, &to).await, [sent]);
}

#[tokio::test]
async fn values_of_an_address_go_before_those_of_all() {
    let (backend, notifier) = (Backend::shared().await, notifier().await);
    let (one, other, phone) = (mail_address(), mail_address(), phone_number());
    let body = json!({
        "TraceId": unique("trace"),
        "EmailMessage": {
            "FromAddress": EMAIL_SENDER,
            "Subject": "{greeting} {name}",
            "MessageBody": "{greeting}, {name}! {{literal}} {twice}",
            "Substitutions": { "greeting": ["Hello", "never"], "name": "all", "twice": "{name}" },
        },
        "SMSMessage": {
            "MessageType": "PROMOTIONAL",
            "OriginationNumber": SMS_SENDER,
            "MessageBody": "Code {code}",
        },
        "Addresses": {
            &one: { "ChannelType": "EMAIL" },
            &other: { "ChannelType": "EMAIL", "Substitutions": { "name": "Ada\r\nBcc: x@example.com" } },
            &phone: { "ChannelType": "SMS", "Substitutions": { "code": 1234 } },
        },
    });
    notifier.notify(&body).await.expect(202);
    notifier.settled(trace_of(&body)).await;
    let mail = sent_out(backend, &one).await;
    assert_eq!(mail[0].subject.as_deref(), Some("Hello all"));
    assert_eq!(mail[0].body, "Hello, all! {literal} {name}");
    let mail = sent_out(backend, &other).await;
    assert_eq!(mail[0].subject.as_deref(), Some("Hello Ada  Bcc: x@example.com"));
    assert_eq!(sent_out(backend, &phone).await[0].body, "Code 1234");
}

#[tokio::test]
async fn values_are_text_within_html() {
    let (backend, notifier, to) = (Backend::shared().await, notifier().await, mail_address());
    let mut body = mail(&[&to], "<p title=\"{name}\">Hi {name}</p>");
    body["EmailMessage"]["Substitutions"] = json!({ "name": "<script>alert('x')</script>\"" });
    notifier.notify(&body).await.expect(202);
    notifier.settled(trace_of(&body)).await;
    let html = &sent_out(backend, &to).await[0].body;
    assert!(!html.contains("<script>") && html.contains("&lt;script&gt;"), "{html}");
    assert!(html.contains("&quot;\">Hi "), "{html}");
}

#[tokio::test]
async fn a_repeat_sends_nothing_again_and_another_body_is_refused() {
    let (backend, notifier, to) = (Backend::shared().await, notifier().await, mail_address());
    let body = mail(&[&to], "once");
    let first = notifier.notify(&body).await.expect(202);
    notifier.settled(trace_of(&body)).await;
    for _ in 0..3 {
        let again = notifier.notify(&body).await.expect(202);
        assert_eq!(again["deliveries"], first["deliveries"]);
    }
    let mut other = body.clone();
    other["EmailMessage"]["MessageBody"] = "twice".into();
    notifier.notify(&other).await.problem(409, "trace-id-reused");
    // Behind the repeats.
    let fence = mail(&[&mail_address()], "fence");
    notifier.notify(&fence).await.expect(202);
    notifier.settled(trace_of(&fence)).await;
    assert_eq!(sent_out(backend, &to).await.len(), 1);

    // Another sender may use the same name.
    let stranger = super::notifier().await;
    stranger.status(trace_of(&body)).await.problem(404, "not-found");
    stranger.notify(&body).await.expect(202);
    let sent = eventually(async || sent_out(backend, &to).await, |sent| sent.len() == 2).await;
    assert_eq!(sent.len(), 2);
}

#[tokio::test]
async fn many_at_once_are_sent_once() {
    let (backend, notifier, to) = (Backend::shared().await, notifier().await, mail_address());
    let body = mail(&[&to], "once");
    let replies = futures_util::future::join_all((0..8).map(|_| notifier.notify(&body))).await;
    let mut answers = replies.into_iter().map(|reply| reply.expect(202).body.clone());
    let first = answers.next().unwrap();
    assert!(answers.all(|answer| answer == first));
    notifier.settled(trace_of(&body)).await;
    let fence = mail(&[&mail_address()], "fence");
    notifier.notify(&fence).await.expect(202);
    notifier.settled(trace_of(&fence)).await;
    assert_eq!(sent_out(backend, &to).await.len(), 1);
}

#[tokio::test]
async fn what_bounces_has_failed_and_is_nothing_to_the_others() {
    let (notifier, to) = (notifier().await, mail_address());
    let bounce = format!("bounce+{}@simulator.amazonses.com", unique("b"));
    let complaint = format!("complaint+{}@simulator.amazonses.com", unique("c"));
    let body = mail(&[&to, &bounce, &complaint], "hi");
    notifier.notify(&body).await.expect(202);
    let settled = notifier.settled(trace_of(&body)).await;
    let of = |address: &str| {
        let deliveries = settled["deliveries"].as_array().unwrap();
        deliveries.iter().find(|delivery| delivery["address"] == address).unwrap().clone()
    };
    assert_eq!(of(&to)["deliveryStatus"], "DELIVERED");
    assert_eq!(of(&complaint)["deliveryStatus"], "DELIVERED");
    assert_eq!(of(&bounce)["deliveryStatus"], "FAILED");
    assert!(of(&bounce)["reason"].as_str().unwrap().contains("Permanent"), "{settled}");
}

#[tokio::test]
async fn html_that_never_closes_a_tag_is_sent_as_any_other() {
    let (notifier, to) = (notifier().await, mail_address());
    let body = mail(&[&to], &"<a>".repeat(34_000));
    notifier.notify(&body).await.expect(202);
    let settled = notifier.settled(trace_of(&body)).await;
    assert_eq!(settled["deliveries"][0]["deliveryStatus"], "DELIVERED");
}

#[tokio::test]
async fn a_name_may_have_characters_that_a_path_must_escape() {
    let (notifier, to) = (notifier().await, mail_address());
    let mut body = mail(&[&to], "x");
    body["TraceId"] = format!("{} ä", unique("trace")).into();
    notifier.notify(&body).await.expect(202);
    let escaped = trace_of(&body).replace(' ', "%20").replace('ä', "%C3%A4");
    let found = notifier.status(&escaped).await.expect(200);
    assert_eq!(found["traceId"], body["TraceId"]);
}

#[tokio::test]
async fn a_hundred_addresses_go_out_in_one_request() {
    let notifier = notifier().await;
    let addresses: Vec<String> = (0..100).map(|_| mail_address()).collect();
    let addresses: Vec<&str> = addresses.iter().map(String::as_str).collect();
    let body = mail(&addresses, "hi");
    let queued = notifier.notify(&body).await.expect(202);
    assert_eq!(queued["deliveries"].as_array().unwrap().len(), 100);
    let settled = notifier.settled(trace_of(&body)).await;
    let deliveries = settled["deliveries"].as_array().unwrap();
    assert!(deliveries.iter().all(|delivery| delivery["deliveryStatus"] == "DELIVERED"));
}
