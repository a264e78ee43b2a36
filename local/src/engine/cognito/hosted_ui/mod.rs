//! The hosted sign-in, under [`PATH`]: the OAuth endpoints and the pages that Cognito has under its domain; and a page that
//! stands in for Google.

mod authorize;
mod browser;
mod google;
mod login;
mod logout;
mod page;
mod parameters;
mod request;
#[cfg(test)]
mod tests;
mod token;
mod user_info;

use std::sync::Arc;

use axum::Router;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};

use self::page::error_page;
use super::UserPool;
use super::error::{Error, Result};

/// Where the hosted sign-in is; on AWS its paths stand under the Cognito domain.
pub const PATH: &str = "/local/hosted-ui";

/// The page that stands in for Google.
const GOOGLE: &str = "/local/google";

/// The routes of it.
pub fn router(pool: Arc<UserPool>) -> Router {
    let path = |path: &str| format!("{PATH}{path}");
    Router::new()
        .route(&path("/oauth2/authorize"), get(authorize::authorize))
        .route(&path("/oauth2/token"), post(token::token))
        .route(&path("/oauth2/revoke"), post(token::revoke))
        .route(&path("/oauth2/userInfo"), get(user_info::user_info).post(user_info::user_info))
        .route(&path("/login"), get(login::page).post(login::submit))
        .route(&path("/logout"), get(logout::logout))
        .route(GOOGLE, get(google::page).post(google::submit))
        .method_not_allowed_fallback(async || StatusCode::NOT_FOUND)
        .with_state(pool)
}

/// Off the runtime's threads: a password takes its time, and so does the database.
async fn respond(answer: impl FnOnce() -> Result<Response> + Send + 'static) -> Response {
    match tokio::task::spawn_blocking(answer).await {
        Ok(Ok(response)) => response,
        Ok(Err(error)) => failed(&error),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

fn failed(error: &Error) -> Response {
    tracing::error!(%error, "the hosted sign-in failed");
    error_page(StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong. Please try again.")
}
