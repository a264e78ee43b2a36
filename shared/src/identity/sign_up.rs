//! Making accounts, and proving their addresses.

use aws_sdk_cognitoidentityprovider::error::ProvideErrorMetadata;
use aws_sdk_cognitoidentityprovider::types::AttributeType;

use super::UserPool;
use super::pool::{fault, reason, subject};
use crate::error::{Error, Result};
use crate::logging::report;
use crate::model::{Name, Password, UserId, Username};

/// A new account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignUp {
    /// Its `sub`.
    pub user_id: UserId,
    /// Whether it can be signed in to at once.
    pub confirmed: bool,
}

impl UserPool {
    /// Makes an account; `None` where the name is taken.
    ///
    /// # Errors
    /// `Invalid` with the rule that the password or the address breaks.
    pub async fn sign_up(
        &self,
        username: &Username,
        password: &Password,
        email: &str,
        name: &Name,
    ) -> Result<Option<SignUp>> {
        let call = |client_id: String| {
            self.client
                .sign_up()
                .client_id(client_id)
                .username(username.as_str())
                .password(password.as_str())
                .set_user_attributes(Some(vec![
                    attribute("email", email),
                    attribute("name", name.as_str()),
                ]))
                .send()
        };
        match self.with_client_id(call).await? {
            Ok(output) => Ok(Some(SignUp {
                user_id: subject(output.user_sub())?,
                confirmed: output.user_confirmed(),
            })),
            Err(error) => match error.code() {
                Some("UsernameExistsException") => Ok(None),
                Some("InvalidPasswordException") => {
                    Err(Error::invalid("/password", reason(&error, "is too weak")))
                }
                Some("InvalidParameterException") => {
                    Err(Error::invalid("/email", reason(&error, "is not accepted")))
                }
                _ => Err(fault(error)),
            },
        }
    }

    /// Confirms an account with the code that was sent. One that is confirmed already stays so.
    ///
    /// # Errors
    /// `Invalid` for a wrong or expired code, also behind too many of them, and for a user who does not exist: only of one
    /// who does, Cognito counts them.
    pub async fn confirm(&self, username: &Username, code: &str) -> Result<()> {
        let call = |client_id: String| {
            self.client
                .confirm_sign_up()
                .client_id(client_id)
                .username(username.as_str())
                .confirmation_code(code)
                .send()
        };
        match self.with_client_id(call).await? {
            Ok(_) => Ok(()),
            Err(error) => match error.code() {
                Some(
                    "CodeMismatchException"
                    | "ExpiredCodeException"
                    | "InvalidParameterException"
                    | "LimitExceededException"
                    | "NotAuthorizedException"
                    | "TooManyFailedAttemptsException"
                    | "UserNotFoundException",
                ) => Err(Error::invalid("/code", "is wrong or has expired")),
                _ => Err(fault(error)),
            },
        }
    }

    /// Sends the code again. Whether there is such an unconfirmed account is not told, nor that it was sent too often.
    ///
    /// # Errors
    /// When Cognito is busy.
    pub async fn resend(&self, username: &Username) -> Result<()> {
        let call = |client_id: String| {
            self.client
                .resend_confirmation_code()
                .client_id(client_id)
                .username(username.as_str())
                .send()
        };
        match self.with_client_id(call).await? {
            Ok(_) => Ok(()),
            Err(error) => match error.code() {
                Some(
                    "InvalidParameterException"
                    | "LimitExceededException"
                    | "NotAuthorizedException"
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
}

fn attribute(name: &str, value: &str) -> AttributeType {
    // The only required member is given, so that the builder never fails.
    AttributeType::builder().name(name).value(value).build().unwrap_or_else(|_| unreachable!())
}
