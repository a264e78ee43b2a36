//! Who may ask for notifications.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::Method;
use http::header::AUTHORIZATION;
use serde_json::{Value, json};
use tests::notifier::{Notifier, claims, epoch_seconds, token, token_of};
use tests::{Backend, unique};

async fn status_of(token: &str) -> u16 {
    let notifier = Notifier::bearing(Backend::shared().await, token);
    notifier.client().get("/v1/templates?limit=1").await.status.as_u16()
}

fn part(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

#[tokio::test]
async fn without_a_token_nothing_is_to_be_had() {
    let anyone = Backend::shared().await.anyone();
    for (method, path) in [
        (Method::POST, "/v1/notifications"),
        (Method::GET, "/v1/notifications/x"),
        (Method::GET, "/v1/templates"),
        (Method::PUT, "/v1/templates/x"),
        (Method::POST, "/v1/templates/x/preview"),
    ] {
        anyone.request(method, path).json(&json!({})).send().await.turned_away(401);
    }
}

#[tokio::test]
async fn a_token_of_its_issuer_lets_in_with_and_without_the_word_bearer() {
    let backend = Backend::shared().await;
    let token = token(&claims(&unique("me")));
    assert_eq!(status_of(&token).await, 200);
    let request = backend.anyone().request(Method::GET, "/v1/templates?limit=1");
    request.header(AUTHORIZATION, &token).send().await.expect(200);
}

#[tokio::test]
async fn any_other_token_is_refused() {
    let good = || claims(&unique("me"));
    let with = |name: &str, value: Value| {
        let mut claims = good();
        claims[name] = value;
        token(&claims)
    };
    let without = |name: &str| {
        let mut claims = good();
        claims.as_object_mut().unwrap().remove(name);
        token(&claims)
    };
    let signed = token(&good());
    let [head, _, signature] = signed.split('.').collect::<Vec<_>>()[..] else { panic!() };
    let unsigned = part(&json!({ "alg": "none", "typ": "JWT" }));
    let rsa = part(&json!({ "alg": "RS256", "typ": "JWT", "kid": "unknown" }));
    let forged = part(&good());
    for (why, token) in [
        ("another secret", token_of(&good(), b"another secret, which is long enough too")),
        ("no algorithm", format!("{unsigned}.{forged}.")),
        ("no algorithm, signed", format!("{unsigned}.{forged}.{signature}")),
        ("other claims", format!("{head}.{forged}.{signature}")),
        ("an unknown key", format!("{rsa}.{forged}.{signature}")),
        ("another issuer", with("iss", json!("somebody"))),
        ("no issuer", without("iss")),
        ("no subject", without("sub")),
        ("an empty subject", with("sub", json!(""))),
        ("no end", without("exp")),
        ("over", with("exp", json!(epoch_seconds() - 1))),
        ("not yet", with("nbf", json!(epoch_seconds() + 600))),
        ("no token", "x".to_owned()),
    ] {
        assert_eq!(status_of(&token).await, 403, "{why}");
    }
}

#[tokio::test]
async fn an_access_token_of_the_chat_is_none_here() {
    let [alice] = crate::people().await;
    alice.get("/v1/templates").await.turned_away(403);
    let notifier = super::notifier().await;
    notifier.client().get("/v1/conversations").await.turned_away(401);
}

#[tokio::test]
async fn a_token_that_was_let_in_is_refused_once_it_is_over() {
    let mut claims = claims(&unique("me"));
    let end = epoch_seconds() + 2;
    claims["exp"] = json!(end);
    let token = token(&claims);
    assert_eq!(status_of(&token).await, 200);
    while epoch_seconds() < end {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert_eq!(status_of(&token).await, 401);
}
