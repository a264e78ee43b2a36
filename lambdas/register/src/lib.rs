//! `POST /v1/register`: a new account and its profile.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use shared::error::{Error, Result};
use shared::http::{Answer, Input, optional, required, valid};
use shared::identity::{Identity, SignIn, SignUp};
use shared::model::{Name, Timestamp, User, UserId, Username};
use shared::store::Created;
use validator::{Validate, ValidationError};

/// What a person registers with.
#[derive(Debug, Deserialize, Validate)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Register {
    #[validate(required, custom(function = "valid::<Username>"))]
    username: Option<String>,
    #[validate(
        required,
        email(message = "must be an email address"),
        length(max = 254, message = "must have at most 254 characters")
    )]
    email: Option<String>,
    #[validate(required, custom(function = "strong_password"))]
    password: Option<String>,
    #[validate(custom(function = "valid::<Name>"))]
    display_name: Option<String>,
}

/// A new account.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Registered {
    user_id: UserId,
    username: Username,
    confirmed: bool,
}

/// Handles the route.
pub async fn handle(identity: Arc<Identity>, input: Input) -> Result<Answer> {
    let body: Register = input.body()?;
    let username: Username = required("/username", body.username.as_deref())?;
    let display_name = optional("/displayName", body.display_name.as_deref())?;
    let display_name = display_name.unwrap_or_else(|| Name::from(&username));
    let email = body.email.unwrap_or_default();
    let password = body.password.unwrap_or_default();

    let account = identity.pool.sign_up(&username, &password, &email, &display_name).await?;
    let account = match account {
        Some(account) => account,
        None => half_registered(&identity, &username, &password).await?,
    };
    let user =
        User { user_id: account.user_id, username, display_name, created_at: Timestamp::now() };
    match identity.users.create(&user).await? {
        Created::Now => Answer::created(&Registered {
            user_id: user.user_id,
            username: user.username,
            confirmed: account.confirmed,
        }),
        Created::Before => Err(Error::UsernameTaken),
    }
}

/// The account with this name, for its owner: their registration may have broken off before the profile was written.
async fn half_registered(
    identity: &Identity,
    username: &Username,
    password: &str,
) -> Result<SignUp> {
    let confirmed = match identity.pool.sign_in(username, password).await {
        Ok(SignIn::Tokens(_) | SignIn::Challenge { .. }) => true,
        Err(Error::NotConfirmed) => false,
        Err(Error::BadCredentials) => return Err(Error::UsernameTaken),
        Err(error) => return Err(error),
    };
    Ok(SignUp { user_id: identity.pool.user_id(username).await?, confirmed })
}

/// The user pool's password policy, told rule by rule.
fn strong_password(password: &str) -> Result<(), ValidationError> {
    let broken = if password.chars().count() < 10 {
        "must have at least 10 characters"
    } else if password.chars().count() > 256 {
        "must have at most 256 characters"
    } else if password.trim() != password {
        "must not begin or end with a blank"
    } else if !password.chars().any(|c| c.is_ascii_uppercase()) {
        "must have an upper-case letter"
    } else if !password.chars().any(|c| c.is_ascii_lowercase()) {
        "must have a lower-case letter"
    } else if !password.chars().any(|c| c.is_ascii_digit()) {
        "must have a digit"
    } else {
        return Ok(());
    };
    Err(ValidationError::new("password").with_message(broken.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_weak_password_is_told_which_rule_it_breaks() {
        let rule = |password: &str| strong_password(password).unwrap_err().message.unwrap();
        assert_eq!(rule("Short1"), "must have at least 10 characters");
        assert_eq!(rule(" Blank-Before-1"), "must not begin or end with a blank");
        assert_eq!(rule("lower-case-1"), "must have an upper-case letter");
        assert_eq!(rule("UPPER-CASE-1"), "must have a lower-case letter");
        assert_eq!(rule("No-Digits-Here"), "must have a digit");
        assert_eq!(rule(&"aB3".repeat(100)), "must have at most 256 characters");
        assert!(strong_password("Correct-Horse-1").is_ok());
    }
}
