//! What is not allowed is named, all of it at once, and nothing of it is sent.

use http::Method;
use http::header::CONTENT_TYPE;
use serde_json::{Value, json};
use tests::notifier::{EMAIL_SENDER, SMS_SENDER, mail_address, phone_number, sent_out};
use tests::{Backend, unique};

use super::{mail, notifier, text};

#[tokio::test]
async fn every_bad_value_is_named() {
    let notifier = notifier().await;
    let nothing: [&str; 2] = ["/Addresses", "/TraceId"];
    notifier.notify(&json!({})).await.refused(422).naming(&nothing);
    let body = json!({
        "TraceId": "",
        "EmailMessage": {
            "FromAddress": "stranger@example.com",
            "ReplyToAddress": "nobody",
            "Subject": "{open",
            "MessageBody": " ",
            "TemplateName": "no/name",
        },
        "SMSMessage": { "MessageType": "URGENT", "MessageBody": "}" },
        "Addresses": {
            "no address": { "ChannelType": "EMAIL" },
            "+0123": { "ChannelType": "SMS" },
            "a@example.com": { "ChannelType": "FAX" },
            "b@example.com": {},
        },
    });
    notifier.notify(&body).await.refused(422).naming(&[
        "/Addresses/+0123",
        "/Addresses/a@example.com/ChannelType",
        "/Addresses/b@example.com/ChannelType",
        "/Addresses/no address",
        "/EmailMessage/FromAddress",
        "/EmailMessage/MessageBody",
        "/EmailMessage/ReplyToAddress",
        "/EmailMessage/Subject",
        "/EmailMessage/TemplateName",
        "/SMSMessage/MessageBody",
        "/SMSMessage/MessageType",
        "/SMSMessage/OriginationNumber",
        "/TraceId",
    ]);
}

#[tokio::test]
async fn a_channel_needs_its_message_and_a_kind_of_address() {
    let notifier = notifier().await;
    let (address, phone) = (mail_address(), phone_number());
    let mut body = mail(&[&address], "hi");
    body["Addresses"] = json!({
        &address: { "ChannelType": "SMS" },
        &phone: { "ChannelType": "EMAIL" },
    });
    let channel = format!("/Addresses/{address}/ChannelType");
    let addresses = [format!("/Addresses/{phone}"), format!("/Addresses/{address}"), channel];
    let addresses = addresses.each_ref().map(String::as_str);
    notifier.notify(&body).await.refused(422).naming(&addresses);
}

#[tokio::test]
async fn a_missing_value_is_named_for_each_address_and_nobody_gets_anything() {
    let (backend, notifier) = (Backend::shared().await, notifier().await);
    let (good, bad) = (mail_address(), mail_address());
    let mut body = mail(&[&good, &bad], "{greeting} {name}");
    body["EmailMessage"]["Subject"] = "{about}".into();
    body["EmailMessage"]["Substitutions"] = json!({ "greeting": "Hi" });
    body["Addresses"][&good]["Substitutions"] = json!({ "name": "Ada", "about": "x" });
    let [name, about] =
        ["name", "about"].map(|name| format!("/Addresses/{bad}/Substitutions/{name}"));
    notifier.notify(&body).await.refused(422).naming(&[&name, &about]);
    notifier.status(body["TraceId"].as_str().unwrap()).await.problem(404, "not-found");
    assert!(sent_out(backend, &good).await.is_empty());
}

#[tokio::test]
async fn a_template_that_does_not_exist_is_named() {
    let notifier = notifier().await;
    let mut body = mail(&[&mail_address()], "x");
    body["EmailMessage"]["TemplateName"] = unique("none").into();
    notifier.notify(&body).await.refused(422).naming(&["/EmailMessage/TemplateName"]);
}

