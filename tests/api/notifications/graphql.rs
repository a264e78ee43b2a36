//! One message to one address, by GraphQL.

use std::collections::HashSet;

use futures_util::future::join_all;
use http::header::HeaderName;
use serde_json::{Value, json};
use tests::notifier::{
    EMAIL_SENDER, SMS_SENDER, graphql, graphql_request, graphql_with, mail_address, phone_number,
    sent_out,
};
use tests::{Backend, eventually, unique};

const SEND: &str = "mutation sendMessage($input: MessageInput!) { sendMessage(input: $input) \
    { id to from subject body deliveryMethod deliveryStatus recipientId senderId } }";
const GET: &str = "query getMessages($filter: MessageFilter!, $first: Int, $after: String) \
    { getMessages(filter: $filter, first: $first, after: $after) \
    { data { id to from body deliveryMethod deliveryStatus recipientId senderId } \
    pageInfo { hasNextPage endCursor } } }";

async fn ask(query: &str, variables: Value) -> Value {
    let reply = graphql(Backend::shared().await, query, variables).await;
    assert_eq!(reply.status, 200, "{reply}");
    reply.body.clone()
}

async fn send(input: Value) -> Value {
    let body = ask(SEND, json!({ "input": input })).await;
    assert!(body.get("errors").is_none(), "{body}");
    body["data"]["sendMessage"].clone()
}

async fn get(filter: Value, first: usize, after: Option<&str>) -> Value {
    let body = ask(GET, json!({ "filter": filter, "first": first, "after": after })).await;
    assert!(body.get("errors").is_none(), "{body}");
    body["data"]["getMessages"].clone()
}

