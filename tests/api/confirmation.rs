//! Registration with a code, as on AWS: `POST /v1/register/confirm` and `/resend`, and the local server's outbox.

use serde_json::{Value, json};
use tests::{Backend, PASSWORD, Person, keys, unique};

async fn backend() -> Backend {
    Backend::private(|options| options.confirm_registration = true).await
}

/// Registers somebody, who is to confirm it.
async fn register(backend: &Backend) -> String {
    let name = unique("ada");
    let email = format!("{name}@example.com");
    let body = json!({ "username": name, "email": email, "password": PASSWORD });
    let registered = backend.anyone().post("/v1/register", body).await.expect(201);
    assert_eq!(registered["confirmed"], false);
    name
}

async fn sign_in(backend: &Backend, name: &str) -> tests::Reply {
    let body = json!({ "username": name, "password": PASSWORD });
    backend.anyone().post("/v1/authenticate", body).await
}

async fn confirm(backend: &Backend, name: &str, code: &str) -> tests::Reply {
    let body = json!({ "username": name, "code": code });
    backend.anyone().post("/v1/register/confirm", body).await
}

/// The mails in the outbox, oldest first.
async fn outbox(backend: &Backend) -> Vec<Value> {
    let outbox = backend.anyone().get("/local/outbox").await.expect(200);
    outbox["messages"].as_array().unwrap().clone()
}

/// The code in a mail: its only run of at least four digits.
fn code_in(mail: &Value) -> String {
    let body = mail["body"].as_str().unwrap();
    let runs = body.split(|c: char| !c.is_ascii_digit()).filter(|run| run.len() >= 4);
    let runs: Vec<&str> = runs.collect();
    assert_eq!(runs.len(), 1, "one code in: {body}");
    runs[0].to_owned()
}

fn wrong(code: &str) -> String {
    code.chars().map(|digit| if digit == '7' { '3' } else { '7' }).collect()
}

#[tokio::test]
async fn a_code_goes_to_the_address_and_confirms_the_registration() {
    let backend = backend().await;
    let name = register(&backend).await;
    let mails = outbox(&backend).await;
    assert_eq!(mails.len(), 1);
    assert_eq!(keys(&mails[0]), ["body", "channel", "from", "sentAt", "subject", "to"]);
    assert_eq!(mails[0]["channel"], "EMAIL");
    assert_eq!(mails[0]["to"], format!("{name}@example.com"));

    let early = sign_in(&backend, &name).await;
    assert!(early.status.is_client_error(), "not confirmed yet: {early}");
    confirm(&backend, &name, &code_in(&mails[0])).await.expect(204);
    Person::sign_in(&backend, &name).await;
}

#[tokio::test]
async fn a_wrong_code_confirms_nothing() {
    let backend = backend().await;
    let name = register(&backend).await;
    let code = code_in(&outbox(&backend).await[0]);
    confirm(&backend, &name, &wrong(&code)).await.refused(422).naming(&["/code"]);
    assert!(sign_in(&backend, &name).await.status.is_client_error());
    confirm(&backend, &name, &code).await.expect(204);
    sign_in(&backend, &name).await.expect(200);
}

#[tokio::test]
async fn a_code_is_good_for_its_own_account_only() {
    let backend = backend().await;
    let (ada, bob) = (register(&backend).await, register(&backend).await);
    let mails = outbox(&backend).await;
    let (adas, bobs) = (code_in(&mails[0]), code_in(&mails[1]));
    assert_ne!(adas, bobs, "codes are random");
    confirm(&backend, &bob, &adas).await.refused(422);
    assert!(sign_in(&backend, &bob).await.status.is_client_error());
    assert!(sign_in(&backend, &ada).await.status.is_client_error());
}

#[tokio::test]
async fn a_code_can_be_sent_again() {
    let backend = backend().await;
    let name = register(&backend).await;
    let body = json!({ "username": name.to_uppercase() });
    let again = backend.anyone().post("/v1/register/resend", body).await;
    assert_eq!(again.status, 202, "{again}");

    let mails = outbox(&backend).await;
    assert_eq!(mails.len(), 2);
    assert_eq!(mails[1]["to"], mails[0]["to"]);
    confirm(&backend, &name, &code_in(&mails[1])).await.expect(204);
    sign_in(&backend, &name).await.expect(200);
}

#[tokio::test]
async fn what_is_missing_is_named() {
    let backend = backend().await;
    let anyone = backend.anyone();
    let confirm = anyone.post("/v1/register/confirm", json!({})).await;
    confirm.refused(422).naming(&["/code", "/username"]);
    let resend = anyone.post("/v1/register/resend", json!({})).await;
    resend.refused(422).naming(&["/username"]);
    assert_eq!(outbox(&backend).await, Vec::<Value>::new());
}

#[tokio::test]
async fn the_outbox_can_be_emptied() {
    let backend = backend().await;
    register(&backend).await;
    assert_eq!(outbox(&backend).await.len(), 1);
    let emptied = backend.anyone().delete("/local/outbox").await;
    assert!(emptied.status.is_success(), "{emptied}");
    assert_eq!(outbox(&backend).await, Vec::<Value>::new());
}
