//! An account.

use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use super::code::Code;
use super::error::{Error, Result};
use super::factors::Factors;
use super::password::PasswordHash;
use super::policy::{check_email, check_username};

/// How long the code that confirms an account or an address is good, in seconds.
const CONFIRMATION_LIFETIME: i64 = 24 * 60 * 60;

/// How long the code that replaces a forgotten password is good, in seconds.
const RESET_LIFETIME: i64 = 60 * 60;

/// How long a temporary password is good, in seconds.
const TEMPORARY_PASSWORD_LIFETIME: i64 = 7 * 24 * 60 * 60;

/// One account, as it is kept. Times are in seconds since the epoch.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct User {
    pub username: String,
    pub sub: Uuid,
    pub email: String,
    pub email_verified: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    pub created_at: i64,
    pub modified_at: i64,
    /// None: whoever owns it signs in elsewhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password: Option<PasswordHash>,
    /// Where an administrator chose the password: until when it is good for choosing another.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub temporary_until: Option<i64>,
    pub confirmed: bool,
    #[serde(default)]
    pub disabled: bool,
    /// Confirms the account, or the address of one that is confirmed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<Code>,
    /// Lets a forgotten password be replaced.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reset_code: Option<Code>,
    #[serde(default)]
    pub factors: Factors,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identity: Option<FederatedIdentity>,
}

/// Who an account is elsewhere.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FederatedIdentity {
    pub provider: String,
    pub user_id: String,
    /// In milliseconds since the epoch.
    pub created_at: i64,
}

/// What an account can be signed in to with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Status {
    /// Nothing yet: it waits for its code.
    Unconfirmed,
    /// Its password.
    Confirmed,
    /// A temporary password, which has to be changed.
    ForceChangePassword,
    /// Another provider's word.
    ExternalProvider,
}

impl User {
    /// A new account without a password, which waits for its code.
    ///
    /// # Errors
    /// `InvalidParameter` for a name or an address that is not accepted.
    pub fn new(username: String, email: Option<String>, now: i64) -> Result<Self> {
        check_username(&username)?;
        check_email(email.as_deref())?;
        Ok(Self {
            username,
            sub: Uuid::new_v4(),
            email: email.unwrap_or_default(),
            email_verified: false,
            name: None,
            created_at: now,
            modified_at: now,
            password: None,
            temporary_until: None,
            confirmed: false,
            disabled: false,
            code: None,
            reset_code: None,
            factors: Factors::default(),
            identity: None,
        })
    }

    /// What it can be signed in to with.
    pub fn status(&self) -> Status {
        match (&self.password, self.temporary_until) {
            (None, _) => Status::ExternalProvider,
            (Some(_), Some(_)) => Status::ForceChangePassword,
            (Some(_), None) if self.confirmed => Status::Confirmed,
            (Some(_), None) => Status::Unconfirmed,
        }
    }

    /// Gives the account a new code and returns it; any older one is void.
    ///
    /// # Errors
    /// When the system has no random numbers.
    pub fn new_code(&mut self, now: i64) -> Result<Code> {
        let code = Code::new(now, CONFIRMATION_LIFETIME)?;
        self.code = Some(code.clone());
        self.modified_at = now;
        Ok(code)
    }

    /// Gives the account a new code for a forgotten password and returns it; any older one is void.
    ///
    /// # Errors
    /// When the system has no random numbers.
    pub fn new_reset_code(&mut self, now: i64) -> Result<Code> {
        let code = Code::new(now, RESET_LIFETIME)?;
        self.reset_code = Some(code.clone());
        self.modified_at = now;
        Ok(code)
    }

    /// Confirms the account with `digits`.
    ///
    /// # Errors
    /// `NotAuthorized` when it is confirmed already, `CodeMismatch`, `ExpiredCode`.
    pub fn confirm(&mut self, digits: &str, now: i64) -> Result<()> {
        if self.confirmed {
            return Err(Error::NotAuthorized(
                "User cannot be confirmed. Current status is CONFIRMED",
            ));
        }
        self.confirm_email(digits, now)?;
        self.confirmed = true;
        Ok(())
    }

