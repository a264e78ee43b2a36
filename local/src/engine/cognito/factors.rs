//! Second factors: what an account can be asked for behind its password.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::totp::SoftwareToken;

/// A second factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Factor {
    /// A code that is mailed.
    EmailOtp,
    /// A code that an app makes.
    SoftwareTokenMfa,
}

/// The second factors of an account.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Factors {
    /// The app, in use or not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub software_token: Option<SoftwareToken>,
    enabled: BTreeSet<Factor>,
    #[serde(skip_serializing_if = "Option::is_none")]
    preferred: Option<Factor>,
}

impl Factor {
    /// As Cognito has it.
    pub fn name(self) -> &'static str {
        match self {
            Self::EmailOtp => "EMAIL_OTP",
            Self::SoftwareTokenMfa => "SOFTWARE_TOKEN_MFA",
        }
    }
}

impl Factors {
    /// Those that are in use.
    pub fn enabled(&self) -> &BTreeSet<Factor> {
        &self.enabled
    }

    /// The one that is asked for; none: whoever signs in is asked which.
    pub fn preferred(&self) -> Option<Factor> {
        self.preferred
    }

    /// Puts one to use.
    pub fn enable(&mut self, factor: Factor, preferred: bool) {
        self.enabled.insert(factor);
        if preferred {
            self.preferred = Some(factor);
        } else if self.preferred == Some(factor) {
            self.preferred = None;
        }
    }

    /// Takes one out of use.
    pub fn disable(&mut self, factor: Factor) {
        self.enabled.remove(&factor);
        if self.preferred == Some(factor) {
            self.preferred = None;
        }
    }
}
