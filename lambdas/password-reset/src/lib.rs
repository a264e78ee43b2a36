//! `POST /v1/password/forgot` and `POST /v1/password/reset`: another password for who does not know theirs any more.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;
use shared::error::{Error, Result};
use shared::http::{Answer, ByName, Input, required, valid};
use shared::identity::Sessions;
use shared::model::{Password, Username};
use validator::Validate;

/// Who has forgotten their password.
#[derive(Debug, Deserialize, Validate, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ForgotPassword")]
pub struct Forgot {
    /// Who has forgotten it.
    #[validate(required, custom(function = "valid::<Username>"))]
    #[schemars(with = "ByName<Username>")]
    username: Option<String>,
}

/// The code that came by mail, and the new password.
#[derive(Deserialize, Validate, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ResetPassword")]
pub struct Reset {
    /// Whose password.
    #[validate(required, custom(function = "valid::<Username>"))]
    #[schemars(with = "ByName<Username>")]
    username: Option<String>,
    /// The code of the mail.
    #[validate(required, length(min = 1, max = 2048, message = "must be the code of the mail"))]
    code: Option<String>,
    /// The new password.
    #[validate(required, custom(function = "valid::<Password>"))]
    #[schemars(with = "ByName<Password>")]
    password: Option<String>,
}

/// Handles both routes.
pub async fn handle(sessions: Arc<Sessions>, input: Input) -> Result<Answer> {
    if input.route_path().ends_with("/forgot") {
        forgot(&sessions, &input).await
    } else {
        reset(&sessions, &input).await
    }
}

async fn forgot(sessions: &Sessions, input: &Input) -> Result<Answer> {
    let body: Forgot = input.body()?;
    let username: Username = required("/username", body.username.as_deref())?;
    sessions.identity.pool.forgot_password(&username).await?;
    Ok(Answer::accepted())
}

/// Whoever made it necessary may be signed in: nobody is any more, also where nobody knows whether the password is another now.
/// A reset that broke off before that has used up its code; it was not acknowledged, and the next one does it.
async fn reset(sessions: &Sessions, input: &Input) -> Result<Answer> {
    let body: Reset = input.body()?;
    let username: Username = required("/username", body.username.as_deref())?;
    let password: Password = required("/password", body.password.as_deref())?;
    let code = body.code.unwrap_or_default();

    let reset = sessions.identity.pool.reset_password(&username, &code, &password).await;
    if matches!(reset, Ok(()) | Err(Error::Unavailable)) {
        let user = sessions.identity.pool.user_id(&username).await?;
        sessions.end(username.as_str(), &user).await?;
    }
    reset?;
    Ok(Answer::no_content())
}
