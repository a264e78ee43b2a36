//! `/v1/users/me/mfa`, and signing in with a second factor.

use http::Method;
use serde_json::{Value, json};
use tests::{Answer, Backend, PASSWORD, Person, Reply, keys};

use super::authenticator::Authenticator;
use super::{OTHER_PASSWORD, local_backend, sign_in};

const MFA: &str = "/v1/users/me/mfa";

/// Gets a secret for an authenticator.
async fn enrol(person: &Person) -> Authenticator {
    Authenticator::new(person.post(MFA, None).await.expect(200).text("secret"))
}

async fn confirm(person: &Person, code: &str) -> Reply {
    person.post("/v1/users/me/mfa/confirm", json!({ "code": code })).await
}

async fn switch_off(person: &Person, body: Value) -> Reply {
    person.request(Method::DELETE, MFA).json(&body).send().await
}

async fn is_on(person: &Person) -> bool {
    person.get(MFA).await.expect(200)["softwareToken"].as_bool().unwrap()
}

/// Somebody with a second factor; the next code of the authenticator is not used yet.
async fn with_mfa(backend: &Backend) -> (Person, Authenticator) {
    let ada = Person::new(backend).await;
    let authenticator = enrol(&ada).await;
    confirm(&ada, &authenticator.code()).await.expect(204);
    (ada, authenticator)
}

/// The challenge that a right password leads to.
async fn challenge(backend: &Backend, username: &str) -> Answer {
    let challenge = sign_in(backend, username, PASSWORD).await.expect(200);
    assert_eq!(keys(&challenge.body), ["challenge", "session"]);
    assert_eq!(challenge["challenge"], "SOFTWARE_TOKEN_MFA");
    challenge
}

async fn answer(backend: &Backend, username: &str, session: &Value, code: &str) -> Reply {
    let body = json!({
        "username": username,
        "challenge": "SOFTWARE_TOKEN_MFA",
        "session": session,
        "answer": code,
    });
    backend.anyone().post("/v1/authenticate/challenge", body).await
}

#[tokio::test]
async fn a_secret_is_shown_and_counts_once_a_code_of_it_was_seen() {
    let backend = Backend::shared().await;
    let ada = Person::new(backend).await;
    assert!(!is_on(&ada).await);

    let enrolled = ada.post(MFA, None).await.expect(200);
    assert_eq!(keys(&enrolled.body), ["otpauthUri", "secret"]);
    let uri = enrolled.text("otpauthUri");
    assert!(
        uri.starts_with("otpauth://totp/Chinwag:") && uri.ends_with("&issuer=Chinwag"),
        "{uri}"
    );
    assert!(uri.contains(&format!("secret={}", enrolled.text("secret"))), "{uri}");
    assert!(!is_on(&ada).await);
    assert!(sign_in(backend, &ada.username, PASSWORD).await.expect(200)["accessToken"].is_string());

    let authenticator = Authenticator::new(enrolled.text("secret"));
    confirm(&ada, &authenticator.wrong_code()).await.refused(422).naming(&["/code"]);
    assert!(!is_on(&ada).await);
    confirm(&ada, &authenticator.code()).await.expect(204);
    assert!(is_on(&ada).await);
}

#[tokio::test]
async fn a_second_factor_is_asked_for_and_a_code_lets_in_once() {
    let backend = &local_backend().await;
    let (ada, authenticator) = with_mfa(backend).await;
    sign_in(backend, &ada.username, OTHER_PASSWORD).await.problem(401, "bad-credentials");

    let asked = challenge(backend, &ada.username).await;
    let code = authenticator.next_code();
    let tokens = answer(backend, &ada.username, &asked["session"], &code).await.expect(200);
    let client = backend.anyone().with_token(tokens.text("accessToken"));
    assert_eq!(client.get("/v1/users/me").await.expect(200)["userId"], ada.id);

    let asked = challenge(backend, &ada.username).await;
    let again = answer(backend, &ada.username, &asked["session"], &code).await;
    again.problem(401, "bad-credentials");
}

#[tokio::test]
async fn a_wrong_code_and_a_session_of_another_let_nobody_in() {
    let backend = &local_backend().await;
    let (ada, authenticator) = with_mfa(backend).await;
    let (bob, _) = with_mfa(backend).await;

    let asked = challenge(backend, &ada.username).await;
    let wrong = authenticator.wrong_code();
    let refused = answer(backend, &ada.username, &asked["session"], &wrong).await;
    refused.problem(401, "bad-credentials");
    for nonsense in ["", &"1".repeat(1_000)] {
        let asked = challenge(backend, &ada.username).await;
        let refused = answer(backend, &ada.username, &asked["session"], nonsense).await;
        refused.problem(401, "bad-credentials");
    }

    let bobs = challenge(backend, &bob.username).await;
    let code = authenticator.next_code();
    let refused = answer(backend, &ada.username, &bobs["session"], &code).await;
    refused.problem(401, "bad-credentials");
    let refused = answer(backend, &bob.username, &bobs["session"], &code).await;
    refused.problem(401, "bad-credentials");
}

#[tokio::test]
async fn a_code_without_a_secret_switches_nothing_on() {
    let [alice, bob] = crate::people().await;
    let authenticator = enrol(&alice).await;
    for code in [authenticator.code().as_str(), "", "x", "000000"] {
        confirm(&bob, code).await.refused(422).naming(&["/code"]);
    }
    assert!(!is_on(&bob).await);
    assert!(!is_on(&alice).await);
}

#[tokio::test]
async fn switching_off_takes_the_password() {
    let backend = Backend::shared().await;
    let (ada, _) = with_mfa(backend).await;
    switch_off(&ada, json!({})).await.refused(422).naming(&["/password"]);
    switch_off(&ada, json!({ "password": OTHER_PASSWORD }))
        .await
        .refused(422)
        .naming(&["/password"]);
    ada.delete(MFA).await.refused(422).naming(&["/password"]);
    assert!(is_on(&ada).await);

    switch_off(&ada, json!({ "password": PASSWORD })).await.expect(204);
    assert!(!is_on(&ada).await);
    assert!(sign_in(backend, &ada.username, PASSWORD).await.expect(200)["accessToken"].is_string());
    // What is off already can be switched off.
    switch_off(&ada, json!({ "password": PASSWORD })).await.expect(204);
}

#[tokio::test]
async fn another_authenticator_takes_no_ones_place_while_one_is_on() {
    let (ada, _) = with_mfa(Backend::shared().await).await;
    ada.post(MFA, None).await.problem(409, "mfa-on");
    assert!(is_on(&ada).await);
}
