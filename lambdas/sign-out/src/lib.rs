//! `POST /v1/sign-out`: ends one of the caller's sessions, or all of them.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;
use shared::error::Result;
use shared::http::{Answer, Input};
use shared::identity::Sessions;
use validator::Validate;

/// Which session ends.
#[derive(Deserialize, Validate, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct SignOut {
    /// Of the session that ends; without it all end.
    refresh_token: Option<String>,
}

/// Handles the route. Of one session the socket is the client's own to close: it belongs to the person, not to the session.
pub async fn handle(sessions: Arc<Sessions>, input: Input) -> Result<Answer> {
    let (caller, token) = (input.caller()?, input.access_token()?);
    let body: SignOut = input.body()?;
    match body.refresh_token {
        Some(refresh_token) => sessions.identity.pool.revoke(&refresh_token).await?,
        None => sessions.end(token.account(), caller.id()).await?,
    }
    Ok(Answer::no_content())
}