fn ids(page: &Value) -> Vec<String> {
    let data = page["data"].as_array().unwrap();
    data.iter().map(|message| message["id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_mail_and_a_text_are_sent_and_found() {
    let backend = Backend::shared().await;
    let to = mail_address();
    let sent = send(json!({
        "to": to, "subject": "Message", "body": "Hello world", "deliveryMethod": "EMAIL",
    }))
    .await;
    let id = sent["id"].as_str().unwrap().to_owned();
    assert!(id.starts_with("MESSAGE#") && id.len() == 34, "{id}");
    assert_eq!(
        sent,
        json!({
            "id": id, "to": to, "from": EMAIL_SENDER, "subject": "Message", "body": "Hello world",
            "deliveryMethod": "EMAIL", "deliveryStatus": "ACCEPTED", "recipientId": null, "senderId": null,
        })
    );
    let mail = &sent_out(backend, &to).await[0];
    assert_eq!((mail.subject.as_deref(), mail.body.as_str()), (Some("Message"), "Hello world"));

    let number = phone_number();
    let sent = send(json!({ "to": number, "body": "Hello world", "deliveryMethod": "SMS" })).await;
    assert_eq!((&sent["from"], &sent["deliveryStatus"]), (&json!(SMS_SENDER), &json!("ACCEPTED")));

    let found = async || get(json!({ "to": to }), 2, None).await;
    let is_delivered = |page: &Value| page["data"][0]["deliveryStatus"] == "DELIVERED";
    let page = eventually(found, is_delivered).await;
    assert_eq!(ids(&page), [id.as_str()]);
    assert_eq!(page["data"][0]["deliveryStatus"], "DELIVERED");
    assert_eq!(page["pageInfo"], json!({ "hasNextPage": false, "endCursor": id }));
}

#[tokio::test]
async fn pages_hold_all_in_order_and_filters_are_true() {
    let (to, me) = (mail_address(), unique("sender"));
    let mut sent = Vec::new();
    for number in 0..5 {
        let mut input = json!({ "to": to, "body": format!("{number}"), "deliveryMethod": "EMAIL" });
        if number % 2 == 0 {
            input["senderId"] = me.clone().into();
            input["recipientId"] = "r".into();
        }
        sent.push(send(input).await["id"].as_str().unwrap().to_owned());
    }
    let all = async || ids(&get(json!({ "to": to }), 100, None).await);
    assert_eq!(eventually(all, |all| all.len() == 5).await, sent);
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let page = get(json!({ "to": to }), 2, after.as_deref()).await;
        seen.extend(ids(&page));
        if page["pageInfo"]["hasNextPage"] == false {
            break;
        }
        after = page["pageInfo"]["endCursor"].as_str().map(str::to_owned);
    }
    assert_eq!(seen, sent);
    let mine = [&sent[0], &sent[2], &sent[4]];
    let by_sender = async || ids(&get(json!({ "senderId": me }), 10, None).await);
    assert_eq!(eventually(by_sender, |ids| ids.len() == 3).await.iter().collect::<Vec<_>>(), mine);
    let both = get(json!({ "to": to, "senderId": me }), 2, None).await;
    assert_eq!(ids(&both).iter().collect::<Vec<_>>(), mine[..2]);
    assert_eq!(both["pageInfo"]["hasNextPage"], true);
    let failed = get(json!({ "to": to, "deliveryStatus": "FAILED" }), 10, None).await;
    assert!(ids(&failed).is_empty());
    assert_eq!(failed["pageInfo"]["hasNextPage"], false);
}

#[tokio::test]
async fn what_is_not_allowed_is_said() {
    let good = json!({ "to": mail_address(), "body": "x", "deliveryMethod": "EMAIL" });
    let with = |name: &str, value: Value| {
        let mut input = good.clone();
        input[name] = value;
        input
    };
    for (input, field) in [
        (with("to", json!("nobody")), "to"),
        (with("deliveryMethod", json!("SMS")), "to"),
        (with("from", json!("stranger@example.com")), "from"),
        (with("body", json!(" ")), "body"),
        (with("subject", json!("a\nb")), "subject"),
        (with("senderId", json!("")), "senderId"),
    ] {
        let body = ask(SEND, json!({ "input": input })).await;
        assert_eq!(body["errors"][0]["extensions"]["field"], field, "{body}");
    }
    for (filter, first, after, field) in [
        (json!({}), 10, None, "filter"),
        (json!({ "to": "x" }), 0, None, "first"),
        (json!({ "to": "x" }), 101, None, "first"),
        (json!({ "to": "x" }), 1, Some("MESSAGE#x"), "after"),
        (json!({ "to": "x".repeat(3_000) }), 1, None, "filter.to"),
        (json!({ "senderId": "x".repeat(3_000) }), 1, None, "filter.senderId"),
    ] {
        let body = ask(GET, json!({ "filter": filter, "first": first, "after": after })).await;
        assert_eq!(body["errors"][0]["extensions"]["field"], field, "{body}");
    }
}

/// Asks with the header `Idempotency-Key`.
async fn send_once(key: &str, query: &str, variables: Value) -> Value {
    let body = json!({ "query": query, "variables": variables });
    let request = graphql_request(Backend::shared().await, &body);
    let header = HeaderName::from_static("idempotency-key");
    let reply = request.header(header, key).send().await;
    assert_eq!(reply.status, 200, "{reply}");
    reply.body.clone()
}

#[tokio::test]
async fn with_an_idempotency_key_a_message_is_sent_once() {
    let (backend, key, to) = (Backend::shared().await, unique("key"), mail_address());
    let input = json!({ "to": to, "body": "once", "deliveryMethod": "EMAIL" });
    let sends = (0..6).map(|_| send_once(&key, SEND, json!({ "input": input })));
    let sent = join_all(sends).await;
    let id = |body: &Value| body["data"]["sendMessage"]["id"].as_str().unwrap().to_owned();
    let ids: HashSet<String> = sent.iter().map(id).collect();
    assert_eq!(ids.len(), 1, "{sent:?}");
    assert_eq!(sent_out(backend, &to).await.len(), 1);

    let other = json!({ "to": to, "body": "twice", "deliveryMethod": "EMAIL" });
    let reused = send_once(&key, SEND, json!({ "input": other })).await;
    assert_eq!(reused["errors"][0]["extensions"]["code"], "idempotency-key-reused", "{reused}");
    assert_eq!(sent_out(backend, &to).await.len(), 1);
    let long = send_once(&"k".repeat(129), SEND, json!({ "input": other })).await;
    assert_eq!(long["errors"][0]["extensions"]["field"], "Idempotency-Key", "{long}");

    // Two in one request are two.
    let two = "mutation($input: MessageInput!) \
        { one: sendMessage(input: $input) { id } two: sendMessage(input: $input) { id } }";
    let key = unique("key");
    let first = send_once(&key, two, json!({ "input": other })).await;
    assert_ne!(first["data"]["one"]["id"], first["data"]["two"]["id"], "{first}");
    assert_eq!(send_once(&key, two, json!({ "input": other })).await, first);
}

#[tokio::test]
async fn an_answer_that_would_be_too_long_is_refused() {
    let (to, long) = (mail_address(), "x".repeat(32 * 1_024));
    for _ in 0..2 {
        send(json!({ "to": to, "body": long, "deliveryMethod": "EMAIL" })).await;
    }
    let listed = async || ids(&get(json!({ "to": to }), 2, None).await);
    assert_eq!(eventually(listed, |ids| ids.len() == 2).await.len(), 2);
    let bodies: Vec<String> = (0..100).map(|number| format!("b{number}: body")).collect();
    let bodies = bodies.join(" ");
    let query =
        format!("{{ getMessages(filter: {{to: \"{to}\"}}, first: 2) {{ data {{ {bodies} }} }} }}");
    let body = ask(&query, json!({})).await;
    assert!(body["errors"][0]["message"].as_str().unwrap().contains("too long"), "{body}");
}

#[tokio::test]
async fn only_a_known_key_is_heard() {
    let backend = Backend::shared().await;
    let question = json!({ "query": "{ __typename }" });
    backend.anyone().post("/v1/graphql", question.clone()).await.problem(401, "unauthenticated");
    for key in ["", "x", "local-api-key2", "' OR 1=1"] {
        graphql_with(backend, key, &question).await.problem(401, "unauthenticated");
    }
    let notifier = super::notifier().await;
    notifier.client().post("/v1/graphql", question).await.problem(401, "unauthenticated");
}

#[tokio::test]
async fn variables_have_names() {
    let reply = graphql(Backend::shared().await, "{ __typename }", json!([1])).await;
    reply.problem(400, "malformed").naming(&["/variables"]);
}

#[tokio::test]
async fn a_question_that_asks_for_too_much_is_refused() {
    let page = "getMessages(filter: {to: \"a@example.com\"}, first: 100) { data { id to body } }";
    let aliased = |what: &str| -> Vec<String> {
        (0..30).map(|number| format!("a{number}: {what}")).collect()
    };
    let aliases = aliased(page).join(" ");
    let body = ask(&format!("{{ {aliases} }}"), json!({})).await;
    assert!(body["errors"][0]["message"].as_str().unwrap().contains("complex"), "{body}");
    let to = mail_address();
    let send = format!(
        "sendMessage(input: {{to: \"{to}\", body: \"x\", deliveryMethod: EMAIL}}) {{ id }}"
    );
    let sends = aliased(&send).join(" ");
    let body = ask(&format!("mutation {{ {sends} }}"), json!({})).await;
    assert!(body["errors"][0]["message"].as_str().unwrap().contains("complex"), "{body}");
    assert!(sent_out(Backend::shared().await, &to).await.is_empty());
    let deep = format!("{}{}", "{ a".repeat(200), "}".repeat(200));
    assert!(ask(&deep, json!({})).await["errors"].is_array());
    // Each fragment spreads the next four times: 4 to the power of 28 of the last.
    let fragment = |number: usize| {
        let spreads = format!("...f{} ", number + 1).repeat(4);
        format!("fragment f{number} on Query {{ {spreads} }} ")
    };
    let fragments: String = (0..28).map(fragment).collect();
    let bomb = format!("{{ ...f0 }} {fragments} fragment f28 on Query {{ __typename }}");
    let body = ask(&bomb, json!({})).await;
    assert!(body["errors"][0]["message"].as_str().unwrap().contains("complex"), "{body}");
    for nonsense in ["", "{", "query { nothing }", "{ getMessages }"] {
        assert!(ask(nonsense, json!({})).await["errors"].is_array(), "{nonsense}");
    }
}
