//! An account, and the code that confirms it.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::rand;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::error::{Error, Result};
use super::password::PasswordHash;
use crate::engine::EngineError;

/// How long a code is good, in seconds.
const CODE_LIFETIME: i64 = 24 * 60 * 60;

/// How many wrong codes are taken in one window.
const MAX_ATTEMPTS: u32 = 5;

/// The window, in seconds.
const ATTEMPTS_WINDOW: i64 = 5 * 60;

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
    pub password: PasswordHash,
    pub confirmed: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<Code>,
    #[serde(default)]
    pub attempts: Attempts,
}

/// A code that was sent.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Code {
    digits: String,
    expires_at: i64,
}

/// Wrong codes, counted so that nobody tries them all. A new code does not begin the count anew.
#[derive(Clone, Copy, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Attempts {
    count: u32,
    since: i64,
}

impl User {
    /// Gives the account a new code and returns it; any older one is void.
    ///
    /// # Errors
    /// When the system has no random numbers.
    pub fn new_code(&mut self, now: i64) -> Result<String, EngineError> {
        let mut random = [0; 8];
        rand::fill(&mut random)?;
        let digits = format!("{:06}", u64::from_be_bytes(random) % 1_000_000);
        self.code = Some(Code { digits: digits.clone(), expires_at: now + CODE_LIFETIME });
        self.modified_at = now;
        Ok(digits)
    }

    /// Confirms the account with `digits`. A wrong code changes the account, too: it is counted.
    ///
    /// # Errors
    /// `NotAuthorized` when it is confirmed already, `CodeMismatch`, `ExpiredCode`, `LimitExceeded`.
    pub fn confirm(&mut self, digits: &str, now: i64) -> Result<()> {
        if self.confirmed {
            return Err(Error::NotAuthorized(
                "User cannot be confirmed. Current status is CONFIRMED",
            ));
        }
        self.attempts.admit(now)?;
        let code = self.code.as_ref().ok_or(Error::ExpiredCode)?;
        if verify_slices_are_equal(code.digits.as_bytes(), digits.as_bytes()).is_err() {
            self.attempts.count += 1;
            return Err(Error::CodeMismatch);
        }
        if code.expires_at <= now {
            return Err(Error::ExpiredCode);
        }
        self.code = None;
        self.attempts = Attempts::default();
        (self.confirmed, self.email_verified, self.modified_at) = (true, true, now);
        Ok(())
    }
}

impl Attempts {
    fn admit(&mut self, now: i64) -> Result<()> {
        if now >= self.since + ATTEMPTS_WINDOW {
            *self = Self { count: 0, since: now };
        }
        if self.count < MAX_ATTEMPTS { Ok(()) } else { Err(Error::LimitExceeded) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_800_000_000;

    fn user() -> (User, String) {
        let mut user = User {
            username: "ann".to_owned(),
            sub: Uuid::new_v4(),
            email: "ann@example.com".to_owned(),
            email_verified: false,
            name: None,
            created_at: NOW,
            modified_at: NOW,
            password: PasswordHash::decoy(),
            confirmed: false,
            code: None,
            attempts: Attempts::default(),
        };
        let code = user.new_code(NOW).unwrap();
        (user, code)
    }

    #[test]
    fn the_code_confirms_once_within_a_day() {
        let (mut user, code) = user();
        assert!(code.len() == 6 && code.bytes().all(|digit| digit.is_ascii_digit()));
        assert!(matches!(user.confirm(&code, NOW + CODE_LIFETIME), Err(Error::ExpiredCode)));
        user.confirm(&code, NOW + CODE_LIFETIME - 1).unwrap();
        assert!(user.confirmed && user.email_verified);
        assert!(matches!(user.confirm(&code, NOW), Err(Error::NotAuthorized(_))));
    }

    #[test]
    fn five_wrong_codes_close_the_door_for_five_minutes_whatever_code_is_new() {
        let (mut user, _) = user();
        for _ in 0..5 {
            assert!(matches!(user.confirm("no code", NOW), Err(Error::CodeMismatch)));
        }
        let code = user.new_code(NOW).unwrap();
        assert!(matches!(user.confirm(&code, NOW + 299), Err(Error::LimitExceeded)));
        user.confirm(&code, NOW + 300).unwrap();
    }
}
