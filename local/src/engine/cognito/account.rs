//! What people do with their own account, with their access token.

use serde::Deserialize;
use serde_json::{Value, json};

use super::UserPool;
use super::attributes::{Attribute, By, described};
use super::code::Guess;
use super::error::{Error, Result};
use super::mail::delivery;
use super::password::PasswordHash;
use super::policy::{check_password, check_password_length};
use super::tokens::USER_SCOPE;
use super::user::User;

/// Of operations that need no more than the token.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Owned {
    access_token: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct UpdateUserAttributes {
    access_token: String,
    user_attributes: Vec<Attribute>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct VerifyUserAttribute {
    access_token: String,
    attribute_name: String,
    code: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ChangePassword {
    access_token: String,
    previous_password: String,
    proposed_password: String,
}

impl UserPool {
    pub(super) fn get_user(&self, input: &Owned, now: i64) -> Result<Value> {
        let user = self.owner_of(&input.access_token, now)?;
        let mut output = json!({ "Username": user.username, "UserAttributes": described(&user) });
        user.factors.describe(&mut output);
        Ok(output)
    }

    /// A new address gets a code that verifies it.
    pub(super) fn update_user_attributes(
        &self,
        input: &UpdateUserAttributes,
        now: i64,
    ) -> Result<Value> {
        let _changing = self.changing();
        let mut user = self.owner_of(&input.access_token, now)?;
        let email = user.email.clone();
        user.change(&input.user_attributes, By::Owner, now)?;
        let mut sent = Vec::new();
        if user.email == email {
            self.save(&user)?;
        } else {
            let code = user.new_code(now)?;
            self.save(&user)?;
            self.mail_code(&user.email, "confirmation", &code)?;
            sent.push(delivery(&user.email));
        }
        Ok(json!({ "CodeDeliveryDetailsList": sent }))
    }

    pub(super) fn verify_user_attribute(
        &self,
        input: &VerifyUserAttribute,
        now: i64,
    ) -> Result<Value> {
        if input.attribute_name != "email" {
            return Err(Error::InvalidParameter("Attribute cannot be verified".to_owned()));
        }
        let _changing = self.changing();
        let mut user = self.owner_of(&input.access_token, now)?;
        let username = user.username.clone();
        self.guess(Guess::Confirmation, &username, now, || {
            user.confirm_email(&input.code, now)?;
            self.save(&user)?;
            Ok(json!({}))
        })
    }

    pub(super) fn change_password(&self, input: &ChangePassword, now: i64) -> Result<Value> {
        check_password_length(&input.previous_password)?;
        let _changing = self.changing();
        let mut user = self.owner_of(&input.access_token, now)?;
        let username = user.username.clone();
        self.guess(Guess::Password, &username, now, || {
            if !self.has_password(&user, &input.previous_password) {
                return Err(Error::IncorrectPassword);
            }
            check_password(&input.proposed_password)?;
            user.set_password(PasswordHash::new(&input.proposed_password)?, now);
            self.save(&user)?;
            Ok(json!({}))
        })
    }

    pub(super) fn global_sign_out(&self, input: &Owned, now: i64) -> Result<Value> {
        let user = self.owner_of(&input.access_token, now)?;
        self.end_sessions(user.sub)?;
        Ok(json!({}))
    }

    pub(super) fn delete_user(&self, input: &Owned, now: i64) -> Result<Value> {
        let _changing = self.changing();
        let user = self.owner_of(&input.access_token, now)?;
        self.delete(&user)?;
        Ok(json!({}))
    }

    fn owner_of(&self, access_token: &str, now: i64) -> Result<User> {
        Ok(self.bearer(access_token, USER_SCOPE, now)?.0)
    }
}
