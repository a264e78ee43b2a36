//! `POST /v1/sign-out`.

use serde_json::json;
use tests::{Backend, PASSWORD, Person};

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
