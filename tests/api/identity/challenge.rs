//! `POST /v1/authenticate/challenge`: what is no answer. What is one stands with the second factor.

use serde_json::{Value, json};
use tests::{Backend, Person, Reply, unique};

use super::local_backend;

const CHALLENGES: [&str; 5] =
    ["NEW_PASSWORD_REQUIRED", "SOFTWARE_TOKEN_MFA", "MFA_SETUP", "EMAIL_OTP", "SELECT_MFA_TYPE"];

async fn answer(
    backend: &Backend,
    username: &str,
    challenge: &str,
    session: &str,
    answer: &str,
) -> Reply {
    let body = json!({
        "username": username,
        "challenge": challenge,
        "session": session,
        "answer": answer,
    });
    backend.anyone().post("/v1/authenticate/challenge", body).await
}

#[tokio::test]
async fn a_session_that_is_none_lets_nobody_in_whoever_they_are() {
    let backend = &local_backend().await;
    let ada = Person::new(backend).await;
    let session = "A".repeat(200);
    for challenge in CHALLENGES {
        let refusal = async |username: &str| {
            let reply = answer(backend, username, challenge, &session, "Correct-Horse-9").await;
            reply.problem(401, "bad-credentials").without_request_id()
        };
        assert_eq!(refusal(&ada.username).await, refusal(&unique("nobody")).await, "{challenge}");
    }
    for nonsense in ["", "x", "a b", "\u{1F980}", &"A".repeat(5_000)] {
        let reply = answer(backend, &ada.username, "SOFTWARE_TOKEN_MFA", nonsense, "123456").await;
        reply.problem(401, "bad-credentials");
    }
}

#[tokio::test]
async fn a_challenge_that_the_api_does_not_know_is_named() {
    for unknown in ["", "CUSTOM_CHALLENGE", "ADMIN_NO_SRP_AUTH", "software_token_mfa", "PASSWORD"] {
        let reply = answer(Backend::shared().await, "ada", unknown, "session", "answer").await;
        reply.refused(422).naming(&["/challenge"]);
    }
}

#[tokio::test]
async fn a_new_password_is_as_strong_as_any() {
    let reply =
        answer(Backend::shared().await, "ada", "NEW_PASSWORD_REQUIRED", &"A".repeat(200), "weak")
            .await;
    let refused = reply.refused(422);
    refused.naming(&["/answer"]);
    assert!(refused.details().contains("10"), "{}", refused.details());
}

#[tokio::test]
async fn all_four_are_needed() {
    let anyone = Backend::shared().await.anyone();
    let refused = anyone.post("/v1/authenticate/challenge", json!({})).await.refused(422);
    refused.naming(&["/answer", "/challenge", "/session", "/username"]);
    let null = json!({ "username": Value::Null });
    anyone.post("/v1/authenticate/challenge", null).await.refused(422);
}
