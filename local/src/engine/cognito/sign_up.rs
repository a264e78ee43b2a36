//! Making and confirming accounts.

use serde::Deserialize;
use serde_json::{Value, json};

use super::attributes::{Attribute, value_of};
use super::code::Guess;
use super::error::{Error, Result};
use super::mail::delivery;
use super::names::key_of;
use super::password::PasswordHash;
use super::policy::check_password;
use super::user::User;
use super::{USERS, UserPool};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct SignUp {
    client_id: String,
    username: String,
    password: String,
    #[serde(default)]
    user_attributes: Vec<Attribute>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ConfirmSignUp {
    client_id: String,
    username: String,
    confirmation_code: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ResendConfirmationCode {
    client_id: String,
    username: String,
}

impl UserPool {
    pub(super) fn sign_up(&self, input: SignUp, now: i64) -> Result<Value> {
        self.check_client(&input.client_id)?;
        let mut user = new_user(input, now)?;
        // Who is let in without a code is so with the address, or no password could be reset.
        user.confirmed = !self.settings.confirm_registration;
        user.email_verified = user.confirmed;
        let code = if user.confirmed { None } else { Some(user.new_code(now)?) };
        if !self.documents.insert(USERS, &key_of(&user.username), &user)? {
            return Err(Error::UsernameExists);
        }
        let mut output = json!({ "UserConfirmed": user.confirmed, "UserSub": user.sub });
        if let Some(code) = code {
            self.mail_code(&user.email, "confirmation", &code)?;
            output["CodeDeliveryDetails"] = delivery(&user.email);
        }
        Ok(output)
    }

    pub(super) fn confirm_sign_up(&self, input: &ConfirmSignUp, now: i64) -> Result<Value> {
        self.check_client(&input.client_id)?;
        let _changing = self.changing();
        self.guess(Guess::Confirmation, &input.username, now, || {
            let mut user = self.user(&input.username)?.ok_or(Error::CodeMismatch)?;
            user.confirm(&input.confirmation_code, now)?;
            self.save(&user)?;
            Ok(json!({}))
        })
    }

    pub(super) fn resend_confirmation_code(
        &self,
        input: &ResendConfirmationCode,
        now: i64,
    ) -> Result<Value> {
        self.check_client(&input.client_id)?;
        let _changing = self.changing();
        let user = self.user(&input.username)?.filter(|user| !user.disabled);
        let Some(mut user) = user else {
            let details = self.simulated_delivery(&input.username);
            return Ok(json!({ "CodeDeliveryDetails": details }));
        };
        if user.confirmed {
            return Err(Error::InvalidParameter("User is already confirmed.".to_owned()));
        }
        let code = user.new_code(now)?;
        self.save(&user)?;
        self.mail_code(&user.email, "confirmation", &code)?;
        Ok(json!({ "CodeDeliveryDetails": delivery(&user.email) }))
    }
}

fn new_user(input: SignUp, now: i64) -> Result<User> {
    let email = value_of(&input.user_attributes, "email");
    check_password(&input.password)?;
    let mut user = User::new(input.username, email, now)?;
    user.name = value_of(&input.user_attributes, "name");
    user.password = Some(PasswordHash::new(&input.password)?);
    Ok(user)
}
