//! `POST /v1/realtime/token`: what opens one socket, once.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use shared::error::Result;
use shared::http::{Answer, Input};
use shared::realtime::url_from_env;
use shared::store::{ConnectionTokens, Store};
use validator::Validate;

/// The tokens, and where they are good.
#[derive(Debug)]
pub struct Tokens {
    tokens: ConnectionTokens,
    url: String,
}

impl Tokens {
    /// Tokens for the WebSocket API at `url`.
    #[must_use]
    pub fn new(tokens: ConnectionTokens, url: String) -> Self {
        Self { tokens, url }
    }

    /// As the lambda's environment says: as [`Store::from_env`], and [`url_from_env`].
    ///
    /// # Errors
    /// Names the variable that is missing.
    pub async fn from_env() -> Result<Self, lambda_http::Error> {
        Ok(Self::new(ConnectionTokens::new(Store::from_env().await?), url_from_env()?))
    }
}

/// Nothing is to be said.
#[derive(Debug, Deserialize, Validate, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "OpenSocket")]
pub struct Nothing {}

/// What opens a socket.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "RealtimeToken")]
pub struct Issued<'a> {
    /// Opens one WebSocket, once.
    token: String,
    /// Seconds for which it does.
    expires_in: u32,
    /// Where to connect, with the query `?token=…`.
    url: &'a str,
}

/// Handles the route.
pub async fn handle(tokens: Arc<Tokens>, input: Input) -> Result<Answer> {
    let caller = input.caller()?;
    let Nothing {} = input.body()?;
    let token = tokens.tokens.issue(caller.id(), input.session_began()?).await?;
    let expires_in = ConnectionTokens::GOOD_FOR_SECONDS;
    Answer::created(&Issued { token, expires_in, url: &tokens.url })
}