#[tokio::test]
async fn more_than_a_hundred_addresses_and_the_same_one_twice_are_refused() {
    let notifier = notifier().await;
    let many: Vec<String> = (0..101).map(|_| mail_address()).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    notifier.notify(&mail(&many, "x")).await.refused(422).naming(&["/Addresses"]);
    notifier.notify(&mail(&[], "x")).await.refused(422).naming(&["/Addresses"]);
    let address = mail_address();
    let twice = [address.as_str(), &address.to_uppercase()];
    let pointer = format!("/Addresses/{address}");
    notifier.notify(&mail(&twice, "x")).await.refused(422).naming(&[&pointer]);
}

#[tokio::test]
async fn what_is_too_long_is_named() {
    let notifier = notifier().await;
    let address = mail_address();
    let pointer = format!("/Addresses/{address}");
    let body = mail(&[&address], &"x".repeat(100 * 1_024 + 1));
    notifier.notify(&body).await.refused(422).naming(&[&pointer]);
    let mut body = mail(&[&address], "x");
    body["EmailMessage"]["Subject"] = "s".repeat(999).into();
    notifier.notify(&body).await.refused(422).naming(&[&pointer]);
    let phone = phone_number();
    let pointer = format!("/Addresses/{phone}");
    notifier.notify(&text(&phone, &"x".repeat(1_601))).await.refused(422).naming(&[&pointer]);
    let mut body = mail(&[&address], "x");
    body["TraceId"] = "t".repeat(129).into();
    notifier.notify(&body).await.refused(422).naming(&["/TraceId"]);
}

#[tokio::test]
async fn a_wrong_type_or_an_unknown_field_cannot_be_read() {
    let notifier = notifier().await;
    let good = || mail(&["a@example.com"], "x");
    let with = |pointer: &str, value: Value| {
        let mut body = good();
        *body.pointer_mut(pointer).unwrap() = value;
        body
    };
    for (body, at) in [
        (with("/TraceId", json!(7)), "/TraceId"),
        (with("/EmailMessage", json!("x")), "/EmailMessage"),
        (with("/EmailMessage/Subject", json!(["x"])), "/EmailMessage/Subject"),
        (with("/Addresses", json!(["a@example.com"])), "/Addresses"),
        (json!({ "traceId": "x" }), "/traceId"),
        (json!({ "EmailMessage": { "From": EMAIL_SENDER } }), "/EmailMessage/From"),
        (json!({ "SMSMessage": { "OriginationNumber": SMS_SENDER, "x": 1 } }), "/SMSMessage/x"),
        (
            json!({ "Addresses": { "a@example.com": { "Substitutions": { "x": null } } } }),
            "/Addresses/a@example.com/Substitutions/x",
        ),
    ] {
        let refused = notifier.notify(&body).await.problem(400, "malformed");
        assert_eq!(refused.pointers(), [at], "{body}");
    }
}

#[tokio::test]
async fn a_subject_is_one_line_and_a_body_has_text() {
    let notifier = notifier().await;
    let address = mail_address();
    let mut body = mail(&[&address], "x");
    body["EmailMessage"]["Subject"] = "a\r\nBcc: b@example.com".into();
    notifier.notify(&body).await.refused(422).naming(&["/EmailMessage/Subject"]);
    let mut body = mail(&[&address], "{nothing}");
    body["EmailMessage"]["Substitutions"] = json!({ "nothing": " " });
    let pointer = format!("/Addresses/{address}");
    notifier.notify(&body).await.refused(422).naming(&[&pointer]);
}

#[tokio::test]
async fn a_wrong_sender_and_a_missing_value_are_named_together() {
    let (notifier, address) = (notifier().await, mail_address());
    let mut body = mail(&[&address], "Hi {name}");
    body["EmailMessage"]["FromAddress"] = "stranger@example.com".into();
    let missing = format!("/Addresses/{address}/Substitutions/name");
    notifier.notify(&body).await.refused(422).naming(&["/EmailMessage/FromAddress", &missing]);
}

