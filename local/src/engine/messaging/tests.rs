//! Both services over the SDK.

mod refusals;

use std::net::Ipv4Addr;

use aws_config::retry::RetryConfig;
use aws_sdk_pinpointsmsvoicev2::operation::send_text_message::builders::SendTextMessageFluentBuilder;
use aws_sdk_pinpointsmsvoicev2::types::MessageType;
use aws_sdk_sesv2::operation::send_email::builders::SendEmailFluentBuilder;
use aws_sdk_sesv2::types::{Body, Content, Destination, EmailContent, MessageTag};
use dynoxide::Database;
use shared::queues::Queues;
use tokio::net::TcpListener;

use super::*;
use crate::aws;
use crate::engine::cognito::{Settings, UserPool};
use crate::engine::secrets::Secrets;
use crate::engine::services::Services;
use crate::engine::sqs::Sqs;
use crate::outbox::Channel;
use serde_json::json;

struct Service {
    mail: aws_sdk_sesv2::Client,
    texts: aws_sdk_pinpointsmsvoicev2::Client,
    messaging: Arc<Messaging>,
    _folder: tempfile::TempDir,
}

fn documents() -> Documents {
    Documents::open(Database::memory().unwrap()).unwrap()
}

async fn service() -> Service {
    service_over(documents(), None).await
}

async fn service_over(documents: Documents, delay: Option<Duration>) -> Service {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("queues.sqlite");
    let sqs = Arc::new(Sqs::open(&file, &Queues::new(), None).unwrap());
    let outbox = Arc::new(Outbox::open(documents.clone()).unwrap());
    let messaging = Messaging::open(documents.clone(), Arc::clone(&outbox), delay).unwrap();
    let messaging = Arc::new(messaging);
    let pool = Arc::new(UserPool::open(documents, outbox, Settings::default()).unwrap());
    let secrets = Arc::new(Secrets::new(pool.client_id()));
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let config = aws::config(listener.local_addr().unwrap(), None).into_builder();
    let config = config.retry_config(RetryConfig::disabled()).build();
    let router = Services { pool, secrets, sqs, messaging: Arc::clone(&messaging) }.router();
    tokio::spawn(axum::serve(listener, router).into_future());
    Service {
        mail: aws_sdk_sesv2::Client::new(&config),
        texts: aws_sdk_pinpointsmsvoicev2::Client::new(&config),
        messaging,
        _folder: folder,
    }
}

fn utf8(text: &str) -> Content {
    Content::builder().data(text).charset("UTF-8").build().unwrap()
}

fn content(body: Body) -> EmailContent {
    let message = aws_sdk_sesv2::types::Message::builder().subject(utf8("Hellö")).body(body);
    EmailContent::builder().simple(message.build()).build()
}

impl Service {
    /// A mail with all that the lambda says.
    fn mail(&self, to: &str) -> SendEmailFluentBuilder {
        let tag = MessageTag::builder().name("trace").value("t-1").build().unwrap();
        self.mail
            .send_email()
            .from_email_address(EMAIL_SENDER)
            .destination(Destination::builder().to_addresses(to).build())
            .content(content(Body::builder().text(utf8("text")).build()))
            .reply_to_addresses("reply@example.com")
            .email_tags(tag)
            .configuration_set_name("mail")
    }

    /// A text message with all that the lambda says.
    fn text(&self, to: &str) -> SendTextMessageFluentBuilder {
        self.texts
            .send_text_message()
            .destination_phone_number(to)
            .origination_identity(SMS_SENDER)
            .message_body("Hellö")
            .message_type(MessageType::Transactional)
            .configuration_set_name("texts")
            .context("trace", "t-1")
    }

    /// What becomes of a mail to `to`, and how many mails are in the outbox then.
    async fn fate(&self, to: &str) -> (Vec<String>, usize) {
        self.mail(to).send().await.unwrap();
        let reports = self.messaging.reports();
        let report = reports.take().unwrap();
        reports.told(&report).unwrap();
        (report.events.iter().map(kind).collect(), self.outbox().len())
    }

    fn outbox(&self) -> Vec<Message> {
        self.messaging.outbox().list().unwrap()
    }
}

