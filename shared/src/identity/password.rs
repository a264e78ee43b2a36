//! Passwords that are forgotten, changed or to be proved.

use aws_sdk_cognitoidentityprovider::config::retry::RetryConfig;
use aws_sdk_cognitoidentityprovider::error::ProvideErrorMetadata;

use super::UserPool;
use super::pool::{fault, is_about_the_token, reason};
use crate::error::{Error, Result};
use crate::http::AccessToken;
use crate::logging::report;
use crate::model::{Password, Username};

impl UserPool {
    /// Sends a code to the address of the account, if there is one with a confirmed address. Whether there is, or that it was
    /// sent too often, is not told.
    ///
    /// # Errors
    /// When Cognito is busy.
    pub async fn forgot_password(&self, username: &Username) -> Result<()> {
        let call = |client_id: String| {
            self.client.forgot_password().client_id(client_id).username(username.as_str()).send()
        };
        match self.with_client_id(call).await? {
            Ok(_) => Ok(()),
            Err(error) => match error.code() {
                Some(
                    "InvalidParameterException"
                    | "LimitExceededException"
                    | "NotAuthorizedException"
                    | "UserNotConfirmedException"
                    | "UserNotFoundException",
                ) => Ok(()),
                // It says that there is such an account: for us to know.
                Some("CodeDeliveryFailureException" | "InvalidEmailRoleAccessPolicyException") => {
                    report(&fault(error));
                    Ok(())
                }
                _ => Err(fault(error)),
            },
        }
    }

    /// Gives an account another password, with the code that was sent.
    ///
    /// # Errors
    /// `Invalid` for a wrong or expired code, also behind too many of them, and for a user who does not exist; `Invalid` with
    /// the rule that the password breaks; `Unavailable` where nobody knows whether it was done.
    pub async fn reset_password(
        &self,
        username: &Username,
        code: &str,
        password: &Password,
    ) -> Result<()> {
        let call = |client_id: String| {
            self.client
                .confirm_forgot_password()
                .client_id(client_id)
                .username(username.as_str())
                .confirmation_code(code)
                .password(password.as_str())
                .customize()
                .config_override(once())
                .send()
        };
        match self.with_client_id(call).await? {
            Ok(_) => Ok(()),
            Err(error) => Err(match error.code() {
                Some("InvalidPasswordException" | "PasswordHistoryPolicyViolationException") => {
                    Error::invalid("/password", reason(&error, "is too weak"))
                }
                Some(
                    "CodeMismatchException"
                    | "ExpiredCodeException"
                    | "InvalidParameterException"
                    | "LimitExceededException"
                    | "NotAuthorizedException"
                    | "TooManyFailedAttemptsException"
                    | "UserNotConfirmedException"
                    | "UserNotFoundException",
                ) => Error::invalid("/code", "is wrong or has expired"),
                _ => fault(error),
            }),
        }
    }

    /// Gives the bearer of `token` another password.
    ///
    /// # Errors
    /// `Invalid` where `password` is not the one that it was, or with the rule that the new one breaks; `Unauthenticated`
    /// for a token that was revoked; `Unavailable` where nobody knows whether it was done.
    pub async fn change_password(
        &self,
        token: &AccessToken,
        password: &str,
        new: &Password,
    ) -> Result<()> {
        let request = self.client.change_password().access_token(token.as_str());
        let request = request.previous_password(password).proposed_password(new.as_str());
        match request.customize().config_override(once()).send().await {
            Ok(_) => Ok(()),
            Err(error) if is_about_the_token(&error) => Err(Error::Unauthenticated),
            Err(error) => Err(match error.code() {
                Some("InvalidPasswordException" | "PasswordHistoryPolicyViolationException") => {
                    Error::invalid("/newPassword", reason(&error, "is too weak"))
                }
                Some("InvalidParameterException" | "NotAuthorizedException") => wrong_password(),
                Some("UserNotFoundException") => Error::Unauthenticated,
                _ => fault(error),
            }),
        }
    }

    /// Whether `password` is the caller's. A session that opens by it is ended at once.
    ///
    /// # Errors
    /// `Invalid` where it is not.
    pub async fn prove_password(&self, token: &AccessToken, password: &str) -> Result<()> {
        let outcome = match self.present(token.account(), password).await {
            Err(Error::BadCredentials) => return Err(wrong_password()),
            outcome => outcome?,
        };
        match outcome.result.and_then(|tokens| tokens.refresh_token) {
            Some(refresh_token) => self.revoke(&refresh_token).await,
            None => Ok(()),
        }
    }
}

/// Without repeats: to the repeat of what was done, the code is used up, and the password another.
fn once() -> aws_sdk_cognitoidentityprovider::config::Builder {
    aws_sdk_cognitoidentityprovider::Config::builder().retry_config(RetryConfig::disabled())
}

fn wrong_password() -> Error {
    Error::invalid("/password", "is wrong")
}
