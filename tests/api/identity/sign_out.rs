//! `POST /v1/sign-out`.

use std::time::{Duration, SystemTime};

use serde_json::json;
use tests::{Backend, PASSWORD, Person, Socket, eventually};

use super::{local_backend, refresh, sign_in};

#[tokio::test]
async fn signing_out_ends_all_sessions_and_sockets() {
    let backend = Backend::shared().await;
    let ada = Person::new(backend).await;
    let elsewhere = sign_in(backend, &ada.username, PASSWORD).await.expect(200);
    let (one, other) = (ada.connect().await, ada.connect().await);

    ada.post("/v1/sign-out", None).await.expect(204);
    for tokens in [&ada.tokens, &elsewhere.body] {
        refresh(backend, tokens).await.problem(401, "bad-credentials");
    }
    one.closed().await;
    other.closed().await;
    // Its answer may have been lost.
    ada.post("/v1/sign-out", json!({})).await.expect(204);
    let again = sign_in(backend, &ada.username, PASSWORD).await.expect(200);
    refresh(backend, &again.body).await.expect(200);
}

/// At the gateway an access token is good for the rest of its minutes; a socket would stay open for hours.
#[tokio::test]
async fn a_session_that_has_ended_opens_no_socket() {
    let backend = Backend::shared().await;
    let ada = Person::new(backend).await;
    let (early, began) = (ada.door().await, SystemTime::now());
    // Sessions begin at whole seconds.
    let second = async || began.elapsed().unwrap_or_default();
    eventually(second, |time| *time > Duration::from_millis(1_100)).await;

    ada.post("/v1/sign-out", None).await.expect(204);
    for door in [early, ada.door().await] {
        assert!(Socket::open(&door).await.is_err());
    }
    let again = Person::sign_in(backend, &ada.username).await;
    again.connect().await.done_ping().await;
}

#[tokio::test]
async fn one_session_ends_and_the_others_go_on() {
    let backend = Backend::shared().await;
    let ada = Person::new(backend).await;
    let elsewhere = sign_in(backend, &ada.username, PASSWORD).await.expect(200);
    let mut socket = ada.connect().await;

    let one = json!({ "refreshToken": elsewhere["refreshToken"] });
    ada.post("/v1/sign-out", one.clone()).await.expect(204);
    refresh(backend, &elsewhere.body).await.problem(401, "bad-credentials");
    refresh(backend, &ada.tokens).await.expect(200);
    socket.done_ping().await;
    // Its answer may have been lost.
    ada.post("/v1/sign-out", one).await.expect(204);
}

#[tokio::test]
async fn nobody_signs_another_out() {
    let backend = Backend::shared().await;
    let [alice, bob] = crate::people().await;
    alice.post("/v1/sign-out", None).await.expect(204);
    refresh(backend, &bob.tokens).await.expect(200);
    backend.anyone().post("/v1/sign-out", None).await.turned_away(401);
}

#[tokio::test]
async fn what_is_no_refresh_token_ends_nothing() {
    let backend = &local_backend().await;
    let ada = Person::new(backend).await;
    for field in ["accessToken", "idToken"] {
        let body = json!({ "refreshToken": ada.tokens[field] });
        ada.post("/v1/sign-out", body).await.refused(422).naming(&["/refreshToken"]);
    }
    refresh(backend, &ada.tokens).await.expect(200);
}
