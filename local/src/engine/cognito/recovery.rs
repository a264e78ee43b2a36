//! Forgotten passwords.

use serde::Deserialize;
use serde_json::{Value, json};

use super::UserPool;
use super::code::Guess;
use super::error::{Error, Result};
use super::mail::delivery;
use super::password::PasswordHash;
use super::policy::check_password;
use super::user::Status;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ForgotPassword {
    client_id: String,
    username: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ConfirmForgotPassword {
    client_id: String,
    username: String,
    confirmation_code: String,
    password: String,
}

impl UserPool {
    /// Where there is nobody who could get a code, the answer says that one was sent.
    pub(super) fn forgot_password(&self, input: &ForgotPassword, now: i64) -> Result<Value> {
        self.check_client(&input.client_id)?;
        let _changing = self.changing();
        let user = self.user(&input.username)?;
        let Some(mut user) = user.filter(|user| user.email_verified && !user.disabled) else {
            let details = self.simulated_delivery(&input.username);
            return Ok(json!({ "CodeDeliveryDetails": details }));
        };
        if matches!(user.status(), Status::ForceChangePassword | Status::ExternalProvider) {
            return Err(Error::NotAuthorized(
                "User password cannot be reset in the current state.",
            ));
        }
        let code = user.new_reset_code(now)?;
        self.save(&user)?;
        self.mail_code(&user.email, "password reset", &code)?;
        Ok(json!({ "CodeDeliveryDetails": delivery(&user.email) }))
    }

    /// The new password is hashed in any case, so that it takes as long for nobody as for somebody.
    pub(super) fn confirm_forgot_password(
        &self,
        input: &ConfirmForgotPassword,
        now: i64,
    ) -> Result<Value> {
        self.check_client(&input.client_id)?;
        check_password(&input.password)?;
        let password = PasswordHash::new(&input.password)?;
        let _changing = self.changing();
        self.guess(Guess::Reset, &input.username, now, || {
            let user = self.user(&input.username)?.filter(|user| !user.disabled);
            let mut user = user.ok_or(Error::CodeMismatch)?;
            user.reset_password(&input.confirmation_code, password, now)?;
            self.save(&user)?;
            Ok(json!({}))
        })
    }
}
