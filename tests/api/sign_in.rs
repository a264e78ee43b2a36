//! `POST /v1/authenticate` and `/refresh`.

use serde_json::json;
use tests::{Backend, PASSWORD, Person, keys, unique};

const TOKENS: [&str; 5] = ["accessToken", "expiresIn", "idToken", "refreshToken", "tokenType"];

#[tokio::test]
async fn a_sign_in_gives_three_tokens_for_15_minutes() {
    let backend = Backend::shared().await;
    let ada = Person::new(backend).await;
    let body = json!({ "username": ada.username, "password": PASSWORD });
    let tokens = backend.anyone().post("/v1/authenticate", body).await.expect(200);
    assert_eq!(keys(&tokens.body), TOKENS);
    assert_eq!(tokens["tokenType"], "Bearer");
    assert_eq!(tokens["expiresIn"], 900);
    assert_ne!(tokens["accessToken"], ada.tokens["accessToken"]);

    let again = backend.anyone().with_token(tokens.text("accessToken"));
    assert_eq!(again.get("/v1/users/me").await.expect(200)["userId"], ada.id);
}

#[tokio::test]
async fn nobody_can_tell_whether_a_user_exists() {
    let backend = Backend::shared().await;
    let ada = Person::new(backend).await;
    let attempt = async |username: &str, password: &str| {
        let body = json!({ "username": username, "password": password });
        let reply = backend.anyone().post("/v1/authenticate", body).await;
        reply.problem(401, "bad-credentials").without_request_id()
    };
    let wrong_password = attempt(&ada.username, "Wrong-Horse-1").await;
    let unknown_user = attempt(&unique("nobody"), "Wrong-Horse-1").await;
    assert_eq!(wrong_password, unknown_user);
}

#[tokio::test]
async fn a_password_is_compared_exactly() {
    let backend = Backend::shared().await;
    let ada = Person::new(backend).await;
    for almost in [format!("{PASSWORD} "), PASSWORD.to_lowercase(), PASSWORD[1..].to_owned()] {
        let body = json!({ "username": ada.username, "password": almost });
        backend.anyone().post("/v1/authenticate", body).await.problem(401, "bad-credentials");
    }
}

#[tokio::test]
async fn a_refresh_token_gives_new_tokens_again_and_again() {
    let backend = Backend::shared().await;
    let ada = Person::new(backend).await;
    let mut refresh_token = ada.tokens["refreshToken"].clone();
    for _ in 0..2 {
        let body = json!({ "refreshToken": refresh_token });
        let tokens = backend.anyone().post("/v1/authenticate/refresh", body).await.expect(200);
        assert_eq!(keys(&tokens.body), TOKENS);
        assert_ne!(tokens["accessToken"], ada.tokens["accessToken"]);
        let refreshed = backend.anyone().with_token(tokens.text("accessToken"));
        assert_eq!(refreshed.get("/v1/users/me").await.expect(200)["userId"], ada.id);
        refresh_token = tokens["refreshToken"].clone();
    }
}

#[tokio::test]
async fn nothing_but_a_refresh_token_refreshes() {
    let backend = Backend::shared().await;
    let ada = Person::new(backend).await;
    let mut changed = ada.tokens["refreshToken"].as_str().unwrap().to_owned();
    changed.pop();
    for no_refresh_token in [
        json!("nonsense"),
        json!(changed),
        ada.tokens["accessToken"].clone(),
        ada.tokens["idToken"].clone(),
    ] {
        let body = json!({ "refreshToken": no_refresh_token });
        backend.anyone().post("/v1/authenticate/refresh", body).await.refused(401);
    }
}
