//! `POST /v1/authenticate/refresh`: a refresh token becomes new tokens.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;
use shared::error::Result;
use shared::http::{Answer, Input};
use shared::identity::Identity;
use validator::Validate;

/// The token of an earlier sign-in.
#[derive(Deserialize, Validate, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schemars(rename = "RefreshTokens")]
pub struct Refresh {
    /// The refresh token that came last.
    #[validate(required)]
    refresh_token: Option<String>,
}

/// Handles the route.
pub async fn handle(identity: Arc<Identity>, input: Input) -> Result<Answer> {
    let body: Refresh = input.body()?;
    let tokens = identity.pool.refresh(&body.refresh_token.unwrap_or_default()).await?;
    identity.ensure_profile(&tokens).await?;
    Answer::ok(&tokens)
}
