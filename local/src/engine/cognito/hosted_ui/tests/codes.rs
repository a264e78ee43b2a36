//! Codes and what they are exchanged for.

use super::*;

fn claims(token: &Value) -> Value {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let claims = token.as_str().unwrap().split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap()
}

fn invalid_grant() -> (u16, Value) {
    (400, json!({ "error": "invalid_grant" }))
}

#[tokio::test]
async fn a_code_is_exchanged_for_tokens() {
    let site = Site::with_ann().await;
    let code = site.code(&[("nonce", "n-1"), ("scope", "openid email")]).await;
    let (status, tokens) = site.exchange(&code, &[]).await;
    assert_eq!(status, 200, "{tokens}");
    assert_eq!((&tokens["token_type"], &tokens["expires_in"]), (&json!("Bearer"), &json!(900)));
    let (access, id) = (claims(&tokens["access_token"]), claims(&tokens["id_token"]));
    assert_eq!((&access["scope"], &access["username"]), (&json!("openid email"), &json!("ann")));
    assert_eq!((&id["nonce"], &id["cognito:username"]), (&json!("n-1"), &json!("ann")));
    assert_eq!(id["at_hash"].as_str().unwrap().len(), 22);
    assert_eq!(access["origin_jti"], id["origin_jti"]);
}

#[tokio::test]
async fn a_code_is_good_once_even_where_what_came_with_it_was_wrong() {
    let site = Site::with_ann().await;
    let code = site.code(&[]).await;
    assert_eq!(site.exchange(&code, &[]).await.0, 200);
    assert_eq!(site.exchange(&code, &[]).await, invalid_grant());
    for wrong in [
        ("code_verifier", "another-verifier-of-more-than-43-letters-01234"),
        ("code_verifier", ""),
        ("redirect_uri", "http://127.0.0.1:9/other"),
    ] {
        let code = site.code(&[]).await;
        assert_eq!(site.exchange(&code, &[wrong]).await, invalid_grant(), "{wrong:?}");
        assert_eq!(site.exchange(&code, &[]).await, invalid_grant(), "{wrong:?}");
    }
    let code = site.code(&[("code_challenge", ""), ("code_challenge_method", "")]).await;
    assert_eq!(site.exchange(&code, &[]).await, invalid_grant());
    let code = site.code(&[("code_challenge", ""), ("code_challenge_method", "")]).await;
    assert_eq!(site.exchange(&code, &[("code_verifier", "")]).await.0, 200);
}

#[tokio::test]
async fn a_code_is_for_five_minutes_and_for_a_user_who_is_there() {
    use crate::engine::cognito::grant::{Grant, Redemption};
    let site = Site::with_ann().await;
    let (pool, user) = (&site.pool, site.pool.user("ann").unwrap().unwrap());
    let grant = |client_id: &str| Grant {
        client_id: client_id.to_owned(),
        redirect_uri: CALLBACK.to_owned(),
        scope: "openid".to_owned(),
        nonce: None,
        code_challenge: None,
    };
    let redeem = |client_id: &str, now: i64| {
        let code = pool.issue_code(grant(client_id), &user, 0, 1_800_000_000).unwrap();
        let redemption = Redemption {
            code: &code,
            client_id: pool.client_id(),
            redirect_uri: CALLBACK,
            code_verifier: None,
        };
        pool.redeem_code(&redemption, now)
    };
    redeem(pool.client_id(), 1_800_000_299).unwrap();
    assert!(redeem(pool.client_id(), 1_800_000_300).is_err());
    assert!(redeem("other", 1_800_000_000).is_err());
    site.call("AdminDisableUser", &json!({ "UserPoolId": pool.id(), "Username": "ann" }));
    assert!(redeem(pool.client_id(), 1_800_000_000).is_err());
}

#[tokio::test]
async fn who_asks_wrongly_gets_no_tokens() {
    let site = Site::with_ann().await;
    for (change, error) in [
        (("client_id", "other"), "invalid_client"),
        (("client_secret", "x"), "invalid_client"),
        (("client_id", ""), "invalid_request"),
        (("grant_type", ""), "invalid_request"),
        (("code", ""), "invalid_request"),
        (("redirect_uri", ""), "invalid_request"),
        (("grant_type", "client_credentials"), "unauthorized_client"),
        (("grant_type", "password"), "unsupported_grant_type"),
        (("grant_type", "refresh_token"), "invalid_request"),
        (("code", "unknown"), "invalid_grant"),
    ] {
        let refused = site.exchange("a code", &[change]).await;
        assert_eq!(refused, (400, json!({ "error": error })), "{change:?}");
    }
}

#[tokio::test]
async fn refresh_tokens_rotate_here_too_and_can_be_revoked() {
    let site = Site::with_ann().await;
    let (_, first) = site.exchange(&site.code(&[]).await, &[]).await;
    let refresh = async |token: &Value| {
        let changes = [("grant_type", "refresh_token"), ("refresh_token", token.as_str().unwrap())];
        site.exchange("", &changes).await
    };
    let (status, second) = refresh(&first["refresh_token"]).await;
    assert_eq!(status, 200, "{second}");
    assert_ne!(first["refresh_token"], second["refresh_token"]);
    assert!(second["id_token"].is_string());

    let revoke = async |token: &Value, client_id: &str| {
        let form = [("token", token.as_str().unwrap()), ("client_id", client_id)];
        site.post("/oauth2/revoke", &form).await
    };
    let id = site.pool.client_id();
    let refused = revoke(&first["access_token"], id).await;
    assert_eq!(refused, (400, json!({ "error": "unsupported_token_type" })));
    let refused = revoke(&second["refresh_token"], "other").await;
    assert_eq!(refused, (400, json!({ "error": "invalid_client" })));
    assert_eq!(revoke(&second["refresh_token"], id).await.0, 200);
    assert_eq!(refresh(&second["refresh_token"]).await, invalid_grant());
}

#[tokio::test]
async fn what_a_token_was_asked_for_it_is_good_for() {
    let site = Site::with_ann().await;
    let user_info = async |token: &Value| {
        let request = http::Request::builder()
            .uri(format!("{}{PATH}/oauth2/userInfo", site.url))
            .header("authorization", format!("Bearer {}", token.as_str().unwrap()))
            .body(Vec::new());
        let response = Http::new().unwrap().send(request.unwrap()).await.unwrap();
        let body: Value = serde_json::from_slice(response.body()).unwrap();
        (response.status().as_u16(), body)
    };
    let (_, with_openid) = site.exchange(&site.code(&[("scope", "openid")]).await, &[]).await;
    let (status, info) = user_info(&with_openid["access_token"]).await;
    assert_eq!((status, &info["username"]), (200, &json!("ann")));
    assert_eq!(info["email_verified"], "true");
    let input = json!({ "AccessToken": with_openid["access_token"] });
    let refused = site.pool.call("GetUser", input.to_string().as_bytes()).unwrap_err();
    assert_eq!(refused.message, "Access Token does not have required scopes");

    let own = [("scope", "aws.cognito.signin.user.admin")];
    let (_, without) = site.exchange(&site.code(&own).await, &[]).await;
    assert!(without.get("id_token").is_none());
    site.call("GetUser", &json!({ "AccessToken": without["access_token"] }));
    let refused = user_info(&without["access_token"]).await;
    assert_eq!(refused, (401, json!({ "error": "invalid_token" })));
    assert_eq!(user_info(&json!("no token")).await.0, 401);
}
