//! `GET /oauth2/authorize`: where a client sends people; and the end of a sign-in, where they go back.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;

use super::page::redirect;
use super::request::AuthorizationRequest;
use super::{GOOGLE, PATH, respond};
use crate::engine::cognito::error::Result;
use crate::engine::cognito::federation::PROVIDER;
use crate::engine::cognito::user::User;
use crate::engine::cognito::{UserPool, now};

/// Sends the person on: to the page of their provider, to the login page, or, if they signed in lately, back.
pub async fn authorize(
    State(pool): State<Arc<UserPool>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    respond(move || {
        let request = match AuthorizationRequest::parse(query.as_deref(), &pool) {
            Ok(request) => request,
            Err(refusal) => return Ok(*refusal),
        };
        match request.identity_provider.as_deref() {
            Some(PROVIDER) => return Ok(redirect(&format!("{GOOGLE}?{}", request.query))),
            Some("COGNITO") | None => {}
            Some(_) => return Ok(request.redirect.refuse("invalid_request")),
        }
        match pool.user_at(&headers, now())? {
            Some((user, since)) if !request.login_required => {
                let code = pool.issue_code(request.grant, &user, since, now())?;
                Ok(request.redirect.grant(&code))
            }
            _ => Ok(redirect(&format!("{PATH}/login?{}", request.query))),
        }
    })
    .await
}

/// Sends somebody back who has just signed in.
pub fn finish(pool: &UserPool, request: AuthorizationRequest, user: &User) -> Result<Response> {
    let now = now();
    let code = pool.issue_code(request.grant, user, now, now)?;
    let mut response = request.redirect.grant(&code);
    pool.remember(&mut response, user, now)?;
    Ok(response)
}
