//! The authorizer of the notifications: lets in whoever brings a signed token of the issuer [`ISSUER`].
//!
//! HS256 is checked with the secret `messaging-api`, RS256 with the public keys that a URL has. Which of them is meant decides
//! which keys are looked at: a public key is never taken for a secret. What is said here is kept for minutes by the gateway, so
//! the token's end goes with it.

mod jwks;
mod secret;
mod token;

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use shared::aws::{self, variable};
use shared::error::Result;

pub use jwks::PublicKeys;
pub use secret::SharedSecret;
pub use token::ISSUER;

use token::{Claims, Keys};

/// The keys that tokens are checked with.
#[derive(Debug)]
pub struct Authorizer {
    secret: SharedSecret,
    public: Option<PublicKeys>,
}

impl Authorizer {
    /// RS256 is refused where there are no `public` keys.
    #[must_use]
    pub fn new(secret: SharedSecret, public: Option<PublicKeys>) -> Self {
        Self { secret, public }
    }

    /// As the lambda's environment says: `MESSAGING_API_SECRET`, and `MESSAGING_JWKS_URL` where there is one. Reads the secret,
    /// so that the first request does not wait for it.
    ///
    /// # Errors
    /// Names the variable that is missing.
    pub async fn from_env() -> Result<Self, lambda_http::Error> {
        let client = aws_sdk_secretsmanager::Client::new(&aws::config().await);
        let secret = SharedSecret::new(client, variable("MESSAGING_API_SECRET")?);
        let url = std::env::var("MESSAGING_JWKS_URL").ok().filter(|url| !url.is_empty());
        let public = url.map(|url| PublicKeys::new(&url)).transpose()?;
        let authorizer = Self::new(secret, public);
        if let Err(error) = authorizer.secret.keys().await {
            // It shows again at the first request.
            shared::logging::report(&error);
        }
        Ok(authorizer)
    }
}

/// A request that waits to be let in (API Gateway's format 2.0).
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Request {
    /// The header `Authorization`.
    #[serde(default)]
    identity_source: Vec<String>,
}

/// Whether it may come in, and whose it is.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Verdict {
    is_authorized: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    context: Option<Context>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Context {
    issuer: &'static str,
    subject: String,
    expires_at: String,
}

/// Handles a request.
pub async fn handle(authorizer: Arc<Authorizer>, request: Request) -> Result<Verdict> {
    let header = request.identity_source.first().map_or("", String::as_str);
    let context = verify(&authorizer, bearer(header)).await?.map(|claims| Context {
        issuer: ISSUER,
        subject: claims.sub,
        expires_at: claims.exp.to_string(),
    });
    Ok(Verdict { is_authorized: context.is_some(), context })
}

/// The token; the word `Bearer` may be missing, as API Gateway's own authorizers have it.
fn bearer(header: &str) -> &str {
    match header.split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => token.trim(),
        _ => header,
    }
}

/// The claims of a token that is good. A key that is not known, or does not fit, may be newer than what was read.
async fn verify(authorizer: &Authorizer, token: &str) -> Result<Option<Claims>> {
    let Some(signed) = token::signed(token) else { return Ok(None) };
    match (signed, &authorizer.public) {
        (Keys::Secret, _) => {
            let secret = &authorizer.secret;
            if let Some(claims) = token::verify_hs256(token, &secret.keys().await?) {
                return Ok(Some(claims));
            }
            Ok(token::verify_hs256(token, &secret.newest_keys().await?))
        }
        (Keys::Public(id), Some(public)) => {
            let key = public.key(&id).await?;
            Ok(key.and_then(|key| token::verify_rs256(token, &key)))
        }
        (Keys::Public(_), None) => Ok(None),
    }
}
