//! One message to one address, by GraphQL.

use serde_json::{Value, json};
use tests::notifier::{
    EMAIL_SENDER, SMS_SENDER, graphql, graphql_with, mail_address, phone_number, sent_out,
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
    ] {
        let body = ask(GET, json!({ "filter": filter, "first": first, "after": after })).await;
        assert_eq!(body["errors"][0]["extensions"]["field"], field, "{body}");
    }
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
    for nonsense in ["", "{", "query { nothing }", "{ getMessages }"] {
        assert!(ask(nonsense, json!({})).await["errors"].is_array(), "{nonsense}");
    }
}
