//! Signing in, new tokens for old ones, and the end of a session.

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::{Value, json};

use super::UserPool;
use super::challenge::Step;
use super::error::{Error, Result};
use super::policy::check_password_length;
use super::session::Session;
use super::tokens::USER_SCOPE;
use super::user::User;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct InitiateAuth {
    client_id: String,
    auth_flow: String,
    #[serde(default)]
    auth_parameters: HashMap<String, String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct GetTokensFromRefreshToken {
    client_id: String,
    refresh_token: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct RevokeToken {
    client_id: String,
    token: String,
}

impl UserPool {
    /// With a password only: a client whose refresh tokens rotate cannot have `REFRESH_TOKEN_AUTH`.
    pub(super) fn initiate_auth(&self, input: &InitiateAuth, now: i64) -> Result<Value> {
        self.check_client(&input.client_id)?;
        if input.auth_flow != "USER_PASSWORD_AUTH" {
            let message = format!("{} flow not enabled for this client", input.auth_flow);
            return Err(Error::InvalidParameter(message));
        }
        let username = parameter(&input.auth_parameters, "USERNAME")?;
        let password = parameter(&input.auth_parameters, "PASSWORD")?;
        let step = self.sign_in(username, password, now)?;
        self.answer_to(step, now)
    }

    pub(super) fn get_tokens_from_refresh_token(
        &self,
        input: &GetTokensFromRefreshToken,
        now: i64,
    ) -> Result<Value> {
        self.check_client(&input.client_id)?;
        let result = self.refresh(&input.refresh_token, &input.client_id, now)?;
        Ok(json!({ "AuthenticationResult": result.as_result() }))
    }

    pub(super) fn revoke_token(&self, input: &RevokeToken) -> Result<Value> {
        self.check_client(&input.client_id)?;
        self.revoke(&input.token, &input.client_id)?;
        Ok(json!({}))
    }

    /// Checks a password; what it leads to. Whether there is such a user shows neither in the answer nor in how long it
    /// takes.
    ///
    /// # Errors
    /// `IncorrectPassword`, `AttemptsExceeded`, or why the right password does not do.
    pub(super) fn sign_in(&self, username: &str, password: &str, now: i64) -> Result<Step> {
        check_password_length(password)?;
        self.admit_sign_in(username, now)?;
        let kept = self.user(username)?.and_then(|user| user.password);
        let right = kept.as_ref().unwrap_or(&self.decoy).verify(password);

        let _changing = self.changing();
        // Again: in the meantime others may have guessed wrong, and the password may be another.
        self.admit_sign_in(username, now)?;
        match self.user(username)? {
            Some(user) if right && user.password == kept => self.with_password(user, now),
            _ => {
                self.count_failed_sign_in(username, now)?;
                Err(Error::IncorrectPassword)
            }
        }
    }

    fn with_password(&self, user: User, now: i64) -> Result<Step> {
        if user.disabled {
            return Err(Error::NotAuthorized("User is disabled."));
        }
        if !user.confirmed {
            return Err(Error::UserNotConfirmed);
        }
        if user.temporary_until.is_some_and(|end| end <= now) {
            return Err(Error::NotAuthorized(
                "Temporary password has expired and must be reset by an administrator.",
            ));
        }
        self.first_step(user, now)
    }

    /// Tokens for who has shown all that was asked for, else the next challenge.
    pub(super) fn answer_to(&self, step: Step, now: i64) -> Result<Value> {
        match step {
            Step::Done(user) => {
                let session = Session::new(&user, self.client_id(), USER_SCOPE, now);
                let result = self.begin_session(&user, &session, now)?.as_result();
                Ok(json!({ "AuthenticationResult": result, "ChallengeParameters": {} }))
            }
            Step::Challenge { name, session, parameters } => Ok(json!({
                "ChallengeName": name,
                "Session": session,
                "ChallengeParameters": parameters,
            })),
        }
    }

    /// Whether `password` is the user's; takes as long whether they have one or not.
    pub(super) fn has_password(&self, user: &User, password: &str) -> bool {
        user.password.as_ref().unwrap_or(&self.decoy).verify(password)
    }
}

/// A parameter of a flow or an answer to a challenge.
///
/// # Errors
/// `InvalidParameter` when it is missing.
pub(super) fn parameter<'a>(
    parameters: &'a HashMap<String, String>,
    name: &str,
) -> Result<&'a str> {
    let missing = || Error::InvalidParameter(format!("Missing required parameter {name}"));
    parameters.get(name).map(String::as_str).ok_or_else(missing)
}
