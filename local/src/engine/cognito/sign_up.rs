//! Making and confirming accounts.

use std::sync::PoisonError;

use serde::Deserialize;
use serde_json::{Value, json};
use shared::model::Timestamp;
use uuid::Uuid;

use super::error::{Error, Result};
use super::password::PasswordHash;
use super::policy::{check_email, check_password, check_username};
use super::user::{Attempts, User};
use super::{USERS, UserPool, key_of, now};
use crate::outbox::{Channel, Message};

/// The address that Cognito itself sends from.
const SENDER: &str = "no-reply@verificationemail.com";

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
struct Attribute {
    name: String,
    #[serde(default)]
    value: String,
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
    pub(super) fn sign_up(&self, input: SignUp) -> Result<Value> {
        self.check_client(&input.client_id)?;
        let mut user = new_user(input)?;
        user.confirmed = !self.confirm_registration;
        let code = if user.confirmed { None } else { Some(user.new_code(now())?) };
        if !self.documents.insert(USERS, &key_of(&user.username), &user)? {
            return Err(Error::UsernameExists);
        }
        let mut output = json!({ "UserConfirmed": user.confirmed, "UserSub": user.sub });
        if let Some(code) = code {
            self.mail(&user.email, &code)?;
            output["CodeDeliveryDetails"] = delivery(&user.email);
        }
        Ok(output)
    }

    pub(super) fn confirm_sign_up(&self, input: &ConfirmSignUp) -> Result<Value> {
        self.check_client(&input.client_id)?;
        let _changing = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut user = self.user(&input.username)?.ok_or(Error::CodeMismatch)?;
        let outcome = user.confirm(&input.confirmation_code, now());
        self.save(&user)?;
        outcome.map(|()| json!({}))
    }

    pub(super) fn resend_confirmation_code(&self, input: &ResendConfirmationCode) -> Result<Value> {
        self.check_client(&input.client_id)?;
        let _changing = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(mut user) = self.user(&input.username)? else {
            return Ok(json!({ "CodeDeliveryDetails": delivery(&input.username) }));
        };
        if user.confirmed {
            return Err(Error::InvalidParameter("User is already confirmed.".to_owned()));
        }
        let code = user.new_code(now())?;
        self.save(&user)?;
        self.mail(&user.email, &code)?;
        Ok(json!({ "CodeDeliveryDetails": delivery(&user.email) }))
    }

    fn mail(&self, to: &str, code: &str) -> Result<()> {
        Ok(self.outbox.push(&Message {
            channel: Channel::Email,
            from: SENDER.to_owned(),
            to: to.to_owned(),
            subject: Some("Your verification code".to_owned()),
            body: format!("Your confirmation code is {code}"),
            sent_at: Timestamp::now(),
        })?)
    }
}

fn new_user(input: SignUp) -> Result<User> {
    let attribute = |name: &str| {
        let found = input.user_attributes.iter().find(|attribute| attribute.name == name);
        found.map(|attribute| attribute.value.clone())
    };
    let email = attribute("email");
    check_username(&input.username)?;
    check_password(&input.password)?;
    check_email(email.as_deref())?;
    let now = now();
    Ok(User {
        sub: Uuid::new_v4(),
        email: email.unwrap_or_default(),
        email_verified: false,
        name: attribute("name"),
        created_at: now,
        modified_at: now,
        password: PasswordHash::new(&input.password)?,
        confirmed: false,
        code: None,
        attempts: Attempts::default(),
        username: input.username,
    })
}

/// Where the code went, as little of it as tells the owner.
fn delivery(address: &str) -> Value {
    let first = |part: &str| part.chars().next().map_or_else(String::new, String::from);
    let (local, domain) = address.split_once('@').unwrap_or((address, "example.com"));
    json!({
        "AttributeName": "email",
        "DeliveryMedium": "EMAIL",
        "Destination": format!("{}***@{}***", first(local), first(domain)),
    })
}
