//! `GET /logout`: the browser is signed out of the hosted pages. Tokens stay as they are.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

use super::page::{error_page, redirect};
use super::parameters::Parameters;
use super::request::allowed;
use super::respond;
use crate::engine::cognito::UserPool;

/// Sends the person on to `logout_uri`.
pub async fn logout(
    State(pool): State<Arc<UserPool>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    respond(move || {
        let parameters = Parameters::parse(&query.unwrap_or_default()).unwrap_or_default();
        let ours = parameters.get("client_id") == Some(pool.client_id());
        let target = parameters.get("logout_uri").and_then(allowed).filter(|_| ours);
        let Some(target) = target else {
            let message = "There is no such app client, or it may not be answered at this address.";
            return Ok(error_page(StatusCode::BAD_REQUEST, message));
        };
        let mut response = redirect(target.as_str());
        pool.forget(&mut response, &headers)?;
        Ok(response)
    })
    .await
}
