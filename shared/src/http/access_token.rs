//! The caller's own access token, for what Cognito does for its bearer alone.

use std::fmt;

use http::header;

use super::Input;
use crate::error::{Error, Result};

/// The access token of the caller, as the gateway verified it. It is in no log: its text is not shown.
pub struct AccessToken {
    text: String,
    account: String,
}

impl AccessToken {
    /// The token.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// What Cognito calls the account: the user name, or who a provider such as Google says it is.
    #[must_use]
    pub fn account(&self) -> &str {
        &self.account
    }
}

impl fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AccessToken(…)")
    }
}

impl Input {
    /// The token that the caller brought.
    ///
    /// # Errors
    /// As [`Input::caller`], and for the frame of a socket, which brings none.
    pub fn access_token(&self) -> Result<AccessToken> {
        self.caller()?;
        let header = self.header(header::AUTHORIZATION.as_str()).ok_or(Error::Unauthenticated)?;
        let account = self.claim("username").ok_or(Error::Unauthenticated)?;
        Ok(AccessToken { text: bearer(header).to_owned(), account: account.to_owned() })
    }
}

/// The token; the word `Bearer` may be missing, as API Gateway's authorizer has it.
fn bearer(header: &str) -> &str {
    match header.split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => token.trim(),
        _ => header,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_stands_behind_the_word_bearer_or_alone() {
        for header in ["Bearer a.b.c", "bearer  a.b.c ", "a.b.c"] {
            assert_eq!(bearer(header), "a.b.c");
        }
    }

    #[test]
    fn the_token_is_not_shown() {
        let token = AccessToken { text: "a.b.c".to_owned(), account: "ada".to_owned() };
        assert_eq!(format!("{token:?}"), "AccessToken(…)");
    }
}
