//! Codes that are sent, and how many wrong ones are taken.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::rand;
use serde::{Deserialize, Serialize};

use super::UserPool;
use super::error::{Error, Result};
use super::names::hash_of_name;
use crate::engine::EngineError;

const KIND: &str = "attempts";

/// How many wrong codes are taken in one window.
const MAX_ATTEMPTS: u32 = 5;

/// The window, in seconds.
const ATTEMPTS_WINDOW: i64 = 5 * 60;

/// A code that was sent: six digits, good until some time in seconds since the epoch.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Code {
    digits: String,
    expires_at: i64,
}

/// What is guessed at. Wrong guesses are counted for each name, whether anybody has it or not, and a new code does not
/// begin the count anew.
#[derive(Clone, Copy)]
pub enum Guess {
    /// The code that confirms an account or its address.
    Confirmation,
    /// The code that lets a forgotten password be replaced.
    Reset,
    /// The old password, when it is changed.
    Password,
}

/// Wrong guesses in a window.
#[derive(Clone, Copy, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Attempts {
    count: u32,
    since: i64,
}

impl Code {
    /// A code that is good for `lifetime` seconds.
    ///
    /// # Errors
    /// When the system has no random numbers.
    pub fn new(now: i64, lifetime: i64) -> Result<Self, EngineError> {
        let mut random = [0; 8];
        rand::fill(&mut random)?;
        let digits = format!("{:06}", u64::from_be_bytes(random) % 1_000_000);
        Ok(Self { digits, expires_at: now + lifetime })
    }

    /// What is sent.
    pub fn digits(&self) -> &str {
        &self.digits
    }

    /// Whether `digits` are the code, in its time.
    ///
    /// # Errors
    /// `CodeMismatch`, `ExpiredCode`.
    pub fn check(&self, digits: &str, now: i64) -> Result<()> {
        if verify_slices_are_equal(self.digits.as_bytes(), digits.as_bytes()).is_err() {
            return Err(Error::CodeMismatch);
        }
        if self.expires_at <= now { Err(Error::ExpiredCode) } else { Ok(()) }
    }
}

impl Guess {
    fn id(self, username: &str) -> String {
        let purpose = match self {
            Self::Confirmation => "confirmation",
            Self::Reset => "reset",
            Self::Password => "password",
        };
        format!("{purpose}#{}", hash_of_name(username))
    }
}

impl Attempts {
    fn admit(self, now: i64) -> Result<Self> {
        let current = if now < self.end() { self } else { Self { count: 0, since: now } };
        if current.count < MAX_ATTEMPTS { Ok(current) } else { Err(Error::LimitExceeded) }
    }

    fn end(self) -> i64 {
        self.since + ATTEMPTS_WINDOW
    }
}

impl UserPool {
    /// Makes an attempt for `username` unless there were too many, and counts it when it was a wrong guess; to be called
    /// while `changing` is held.
    ///
    /// # Errors
    /// `LimitExceeded`, else those of `attempt`.
    pub(super) fn guess<T>(
        &self,
        what: Guess,
        username: &str,
        now: i64,
        attempt: impl FnOnce() -> Result<T>,
    ) -> Result<T> {
        let id = what.id(username);
        let kept: Option<Attempts> = self.documents.get(KIND, &id)?;
        let attempts = kept.unwrap_or_default().admit(now)?;
        let outcome = attempt();
        match &outcome {
            // Without a code every guess is a wrong one, as it is for nobody.
            Err(Error::CodeMismatch | Error::ExpiredCode | Error::IncorrectPassword) => {
                let attempts = Attempts { count: attempts.count + 1, ..attempts };
                let end = attempts.end().unsigned_abs();
                self.documents.put_until(KIND, &id, &attempts, end)?;
            }
            Ok(_) if kept.is_some() => self.documents.delete(KIND, &id)?,
            _ => {}
        }
        outcome
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_800_000_000;

    #[test]
    fn a_code_is_six_digits_and_good_in_its_time() {
        let code = Code::new(NOW, 60).unwrap();
        assert!(code.digits.len() == 6 && code.digits.bytes().all(|digit| digit.is_ascii_digit()));
        code.check(&code.digits, NOW + 59).unwrap();
        assert!(matches!(code.check(&code.digits, NOW + 60), Err(Error::ExpiredCode)));
        assert!(matches!(code.check("", NOW), Err(Error::CodeMismatch)));
        assert!(matches!(code.check("no code", NOW + 60), Err(Error::CodeMismatch)));
    }

    #[test]
    fn five_wrong_guesses_close_the_door_for_five_minutes() {
        let mut attempts = Attempts::default().admit(NOW).unwrap();
        attempts.count = 4;
        attempts.admit(NOW + 299).unwrap();
        attempts.count = 5;
        assert!(matches!(attempts.admit(NOW + 299), Err(Error::LimitExceeded)));
        assert_eq!(attempts.admit(NOW + 300).unwrap().count, 0);
    }
}
