//! `/oauth2/userInfo`: who the owner of an access token is.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::respond;
use crate::engine::cognito::error::Error;
use crate::engine::cognito::{UserPool, now};

/// The attributes, all of them text, for a token with the scope `openid`.
pub async fn user_info(State(pool): State<Arc<UserPool>>, headers: HeaderMap) -> Response {
    respond(move || {
        let header = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let token = header.and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default();
        match pool.bearer(token, "openid", now()) {
            Ok((user, _)) => {
                let mut claims: Value = user.attributes().into_iter().collect();
                claims["username"] = user.username.into();
                Ok(([(header::CACHE_CONTROL, "no-store")], Json(claims)).into_response())
            }
            Err(Error::Internal(fault)) => Err(Error::Internal(fault)),
            Err(_) => Ok(invalid_token()),
        }
    })
    .await
}

fn invalid_token() -> Response {
    let challenge = [(header::WWW_AUTHENTICATE, r#"Bearer error="invalid_token""#)];
    (StatusCode::UNAUTHORIZED, challenge, Json(json!({ "error": "invalid_token" }))).into_response()
}
