//! Texts that are kept under a name.

use serde_json::json;
use tests::notifier::{EMAIL_SENDER, mail_address, sent_out};
use tests::{Backend, unique};

use super::notifier;

#[tokio::test]
async fn a_template_is_kept_shown_listed_and_deleted() {
    let notifier = notifier().await;
    let (client, name) = (notifier.client(), unique("alert"));
    let path = format!("/v1/templates/{name}");
    client.get(&path).await.problem(404, "not-found");
    let template = json!({ "Subject": "Hi {name}", "MessageBody": "<b>{productName}</b>" });
    let kept = client.put(&path, template.clone()).await.expect(200);
    assert_eq!(kept["TemplateName"], name);
    let found = client.get(&path).await.expect(200);
    assert_eq!(found["Subject"], template["Subject"]);
    assert_eq!(found["MessageBody"], template["MessageBody"]);
    client.put(&path, json!({ "MessageBody": "new" })).await.expect(200);
    let found = client.get(&path).await.expect(200);
    assert_eq!((found.body.get("Subject"), &found["MessageBody"]), (None, &json!("new")));
    let listed = async || client.pages("/v1/templates", "templates", 3).await;
    let is_listed = |names: &Vec<_>| names.contains(&json!({ "TemplateName": name }));
    assert!(is_listed(&tests::eventually(listed, is_listed).await));
    client.delete(&path).await.expect(204);
    client.delete(&path).await.expect(204);
    client.get(&path).await.problem(404, "not-found");
}

#[tokio::test]
async fn a_template_that_cannot_be_used_is_not_kept() {
    let notifier = notifier().await;
    let client = notifier.client();
    let path = format!("/v1/templates/{}", unique("bad"));
    for (template, at) in [
        (json!({}), vec!["/MessageBody"]),
        (json!({ "MessageBody": "  " }), vec!["/MessageBody"]),
        (json!({ "MessageBody": "{" , "Subject": "}" }), vec!["/MessageBody", "/Subject"]),
        (json!({ "MessageBody": "x", "Subject": "a\nb" }), vec!["/Subject"]),
        (json!({ "MessageBody": "x".repeat(102_401) }), vec!["/MessageBody"]),
        (json!({ "MessageBody": "<a href={to}>" }), vec!["/MessageBody"]),
    ] {
        client.put(&path, template).await.refused(422).naming(&at);
    }
    client.put("/v1/templates/no%20name", json!({ "MessageBody": "x" })).await.refused(422);
    client.get(&path).await.problem(404, "not-found");
}

#[tokio::test]
async fn a_preview_shows_what_would_be_sent() {
    let notifier = notifier().await;
    let (client, name) = (notifier.client(), unique("preview"));
    let path = format!("/v1/templates/{name}");
    client.post(&format!("{path}/preview"), json!({})).await.problem(404, "not-found");
    let template = json!({ "Subject": "For {name}", "MessageBody": "<p>{name} {{x}}</p>" });
    client.put(&path, template).await.expect(200);
    let values = json!({ "Substitutions": { "name": ["<Ada>"] } });
    let shown = client.post(&format!("{path}/preview"), values).await.expect(200);
    assert_eq!(shown["Subject"], "For <Ada>");
    assert_eq!(shown["MessageBody"], "<p>&lt;Ada&gt; {x}</p>");
    let refused = client.post(&format!("{path}/preview"), json!({})).await.refused(422);
    refused.naming(&["/Substitutions/name"]);
}

#[tokio::test]
async fn a_preview_is_no_longer_than_a_mail() {
    let notifier = notifier().await;
    let path = format!("/v1/templates/{}", unique("long"));
    let template = json!({ "MessageBody": "<p>{x}</p>".repeat(9_000) });
    notifier.client().put(&path, template).await.expect(200);
    let values = json!({ "Substitutions": { "x": "x".repeat(100_000) } });
    let refused = notifier.client().post(&format!("{path}/preview"), values).await.refused(422);
    refused.naming(&["/Substitutions"]);
}

#[tokio::test]
async fn a_repeat_says_what_was_said_whatever_became_of_the_template() {
    let (backend, notifier, to) = (Backend::shared().await, notifier().await, mail_address());
    let path = format!("/v1/templates/{}", unique("fleeting"));
    let client = notifier.client();
    client.put(&path, json!({ "MessageBody": "before" })).await.expect(200);
    let body = json!({
        "TraceId": unique("trace"),
        "EmailMessage": { "FromAddress": EMAIL_SENDER, "TemplateName": path.rsplit('/').next() },
        "Addresses": { &to: { "ChannelType": "EMAIL" } },
    });
    let first = notifier.notify(&body).await.expect(202);
    client.put(&path, json!({ "MessageBody": "{after}" })).await.expect(200);
    assert_eq!(notifier.notify(&body).await.expect(202).body, first.body);
    client.delete(&path).await.expect(204);
    assert_eq!(notifier.notify(&body).await.expect(202).body, first.body);
    notifier.settled(body["TraceId"].as_str().unwrap()).await;
    let sent = sent_out(backend, &to).await;
    assert_eq!((sent.len(), sent[0].body.as_str()), (1, "before"));
}

#[tokio::test]
async fn a_mail_takes_its_texts_from_its_template_unless_it_has_its_own() {
    let (backend, notifier) = (Backend::shared().await, notifier().await);
    let (client, name) = (notifier.client(), unique("account"));
    let template =
        json!({ "Subject": "Your {productName}", "MessageBody": "Balance: {accountBalance}" });
    client.put(&format!("/v1/templates/{name}"), template).await.expect(200);
    for (subject, expected) in [(None, "Your SAVINGS"), (Some("Own"), "Own")] {
        let (to, trace_id) = (mail_address(), unique("trace"));
        let mut message = json!({ "FromAddress": EMAIL_SENDER, "TemplateName": name });
        if let Some(subject) = subject {
            message["Subject"] = subject.into();
        }
        let values = json!({ "productName": "SAVINGS", "accountBalance": "100.00" });
        let body = json!({
            "TraceId": trace_id,
            "EmailMessage": message,
            "Addresses": { &to: { "ChannelType": "EMAIL", "Substitutions": values } },
        });
        notifier.notify(&body).await.expect(202);
        notifier.settled(&trace_id).await;
        let sent = sent_out(backend, &to).await;
        assert_eq!(sent[0].subject.as_deref(), Some(expected));
        assert_eq!(sent[0].body, "Balance: 100.00");
    }
}