/// The type of an event; of a bounce, its subtype, too.
fn kind(event: &Value) -> String {
    let detail = &event["detail"];
    let kind = detail["eventType"].as_str().unwrap();
    match detail["bounce"]["bounceSubType"].as_str() {
        Some(subtype) => format!("{kind} {subtype}"),
        None => kind.to_owned(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_goes_to_the_outbox_and_its_events_are_told() {
    let service = service().await;
    let html = Body::builder().text(utf8("text")).html(utf8("<b>hi</b>")).build();
    let sent = service.mail("a@example.com").content(content(html)).send().await.unwrap();
    let [mail] = &service.outbox()[..] else { panic!("no mail, or more than one") };
    assert_eq!((mail.channel, mail.to.as_str()), (Channel::Email, "a@example.com"));
    assert_eq!((mail.from.as_str(), mail.subject.as_deref()), (EMAIL_SENDER, Some("Hellö")));
    assert_eq!(mail.body, "<b>hi</b>");

    let report = service.messaging.reports().take().unwrap();
    assert_eq!(sent.message_id(), Some(report.message_id.as_str()));
    assert_eq!(report.events.iter().map(kind).collect::<Vec<_>>(), ["Send", "Delivery"]);
    for event in &report.events {
        assert_eq!((&event["source"], &event["version"]), (&json!("aws.ses"), &json!("0")));
        let mail = &event["detail"]["mail"];
        assert_eq!(mail["messageId"], report.message_id.as_str());
        assert_eq!(mail["destination"], json!(["a@example.com"]));
        let tags = json!({ "trace": ["t-1"], "ses:configuration-set": ["mail"] });
        assert_eq!((&mail["tags"], &mail["source"]), (&tags, &json!(EMAIL_SENDER)));
    }
    assert_eq!(report.events[1]["detail-type"], "Email Delivered");
    assert_eq!(service.messaging.reports().take(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_message_goes_to_the_outbox_and_its_events_are_told() {
    let service = service().await;
    service.messaging.fail("+18005550199", 1, Failure::Bounce);
    for (number, end, status) in [
        ("+18005550100", "TEXT_DELIVERED", "DELIVERED"),
        ("+18005550199", "TEXT_INVALID", "INVALID"),
        ("+18005550199", "TEXT_DELIVERED", "DELIVERED"),
    ] {
        let sent = service.text(number).send().await.unwrap();
        let text = service.outbox().pop().unwrap();
        assert_eq!((text.channel, text.subject), (Channel::Sms, None));
        assert_eq!((text.from.as_str(), text.to.as_str()), (SMS_SENDER, number));
        assert_eq!(text.body, "Hellö");

        let report = service.messaging.reports().take().unwrap();
        assert_eq!(sent.message_id(), Some(report.message_id.as_str()));
        let events: Vec<Value> = report.events.iter().map(notification).collect();
        let told =
            |event: &Value| json!([event["eventType"], event["messageStatus"], event["isFinal"]]);
        let expected = [json!(["TEXT_QUEUED", "QUEUED", false]), json!([end, status, true])];
        assert_eq!(events.iter().map(told).collect::<Vec<_>>(), expected);
        assert_eq!(events[1]["messageId"], report.message_id.as_str());
        assert_eq!(events[1]["destinationPhoneNumber"], number);
        assert_eq!(events[1]["context"], json!({ "trace": "t-1" }));
    }
    assert_eq!(service.outbox().len(), 3);
}

fn notification(event: &Value) -> Value {
    let record = &event["Records"][0];
    assert_eq!(record["EventSource"], "aws:sns");
    serde_json::from_str(record["Sns"]["Message"].as_str().unwrap()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_gets_no_mail_after_a_bounce_or_a_complaint_until_all_is_forgotten() {
    let documents = documents();
    let service = service_over(documents.clone(), None).await;
    service.messaging.fail("A@example.com", 1, Failure::Bounce);
    assert_eq!(service.fate("a@example.com").await, (kinds(&["Send", "Bounce General"]), 1));
    let suppressed = kinds(&["Send", "Bounce OnAccountSuppressionList"]);
    assert_eq!(service.fate("a@EXAMPLE.com").await, (suppressed.clone(), 1));
    assert_eq!(service.fate("b@example.com").await, (kinds(&["Send", "Delivery"]), 2));

    let service = service_over(documents, None).await;
    assert_eq!(service.fate("a@example.com").await, (suppressed, 2));
    service.messaging.fail("b@example.com", 1, Failure::Bounce);
    service.messaging.clear().unwrap();
    assert!(service.outbox().is_empty());
    for (address, count) in [("a@example.com", 1), ("b@example.com", 2)] {
        assert_eq!(service.fate(address).await, (kinds(&["Send", "Delivery"]), count));
    }
}

fn kinds(kinds: &[&str]) -> Vec<String> {
    kinds.iter().map(|kind| (*kind).to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_simulator_does_the_same_every_time() {
    let service = service().await;
    let mut count = 0;
    for (mailbox, events) in [
        ("success", &["Send", "Delivery"][..]),
        ("ooto+1", &["Send", "Delivery"]),
        ("bounce", &["Send", "Bounce General"]),
        ("complaint", &["Send", "Delivery", "Complaint"]),
        ("suppressionlist", &["Send", "Bounce OnAccountSuppressionList"]),
    ] {
        for _ in 0..2 {
            count += usize::from(mailbox != "suppressionlist");
            let address = format!("{mailbox}@simulator.amazonses.com");
            assert_eq!(service.fate(&address).await, (kinds(events), count), "{address}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_takes_as_long_as_it_is_to_take() {
    let delay = Duration::from_millis(100);
    let service = service_over(documents(), Some(delay)).await;
    let began = std::time::Instant::now();
    service.mail("a@example.com").send().await.unwrap();
    assert!(began.elapsed() >= delay);
    service.text("+18005550100").send().await.unwrap();
    assert!(began.elapsed() >= 2 * delay);
}
