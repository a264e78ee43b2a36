//! `POST /v1/register/confirm` and `POST /v1/register/resend`: the code that proves the address.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;
use shared::error::Result;
use shared::http::{Answer, ByName, Input, required, valid};
use shared::identity::Identity;
use shared::model::Username;
use validator::Validate;

/// A code that came by mail.
#[derive(Deserialize, Validate, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ConfirmRegistration")]
pub struct Confirm {
    /// Whose registration.
    #[validate(required, custom(function = "valid::<Username>"))]
    #[schemars(with = "ByName<Username>")]
    username: Option<String>,
    /// The code of the mail.
    #[validate(required, length(min = 1, max = 2048, message = "must be the code of the mail"))]
    code: Option<String>,
}

/// Whose code is to be sent again.
#[derive(Debug, Deserialize, Validate, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ResendCode")]
pub struct Resend {
    /// Whose code.
    #[validate(required, custom(function = "valid::<Username>"))]
    #[schemars(with = "ByName<Username>")]
    username: Option<String>,
}

/// Handles both routes.
pub async fn handle(identity: Arc<Identity>, input: Input) -> Result<Answer> {
    if input.route_path().ends_with("/resend") {
        resend(&identity, &input).await
    } else {
        confirm(&identity, &input).await
    }
}

async fn confirm(identity: &Identity, input: &Input) -> Result<Answer> {
    let body: Confirm = input.body()?;
    let username: Username = required("/username", body.username.as_deref())?;
    identity.pool.confirm(&username, &body.code.unwrap_or_default()).await?;
    Ok(Answer::no_content())
}

async fn resend(identity: &Identity, input: &Input) -> Result<Answer> {
    let body: Resend = input.body()?;
    let username: Username = required("/username", body.username.as_deref())?;
    identity.pool.resend(&username).await?;
    Ok(Answer::accepted())
}
