//! `POST /oauth2/token` and `/oauth2/revoke`: codes and refresh tokens become tokens, and end.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::parameters::Parameters;
use super::respond;
use crate::engine::cognito::error::Error;
use crate::engine::cognito::grant::Redemption;
use crate::engine::cognito::tokens::{ACCESS_TOKEN_LIFETIME, Tokens};
use crate::engine::cognito::{UserPool, now};

const FORM: &str = "application/x-www-form-urlencoded";

/// Why there are no tokens: the error's name.
enum Refusal {
    Named(&'static str),
    Failed(Error),
}

impl Refusal {
    /// Whatever is wrong with a grant, the client is told no more than that.
    fn of(error: Error) -> Self {
        match error {
            Error::Internal(fault) => Self::Failed(Error::Internal(fault)),
            Error::UnsupportedTokenType => Self::Named("unsupported_token_type"),
            _ => Self::Named("invalid_grant"),
        }
    }
}

/// New tokens.
pub async fn token(
    State(pool): State<Arc<UserPool>>,
    headers: HeaderMap,
    body: String,
) -> Response {
    respond(move || match exchange(&pool, &headers, &body) {
        Ok(tokens) => Ok(answer(StatusCode::OK, described(&tokens))),
        Err(Refusal::Named(error)) => Ok(refused(error)),
        Err(Refusal::Failed(error)) => Err(error),
    })
    .await
}

/// The end of a session.
pub async fn revoke(
    State(pool): State<Arc<UserPool>>,
    headers: HeaderMap,
    body: String,
) -> Response {
    respond(move || {
        let revoked = client(&pool, &headers, &body).and_then(|form| {
            let token = form.get("token").ok_or(Refusal::Named("invalid_request"))?;
            pool.revoke(token, pool.client_id()).map_err(Refusal::of)
        });
        match revoked {
            Ok(()) => Ok(StatusCode::OK.into_response()),
            Err(Refusal::Named(error)) => Ok(refused(error)),
            Err(Refusal::Failed(error)) => Err(error),
        }
    })
    .await
}

fn exchange(pool: &UserPool, headers: &HeaderMap, body: &str) -> Result<Tokens, Refusal> {
    let form = client(pool, headers, body)?;
    let required = |name: &str| form.get(name).ok_or(Refusal::Named("invalid_request"));
    match required("grant_type")? {
        "authorization_code" => {
            let redemption = Redemption {
                code: required("code")?,
                client_id: pool.client_id(),
                redirect_uri: required("redirect_uri")?,
                code_verifier: form.get("code_verifier"),
            };
            pool.redeem_code(&redemption, now()).map_err(Refusal::of)
        }
        "refresh_token" => {
            let token = required("refresh_token")?;
            pool.refresh(token, pool.client_id(), now()).map_err(Refusal::of)
        }
        // A client without a secret has nothing to show for itself.
        "client_credentials" => Err(Refusal::Named("unauthorized_client")),
        _ => Err(Refusal::Named("unsupported_grant_type")),
    }
}

/// The form of the app client, which has no secret: one who shows one is another.
fn client(pool: &UserPool, headers: &HeaderMap, body: &str) -> Result<Parameters, Refusal> {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let kind = content_type.and_then(|value| value.split(';').next()).unwrap_or_default();
    if !kind.trim().eq_ignore_ascii_case(FORM) {
        return Err(Refusal::Named("invalid_request"));
    }
    let form = Parameters::parse(body).ok_or(Refusal::Named("invalid_request"))?;
    let secret = headers.contains_key(header::AUTHORIZATION) || form.get("client_secret").is_some();
    match form.get("client_id") {
        Some(id) if id == pool.client_id() && !secret => Ok(form),
        None if !secret => Err(Refusal::Named("invalid_request")),
        _ => Err(Refusal::Named("invalid_client")),
    }
}

/// Only who asks for `openid` gets an ID token.
fn described(tokens: &Tokens) -> Value {
    let mut answer = json!({
        "access_token": tokens.access_token,
        "refresh_token": tokens.refresh_token,
        "token_type": "Bearer",
        "expires_in": ACCESS_TOKEN_LIFETIME,
    });
    if tokens.scope.split(' ').any(|scope| scope == "openid") {
        answer["id_token"] = tokens.id_token.as_str().into();
    }
    answer
}

fn refused(error: &str) -> Response {
    answer(StatusCode::BAD_REQUEST, json!({ "error": error }))
}

fn answer(status: StatusCode, body: Value) -> Response {
    (status, [(header::CACHE_CONTROL, "no-store")], Json(body)).into_response()
}
