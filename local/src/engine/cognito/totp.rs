//! Software tokens: codes of RFC 6238, with SHA-1, six digits and 30 s, as every authenticator app makes them.

use aws_lc_rs::rand;
use serde::{Deserialize, Serialize};
use totp_rs::{Builder, Secret, Totp};

use crate::engine::{EngineError, Result};

/// How long the secret is, in bytes; Cognito's has 52 letters, too.
const SECRET_LENGTH: usize = 32;

/// The app of an account, as it is kept.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SoftwareToken {
    /// In base32.
    secret: String,
    /// Whether a code has shown that the app has the secret.
    verified: bool,
    /// The last 30 s whose code was taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_step: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    device_name: Option<String>,
}

/// What a code is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Right, and taken.
    Right,
    /// Right, and was taken before.
    Used,
    /// Wrong.
    Wrong,
}

impl SoftwareToken {
    /// A new secret, which no app has yet.
    ///
    /// # Errors
    /// When the system has no random numbers.
    pub fn new() -> Result<Self> {
        let mut secret = [0; SECRET_LENGTH];
        rand::fill(&mut secret)?;
        let secret = Secret::from(secret).to_base32();
        Ok(Self { secret, verified: false, last_step: None, device_name: None })
    }

    /// The secret in base32, for the app.
    pub fn secret(&self) -> &str {
        &self.secret
    }

    /// Whether a code has shown that the app has the secret.
    pub fn is_verified(&self) -> bool {
        self.verified
    }

    /// What the person calls the device.
    pub fn device_name(&self) -> Option<&str> {
        self.device_name.as_deref()
    }

    /// The app has the secret.
    pub fn verify(&mut self, device_name: Option<String>) {
        (self.verified, self.device_name) = (true, device_name);
    }

    /// Takes a code: that of now, of the 30 s before or of those behind. None is taken twice, and none from before one
    /// that was.
    ///
    /// # Errors
    /// When the secret is none.
    pub fn take(&mut self, code: &str, now: i64) -> Result<Verdict> {
        let step = self.totp()?.check(code, now.unsigned_abs());
        Ok(match (step, self.last_step) {
            (None, _) => Verdict::Wrong,
            (Some(step), Some(last)) if step <= last => Verdict::Used,
            (Some(step), _) => {
                self.last_step = Some(step);
                Verdict::Right
            }
        })
    }

    fn totp(&self) -> Result<Totp> {
        let secret =
            Secret::try_from_base32(&self.secret).map_err(|_| EngineError::Cryptography)?;
        Builder::new().with_secret(secret).build().map_err(|_| EngineError::Cryptography)
    }

    /// The code of some time, as the app has it.
    #[cfg(test)]
    pub fn code_at(&self, time: i64) -> String {
        self.totp().unwrap().generate(time.unsigned_abs()).to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_800_000_000;

    #[test]
    fn the_codes_are_those_of_the_rfc() {
        let secret = Secret::from(*b"12345678901234567890").to_base32();
        let token = SoftwareToken { secret, ..SoftwareToken::new().unwrap() };
        for (time, code) in [(59, "287082"), (1_111_111_109, "081804"), (20_000_000_000, "353130")]
        {
            assert_eq!(token.code_at(time), code);
        }
    }

    #[test]
    fn a_code_is_good_once_and_half_a_minute_early_or_late() {
        let token = SoftwareToken::new().unwrap();
        assert_eq!(token.secret().len(), 52);
        let take = |time: i64| {
            let mut token = token.clone();
            (token.take(&token.code_at(time), NOW).unwrap(), token)
        };
        assert_eq!(take(NOW - 60).0, Verdict::Wrong);
        assert_eq!(take(NOW + 60).0, Verdict::Wrong);
        for time in [NOW - 30, NOW, NOW + 30] {
            let (verdict, mut token) = take(time);
            assert_eq!(verdict, Verdict::Right);
            assert_eq!(token.take(&token.code_at(time), NOW).unwrap(), Verdict::Used);
            assert_eq!(token.take(&token.code_at(NOW - 30), NOW).unwrap(), Verdict::Used);
        }
        assert_eq!(token.clone().take("", NOW).unwrap(), Verdict::Wrong);
    }
}