#[tokio::test]
async fn what_is_there_twice_cannot_be_read() {
    let notifier = notifier().await;
    let address = r#""a@example.com": { "ChannelType": "EMAIL", "Substitutions": { "x": 1 } }"#;
    let values =
        r#""a@example.com": { "ChannelType": "EMAIL", "Substitutions": { "x": 1, "x": 2 } }"#;
    for addresses in [format!("{address}, {address}"), values.to_owned()] {
        let body = format!(r#"{{ "TraceId": "x", "Addresses": {{ {addresses} }} }}"#);
        let request = notifier.client().request(Method::POST, "/v1/notifications");
        let request = request.header(CONTENT_TYPE, "application/json").bytes(body);
        let refused = request.send().await.problem(400, "malformed");
        assert!(refused.details().contains("twice"), "{}", refused.details());
    }
}

#[tokio::test]
async fn a_hundred_complaints_are_enough() {
    let notifier = notifier().await;
    let addresses: Vec<String> = (0..100).map(|_| mail_address()).collect();
    let addresses: Vec<&str> = addresses.iter().map(String::as_str).collect();
    let names: Vec<String> = (0..200).map(|number| format!("{{name{number}}}")).collect();
    let names = names.concat();
    let refused = notifier.notify(&mail(&addresses, &names)).await.refused(422);
    assert_eq!(refused.pointers().len(), 101);
    assert!(refused.details().contains("19900 more"), "{}", refused.details());
    let body = mail(&addresses, &format!("{names}{{another}}"));
    notifier.notify(&body).await.refused(422).naming(&["/EmailMessage/MessageBody"]);
}

#[tokio::test]
async fn values_cannot_make_a_message_too_long() {
    let notifier = notifier().await;
    let addresses: Vec<String> = (0..100).map(|_| mail_address()).collect();
    let addresses: Vec<&str> = addresses.iter().map(String::as_str).collect();
    let mut body = mail(&addresses, &"{x}".repeat(30_000));
    body["EmailMessage"]["Substitutions"] = json!({ "x": "'".repeat(100_000) });
    let refused = notifier.notify(&body).await.refused(422);
    assert_eq!(refused.pointers().len(), 100);
}

#[tokio::test]
async fn in_html_a_value_stands_where_it_is_text() {
    let (notifier, address) = (notifier().await, mail_address());
    for body in [
        "<a href={to}>x</a>",
        "<b {to}>x</b>",
        "<script>{to}</script>",
        "<b onclick='{to}'>x</b>",
        "<p>x</p><{to}>",
    ] {
        let body = mail(&[&address], body);
        notifier.notify(&body).await.refused(422).naming(&["/EmailMessage/MessageBody"]);
    }
    let mut body = mail(&[&address], "<a href='{to}'>x</a>");
    body["EmailMessage"]["Substitutions"] = json!({ "to": "javascript:alert(1)" });
    let pointer = format!("/Addresses/{address}/Substitutions/to");
    notifier.notify(&body).await.refused(422).naming(&[&pointer]);
}

#[tokio::test]
async fn a_name_that_no_path_can_have_is_refused() {
    let notifier = notifier().await;
    for name in [".", ".."] {
        let mut body = mail(&[&mail_address()], "x");
        body["TraceId"] = name.into();
        notifier.notify(&body).await.refused(422).naming(&["/TraceId"]);
    }
}

#[tokio::test]
async fn a_sender_goes_out_as_it_is_configured() {
    let (backend, notifier, address) = (Backend::shared().await, notifier().await, mail_address());
    let mut body = mail(&[&address], "x");
    body["EmailMessage"]["FromAddress"] = EMAIL_SENDER.to_uppercase().into();
    notifier.notify(&body).await.expect(202);
    notifier.settled(body["TraceId"].as_str().unwrap()).await;
    assert_eq!(sent_out(backend, &address).await[0].from, EMAIL_SENDER);
}
