//! `POST /v1/password/change`: another password for who knows theirs.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;
use shared::error::{Error, Result};
use shared::http::{Answer, ByName, Input, required, valid};
use shared::identity::Sessions;
use shared::model::Password;
use validator::Validate;

/// The password as it was, and as it is to be.
#[derive(Deserialize, Validate, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ChangePassword {
    /// The password as it is.
    #[validate(required)]
    password: Option<String>,
    /// The password as it is to be.
    #[validate(required, custom(function = "valid::<Password>"))]
    #[schemars(with = "ByName<Password>")]
    new_password: Option<String>,
}

/// Handles the route. Whoever else knew the password may be signed in: all sessions end, the caller's, too, who signs in
/// again with the password that they have just chosen.
pub async fn handle(sessions: Arc<Sessions>, input: Input) -> Result<Answer> {
    let (caller, token) = (input.caller()?, input.access_token()?);
    let body: ChangePassword = input.body()?;
    let password = body.password.unwrap_or_default();
    let new: Password = required("/newPassword", body.new_password.as_deref())?;

    let change = sessions.identity.pool.change_password(&token, &password, &new).await;
    // Where nobody knows whether it was done, too: a repeat would find another password.
    if matches!(change, Ok(()) | Err(Error::Unavailable)) {
        sessions.end(token.account(), caller.id()).await?;
    }
    change?;
    Ok(Answer::no_content())
}
