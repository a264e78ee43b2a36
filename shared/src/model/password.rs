//! A password that may be chosen.

use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;

use schemars::JsonSchema;

use super::Rejected;

/// How long a password is.
const LENGTH: RangeInclusive<usize> = 10..=256;

/// A password that keeps the user pool's policy: 10-256 characters with upper case, lower case and digit.
// It is in no log: its text is not shown.
#[derive(JsonSchema)]
#[schemars(extend("format" = "password", "minLength" = LENGTH.start(), "maxLength" = LENGTH.end()))]
pub struct Password(String);

impl Password {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

impl FromStr for Password {
    type Err = Rejected;

    fn from_str(text: &str) -> Result<Self, Rejected> {
        let broken = if text.chars().count() < *LENGTH.start() {
            "must have at least 10 characters"
        } else if text.chars().count() > *LENGTH.end() {
            "must have at most 256 characters"
        } else if text.chars().any(char::is_control) {
            "must have no control characters"
        } else if text.trim() != text {
            "must not begin or end with a blank"
        } else if !text.chars().any(|c| c.is_ascii_uppercase()) {
            "must have an upper-case letter"
        } else if !text.chars().any(|c| c.is_ascii_lowercase()) {
            "must have a lower-case letter"
        } else if !text.chars().any(|c| c.is_ascii_digit()) {
            "must have a digit"
        } else {
            return Ok(Self(text.to_owned()));
        };
        Err(Rejected(broken))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_weak_password_is_told_which_rule_it_breaks() {
        let rule = |text: &str| text.parse::<Password>().unwrap_err().0;
        assert_eq!(rule("Short1"), "must have at least 10 characters");
        assert_eq!(rule("Line\nWithin-1"), "must have no control characters");
        assert_eq!(rule(" Blank-Before-1"), "must not begin or end with a blank");
        assert_eq!(rule("lower-case-1"), "must have an upper-case letter");
        assert_eq!(rule("UPPER-CASE-1"), "must have a lower-case letter");
        assert_eq!(rule("No-Digits-Here"), "must have a digit");
        assert_eq!(rule(&"aB3".repeat(100)), "must have at most 256 characters");
    }

    #[test]
    fn a_password_is_kept_and_not_shown() {
        let password: Password = "Correct-Horse-1".parse().unwrap();
        assert_eq!(password.as_str(), "Correct-Horse-1");
        assert_eq!(format!("{password:?}"), "Password(…)");
    }
}
