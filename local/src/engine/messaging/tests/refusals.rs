//! What is refused, by its names.

use aws_sdk_sesv2::config::http::HttpResponse;
use aws_sdk_sesv2::error::{ProvideErrorMetadata, SdkError};

use super::*;

/// The name and the status of the refusal.
fn refusal<E: ProvideErrorMetadata>(
    outcome: Result<impl Sized, SdkError<E, HttpResponse>>,
) -> (String, u16) {
    let error = outcome.err().unwrap();
    let status = error.raw_response().unwrap().status().as_u16();
    (error.code().unwrap().to_owned(), status)
}

fn is(name: &str, status: u16) -> (String, u16) {
    (name.to_owned(), status)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_ses_refuses_is_refused_by_its_names() {
    let service = service().await;
    let mail = || service.mail("a@example.com");
    let unverified = mail().from_email_address("a@example.com").send().await;
    let sentence = unverified.as_ref().unwrap_err().message().unwrap().to_owned();
    assert!(sentence.starts_with("Email address is not verified."), "{sentence}");
    assert_eq!(refusal(unverified), is("MessageRejected", 400));

    let ascii = |text: &str| Content::builder().data(text).build().unwrap();
    let of = |text: Content| content(Body::builder().text(text).build());
    let tag = MessageTag::builder().name("a b").value("c").build().unwrap();
    let nobody = Destination::builder().build();
    let two = Destination::builder().to_addresses("a@example.com").to_addresses("b@example.com");
    for bad in [
        mail().set_from_email_address(None),
        mail().set_destination(None),
        mail().destination(nobody),
        mail().destination(two.build()),
        service.mail("nobody"),
        mail().reply_to_addresses("nobody"),
        mail().content(EmailContent::builder().build()),
        mail().content(content(Body::builder().build())),
        mail().content(of(ascii("ä"))),
        mail().email_tags(tag),
    ] {
        assert_eq!(refusal(bad.send().await), is("BadRequestException", 400));
    }
    mail().content(of(ascii("a"))).send().await.unwrap();
    assert_eq!(service.outbox().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_end_user_messaging_refuses_is_refused_by_its_names() {
    let service = service().await;
    let text = || service.text("+18005550100");
    let unknown = text().origination_identity("+18005559999").send().await;
    assert_eq!(refusal(unknown), is("ResourceNotFoundException", 400));
    for bad in [
        service.text("nobody"),
        text().set_origination_identity(None),
        text().set_message_body(None),
        text().message_body(""),
        text().message_body("x".repeat(1_601)),
        text().message_type(MessageType::from("LOUD")),
        text().configuration_set_name("a b"),
        text().context("other", ""),
    ] {
        assert_eq!(refusal(bad.send().await), is("ValidationException", 400));
    }
    let many = text().message_body("ä".repeat(1_600));
    many.send().await.unwrap();
    assert_eq!(service.outbox().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn as_many_calls_are_throttled_as_were_asked_for() {
    let service = service().await;
    service.messaging.fail("a@example.com", 2, Failure::Throttle);
    service.messaging.fail("+18005550100", 1, Failure::Throttle);
    for _ in 0..2 {
        let throttled = refusal(service.mail("a@example.com").send().await);
        assert_eq!(throttled, is("TooManyRequestsException", 429));
    }
    let throttled = refusal(service.text("+18005550100").send().await);
    assert_eq!(throttled, is("ThrottlingException", 400));
    assert!(service.outbox().is_empty() && service.messaging.reports().take().is_none());
    service.mail("a@example.com").send().await.unwrap();
    service.text("+18005550100").send().await.unwrap();
    assert_eq!(service.outbox().len(), 2);
}
