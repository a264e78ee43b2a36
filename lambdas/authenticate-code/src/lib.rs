//! `POST /v1/authenticate/code`: the code that a browser brought back from the hosted sign-in becomes tokens.

use std::ops::RangeInclusive;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;
use shared::error::{Error, Result};
use shared::http::{Answer, Input};
use shared::identity::{Grant, HostedSignIn, Identity};
use validator::{Validate, ValidationError};

/// The accounts, and the hosted sign-in where there is one.
#[derive(Debug)]
pub struct CodeExchange {
    identity: Arc<Identity>,
    hosted: Option<HostedSignIn>,
}

impl CodeExchange {
    /// Without `hosted` there is nothing to exchange.
    #[must_use]
    pub fn new(identity: Arc<Identity>, hosted: Option<HostedSignIn>) -> Self {
        Self { identity, hosted }
    }

    /// As the lambda's environment says: as [`Identity::from_env`] and [`HostedSignIn::from_env`].
    ///
    /// # Errors
    /// Names the variable that is missing or cannot be read.
    pub async fn from_env() -> Result<Self, lambda_http::Error> {
        Ok(Self::new(Arc::new(Identity::from_env().await?), HostedSignIn::from_env()?))
    }
}

/// What the browser brought back, and what the client kept meanwhile.
#[derive(Deserialize, Validate, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct AuthenticateCode {
    /// What the hosted sign-in sent the browser back with.
    #[validate(required)]
    code: Option<String>,
    /// Where it sent the browser: one that the deployment names.
    #[validate(required)]
    redirect_uri: Option<String>,
    /// What the client kept: the proof key of RFC 7636.
    #[validate(required, custom(function = "proof_key"))]
    #[schemars(extend("pattern" = "^[A-Za-z0-9._~-]+$"), length(min = *PROOF_KEY.start(), max = *PROOF_KEY.end()))]
    code_verifier: Option<String>,
}

/// Handles the route. Who comes for the first time, by Google say, has no profile yet.
pub async fn handle(exchange: Arc<CodeExchange>, input: Input) -> Result<Answer> {
    let body: AuthenticateCode = input.body()?;
    let hosted = exchange.hosted.as_ref().ok_or(Error::NotFound("hosted sign-in"))?;
    let grant = Grant {
        code: body.code.unwrap_or_default(),
        redirect_uri: body.redirect_uri.unwrap_or_default(),
        code_verifier: body.code_verifier.unwrap_or_default(),
    };
    if !hosted.sends_to(&grant.redirect_uri) {
        return Err(Error::invalid("/redirectUri", "must be one that the deployment names"));
    }

    let tokens = hosted.exchange(&exchange.identity.pool, &grant).await?;
    exchange.identity.ensure_profile(&tokens).await?;
    Answer::ok(&tokens)
}

/// How long a proof key is.
const PROOF_KEY: RangeInclusive<usize> = 43..=128;

/// RFC 7636, section 4.1.
fn proof_key(text: &str) -> Result<(), ValidationError> {
    let allowed = |c: u8| c.is_ascii_alphanumeric() || b"-._~".contains(&c);
    if PROOF_KEY.contains(&text.len()) && text.bytes().all(allowed) {
        return Ok(());
    }
    let rule = "must be 43 to 128 characters of A-Z, a-z, 0-9, '-', '.', '_' and '~'";
    Err(ValidationError::new("proof-key").with_message(rule.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proof_key_is_long_enough_not_to_be_guessed() {
        assert!(proof_key(&"aZ09-._~".repeat(6)).is_ok());
        assert!(proof_key(&"x".repeat(43)).is_ok());
        assert!(proof_key(&"x".repeat(128)).is_ok());
        for bad in ["", &"x".repeat(42), &"x".repeat(129), &format!("{}+", "x".repeat(50))] {
            assert!(proof_key(bad).is_err(), "{bad}");
        }
    }
}
