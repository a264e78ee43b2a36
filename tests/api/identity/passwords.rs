//! `POST /v1/password/forgot`, `/reset` and `/change`.

use serde_json::{Value, json};
use tests::{Backend, PASSWORD, Person, Reply, unique};

use super::{OTHER_PASSWORD, local_backend, refresh, register, sign_in};

async fn forgot(backend: &Backend, username: &str) -> Reply {
    backend.anyone().post("/v1/password/forgot", json!({ "username": username })).await
}

async fn reset(backend: &Backend, username: &str, code: &str, password: &str) -> Reply {
    let body = json!({ "username": username, "code": code, "password": password });
    backend.anyone().post("/v1/password/reset", body).await
}

async fn change(person: &Person, password: &str, new: &str) -> Reply {
    person.post("/v1/password/change", json!({ "password": password, "newPassword": new })).await
}

/// The mails in the outbox, oldest first.
async fn outbox(backend: &Backend) -> Vec<Value> {
    let outbox = backend.anyone().get("/local/outbox").await.expect(200);
    outbox["messages"].as_array().unwrap().clone()
}

/// The code of the last mail to somebody: its only run of at least four digits.
async fn code_for(backend: &Backend, username: &str) -> String {
    let address = format!("{username}@example.com");
    let mails = outbox(backend).await;
    let mail = mails.iter().rfind(|mail| mail["to"] == address).unwrap();
    let body = mail["body"].as_str().unwrap();
    let mut runs = body.split(|c: char| !c.is_ascii_digit()).filter(|run| run.len() >= 4);
    runs.next().unwrap().to_owned()
}

fn wrong(code: &str) -> String {
    code.chars().map(|digit| if digit == '7' { '3' } else { '7' }).collect()
}

#[tokio::test]
async fn whoever_forgot_their_password_gets_another_and_all_sessions_end() {
    let backend = local_backend().await;
    let name = register(&backend).await;
    let ada = Person::sign_in(&backend, &name).await;
    let socket = ada.connect().await;

    forgot(&backend, &name.to_uppercase()).await.expect(202);
    let code = code_for(&backend, &name).await;
    // It may have been forgotten by somebody else: nothing has happened yet.
    let tokens = refresh(&backend, &ada.tokens).await.expect(200);
    reset(&backend, &name, &code, OTHER_PASSWORD).await.expect(204);

    sign_in(&backend, &name, PASSWORD).await.problem(401, "bad-credentials");
    refresh(&backend, &tokens.body).await.problem(401, "bad-credentials");
    refresh(&backend, &ada.tokens).await.problem(401, "bad-credentials");
    socket.closed().await;
    let again = sign_in(&backend, &name, OTHER_PASSWORD).await.expect(200);
    refresh(&backend, &again.body).await.expect(200);
}

#[tokio::test]
async fn nobody_can_tell_whether_a_user_exists() {
    let backend = local_backend().await;
    let (name, nobody) = (register(&backend).await, unique("nobody"));
    let told = async |username: &str| {
        let reply = forgot(&backend, username).await.expect(202);
        (reply.body.clone(), reply.header("content-type").to_owned())
    };
    for _ in 0..8 {
        assert_eq!(told(&name).await, told(&nobody).await);
    }

    let refusal = async |username: &str| {
        let refused = reset(&backend, username, "123456", OTHER_PASSWORD).await.refused(422);
        refused.naming(&["/code"]);
        refused.without_request_id()
    };
    let unasked = register(&backend).await;
    for _ in 0..8 {
        assert_eq!(refusal(&unasked).await, refusal(&nobody).await);
    }
}

#[tokio::test]
async fn a_weak_password_is_refused_with_its_rule_and_the_code_stays_good() {
    let backend = local_backend().await;
    let name = register(&backend).await;
    forgot(&backend, &name).await.expect(202);
    let code = code_for(&backend, &name).await;
    for (weak, rule) in
        [("Short-1", "10"), ("no-upper-case-1", "upper"), ("No-Digit-At-All", "digit")]
    {
        let refused = reset(&backend, &name, &code, weak).await.refused(422);
        refused.naming(&["/password"]);
        assert!(refused.details().contains(rule), "{weak}: {}", refused.details());
    }
    reset(&backend, &name, &code, OTHER_PASSWORD).await.expect(204);
}

