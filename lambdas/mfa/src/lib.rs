//! `/v1/users/me/mfa`: the caller's second factor, an authenticator app.

use std::sync::Arc;

use lambda_http::http::Method;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use shared::error::{Error, Result};
use shared::http::{AccessToken, Answer, Input};
use shared::identity::{Identity, is_of_google};
use validator::Validate;

/// What is on.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "SecondFactors")]
pub struct Factors {
    /// Whether a sign-in asks for the code of an authenticator app.
    software_token: bool,
}

/// Nothing has to be said to begin.
#[derive(Deserialize, Validate, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "EnrolMfa")]
pub struct Enrol {}

/// The first code of the authenticator.
#[derive(Deserialize, Validate, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ConfirmMfa")]
pub struct Confirm {
    /// The code that the authenticator shows.
    #[validate(required)]
    code: Option<String>,
}

/// What it takes to do without the second factor again.
#[derive(Deserialize, Validate, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "SwitchMfaOff")]
pub struct SwitchOff {
    /// The caller's password.
    #[validate(required)]
    password: Option<String>,
}

/// Handles all methods, and `POST /v1/users/me/mfa/confirm`.
pub async fn handle(identity: Arc<Identity>, input: Input) -> Result<Answer> {
    let token = input.access_token()?;
    match *input.method() {
        Method::POST if input.route_path().ends_with("/confirm") => {
            confirm(&identity, &token, &input).await
        }
        Method::POST => enrol(&identity, &token, &input).await,
        Method::DELETE => switch_off(&identity, &token, &input).await,
        _ => show(&identity, &token).await,
    }
}

async fn show(identity: &Identity, token: &AccessToken) -> Result<Answer> {
    Answer::ok(&Factors { software_token: identity.pool.has_mfa(token).await? })
}

/// Another authenticator takes the place of the one that is on only when that is off, which takes the password.
async fn enrol(identity: &Identity, token: &AccessToken, input: &Input) -> Result<Answer> {
    let Enrol {} = input.body()?;
    if is_of_google(token.account()) {
        return Err(Error::Forbidden("who signs in with Google has Google's second factor"));
    }
    if identity.pool.has_mfa(token).await? {
        return Err(Error::MfaOn);
    }
    Answer::ok(&identity.pool.enrol_mfa(token).await?)
}

async fn confirm(identity: &Identity, token: &AccessToken, input: &Input) -> Result<Answer> {
    let body: Confirm = input.body()?;
    identity.pool.confirm_mfa(token, &body.code.unwrap_or_default()).await?;
    Ok(Answer::no_content())
}

/// Whoever took hold of an access token has no password. A code would not do: who lost the authenticator has none.
async fn switch_off(identity: &Identity, token: &AccessToken, input: &Input) -> Result<Answer> {
    let body: SwitchOff = input.body()?;
    identity.pool.prove_password(token, &body.password.unwrap_or_default()).await?;
    identity.pool.set_mfa(token, false).await?;
    Ok(Answer::no_content())
}