    /// Confirms the address with `digits`.
    ///
    /// # Errors
    /// `CodeMismatch`, `ExpiredCode`.
    pub fn confirm_email(&mut self, digits: &str, now: i64) -> Result<()> {
        self.code.as_ref().ok_or(Error::ExpiredCode)?.check(digits, now)?;
        self.code = None;
        (self.email_verified, self.modified_at) = (true, now);
        Ok(())
    }

    /// Replaces the forgotten password if `digits` are the code for it.
    ///
    /// # Errors
    /// `CodeMismatch`, `ExpiredCode`.
    pub fn reset_password(&mut self, digits: &str, password: PasswordHash, now: i64) -> Result<()> {
        self.reset_code.as_ref().ok_or(Error::ExpiredCode)?.check(digits, now)?;
        self.set_password(password, now);
        Ok(())
    }

    /// Gives the account a password of its owner's choice.
    pub fn set_password(&mut self, password: PasswordHash, now: i64) {
        (self.password, self.temporary_until) = (Some(password), None);
        (self.confirmed, self.reset_code, self.modified_at) = (true, None, now);
    }

    /// Gives the account a password that is good for choosing another.
    pub fn set_temporary_password(&mut self, password: PasswordHash, now: i64) {
        self.set_password(password, now);
        self.temporary_until = Some(now + TEMPORARY_PASSWORD_LIFETIME);
    }

    /// The attributes, by name.
    pub fn attributes(&self) -> Vec<(&'static str, String)> {
        let mut attributes = vec![
            ("sub", self.sub.to_string()),
            ("email", self.email.clone()),
            ("email_verified", self.email_verified.to_string()),
        ];
        attributes.extend(self.name.clone().map(|name| ("name", name)));
        if let Some(identity) = &self.identity {
            attributes.push(("identities", json!([identity.claim()]).to_string()));
        }
        attributes
    }
}

impl FederatedIdentity {
    /// As Cognito writes it.
    pub fn claim(&self) -> serde_json::Value {
        json!({
            "userId": self.user_id,
            "providerName": self.provider,
            "providerType": self.provider,
            "issuer": null,
            "primary": "true",
            "dateCreated": self.created_at.to_string(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_800_000_000;

    fn user() -> User {
        let mut user = User::new("ann".to_owned(), Some("a@example.com".to_owned()), NOW).unwrap();
        user.password = Some(PasswordHash::decoy());
        user
    }

    #[test]
    fn the_code_confirms_once_within_a_day() {
        let mut user = user();
        let code = user.new_code(NOW).unwrap();
        let late = user.confirm(code.digits(), NOW + CONFIRMATION_LIFETIME);
        assert!(matches!(late, Err(Error::ExpiredCode)));
        user.confirm(code.digits(), NOW + CONFIRMATION_LIFETIME - 1).unwrap();
        assert!(user.confirmed && user.email_verified);
        assert!(matches!(user.confirm(code.digits(), NOW), Err(Error::NotAuthorized(_))));
    }

    #[test]
    fn a_forgotten_password_is_replaced_once_within_an_hour_by_the_last_code() {
        let mut user = user();
        let first = user.new_reset_code(NOW).unwrap();
        let code = user.new_reset_code(NOW).unwrap();
        let mut reset = |digits: &str, now| user.reset_password(digits, PasswordHash::decoy(), now);
        if first.digits() != code.digits() {
            assert!(matches!(reset(first.digits(), NOW), Err(Error::CodeMismatch)));
        }
        assert!(matches!(reset(code.digits(), NOW + 3_600), Err(Error::ExpiredCode)));
        reset(code.digits(), NOW + 3_599).unwrap();
        assert!(matches!(reset(code.digits(), NOW), Err(Error::ExpiredCode)));
    }
}