#[tokio::test]
async fn a_code_is_good_once_and_for_its_own_account_only() {
    let backend = local_backend().await;
    let (ada, bob) = (register(&backend).await, register(&backend).await);
    for name in [&ada, &bob] {
        forgot(&backend, name).await.expect(202);
    }
    let code = code_for(&backend, &ada).await;
    for (name, code) in [(&bob, &code), (&ada, &wrong(&code)), (&ada, &"a b".to_owned())] {
        reset(&backend, name, code, OTHER_PASSWORD).await.refused(422).naming(&["/code"]);
    }
    reset(&backend, &ada, &code, OTHER_PASSWORD).await.expect(204);
    reset(&backend, &ada, &code, "Third-Horse-3").await.refused(422).naming(&["/code"]);
    sign_in(&backend, &ada, OTHER_PASSWORD).await.expect(200);
    sign_in(&backend, &bob, PASSWORD).await.expect(200);
}

#[tokio::test]
async fn a_change_takes_the_password_and_ends_all_sessions() {
    let backend = Backend::shared().await;
    let ada = Person::new(backend).await;
    let elsewhere = sign_in(backend, &ada.username, PASSWORD).await.expect(200);
    let socket = ada.connect().await;

    change(&ada, "Wrong-Horse-1", OTHER_PASSWORD).await.refused(422).naming(&["/password"]);
    change(&ada, PASSWORD, "weak").await.refused(422).naming(&["/newPassword"]);
    let elsewhere = refresh(backend, &elsewhere.body).await.expect(200);

    change(&ada, PASSWORD, OTHER_PASSWORD).await.expect(204);
    refresh(backend, &elsewhere.body).await.problem(401, "bad-credentials");
    refresh(backend, &ada.tokens).await.problem(401, "bad-credentials");
    socket.closed().await;
    sign_in(backend, &ada.username, PASSWORD).await.problem(401, "bad-credentials");
    sign_in(backend, &ada.username, OTHER_PASSWORD).await.expect(200);
    // The session that asked is over, too.
    change(&ada, OTHER_PASSWORD, PASSWORD).await.refused(401);
}

#[tokio::test]
async fn a_password_of_a_megabyte_is_turned_away() {
    let backend = Backend::shared().await;
    let ada = Person::new(backend).await;
    let huge = format!("aB1{}", "x".repeat(1024 * 1024));
    let long = format!("aB1{}", "x".repeat(100 * 1024));
    let anyone = backend.anyone();
    for (path, field) in [
        ("/v1/register", "password"),
        ("/v1/authenticate", "password"),
        ("/v1/password/reset", "password"),
    ] {
        let mut body = json!({ "username": ada.username });
        body[field] = huge.as_str().into();
        anyone.post(path, body).await.turned_away(413);
    }
    change(&ada, PASSWORD, &huge).await.turned_away(413);
    change(&ada, PASSWORD, &long).await.refused(422).naming(&["/newPassword"]);
    reset(backend, &ada.username, "123456", &long).await.refused(422).naming(&["/password"]);
    sign_in(backend, &ada.username, &long).await.problem(401, "bad-credentials");
    sign_in(backend, &ada.username, PASSWORD).await.expect(200);
}

#[tokio::test]
async fn what_is_missing_is_named() {
    let ada = Person::new(Backend::shared().await).await;
    ada.post("/v1/password/forgot", json!({})).await.refused(422).naming(&["/username"]);
    let missing = ada.post("/v1/password/reset", json!({})).await.refused(422);
    missing.naming(&["/code", "/password", "/username"]);
    let missing = ada.post("/v1/password/change", json!({})).await.refused(422);
    missing.naming(&["/newPassword", "/password"]);
}
