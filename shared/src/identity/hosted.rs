//! The hosted sign-in: pages of Cognito's own, from which a browser comes back with a code (RFC 6749, section 4.1, with the
//! proof key of RFC 7636).

use std::fmt;

use http::{Request, StatusCode, Uri, header};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;

use super::{Tokens, UserPool};
use crate::error::{Error, Result};
use crate::https::Https;

/// Where the pages are, and where they may send people to.
#[derive(Debug, Clone)]
pub struct HostedSignIn {
    token_endpoint: Uri,
    redirect_uris: Vec<String>,
    https: Https,
}

/// What a browser came back with. It is in no log: nothing of it is shown.
pub struct Grant {
    /// The code, good once.
    pub code: String,
    /// Where the browser was sent.
    pub redirect_uri: String,
    /// The secret whose hash the sign-in began with.
    pub code_verifier: String,
}

impl fmt::Debug for Grant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Grant(…)")
    }
}

/// What the token endpoint says to a code that is good.
#[derive(Deserialize)]
struct Granted {
    access_token: String,
    /// Not there where the browser was not sent for the scope `openid`.
    id_token: Option<String>,
    refresh_token: String,
    expires_in: i32,
}

/// What it says to one that is not.
#[derive(Deserialize)]
struct Refusal {
    error: String,
}

/// How an exchange ended without tokens.
enum Failure {
    /// The code, or what belongs to it, is not good.
    Grant,
    /// It does not know the app client.
    Client,
    /// Nobody is told who signed in: the session of this refresh token is of no use.
    Anonymous(String),
    /// Something else.
    Other(Error),
}

impl HostedSignIn {
    /// The pages at `url`, which send people to `redirect_uris` alone.
    ///
    /// # Errors
    /// When it is no URL, or the machine has no certificates to trust.
    pub fn new(url: &str, redirect_uris: Vec<String>) -> Result<Self, lambda_http::Error> {
        let token_endpoint = format!("{url}/oauth2/token").parse()?;
        Ok(Self { token_endpoint, redirect_uris, https: Https::new()? })
    }

    /// As the lambda's environment says: `HOSTED_UI_URL`, and the list `HOSTED_UI_REDIRECT_URIS` in JSON; none where there is
    /// no hosted sign-in.
    ///
    /// # Errors
    /// Names the variable that cannot be read.
    pub fn from_env() -> Result<Option<Self>, lambda_http::Error> {
        let Ok(url) = std::env::var("HOSTED_UI_URL") else { return Ok(None) };
        let redirect_uris = crate::aws::variable("HOSTED_UI_REDIRECT_URIS")?;
        let redirect_uris = serde_json::from_str(&redirect_uris)
            .map_err(|_| "HOSTED_UI_REDIRECT_URIS must be a list of texts in JSON")?;
        Self::new(&url, redirect_uris).map(Some)
    }

    /// Whether people may be sent to `uri`.
    #[must_use]
    pub fn sends_to(&self, uri: &str) -> bool {
        self.redirect_uris.iter().any(|known| known == uri)
    }

    /// The tokens for `grant`.
    ///
    /// # Errors
    /// `SignInRefused` for a code that is none, was used, has expired, or was given out for another place or proof key.
    pub async fn exchange(&self, pool: &UserPool, grant: &Grant) -> Result<Tokens> {
        let client_id = pool.client_id.get().await?;
        let outcome = match self.ask(&client_id, grant).await {
            Err(Failure::Client) => {
                let other = pool.client_id.get_instead_of(&client_id).await?;
                self.ask(&other, grant).await
            }
            outcome => outcome,
        };
        match outcome {
            Ok(tokens) => Ok(tokens),
            Err(Failure::Grant) => {
                Err(Error::SignInRefused("the code is invalid, or was used before"))
            }
            Err(Failure::Anonymous(refresh_token)) => {
                pool.revoke(&refresh_token).await?;
                Err(Error::SignInRefused("the sign-in must ask for the scope openid"))
            }
            Err(Failure::Client) => {
                Err(Error::internal("the hosted sign-in does not know the app client"))
            }
            Err(Failure::Other(error)) => Err(error),
        }
    }

    async fn ask(&self, client_id: &str, grant: &Grant) -> Result<Tokens, Failure> {
        let form = form(&[
            ("grant_type", "authorization_code"),
            ("client_id", client_id),
            ("code", &grant.code),
            ("redirect_uri", &grant.redirect_uri),
            ("code_verifier", &grant.code_verifier),
        ]);
        let request = Request::post(&self.token_endpoint)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(form)
            .map_err(|error| Failure::Other(Error::internal(error)))?;
        let answer = self.https.send(request).await.map_err(|error| {
            // Not to be repeated here: the code may be used by now.
            tracing::warn!(%error, "the hosted sign-in does not answer");
            Failure::Other(Error::Unavailable)
        })?;
        read(answer.status(), answer.body())
    }
}

fn read(status: StatusCode, body: &[u8]) -> Result<Tokens, Failure> {
    if status == StatusCode::OK {
        let granted: Granted = serde_json::from_slice(body)
            .map_err(|_| Failure::Other(Error::internal("the hosted sign-in sent no tokens")))?;
        let Granted { access_token, id_token, refresh_token, expires_in } = granted;
        let Some(id_token) = id_token else { return Err(Failure::Anonymous(refresh_token)) };
        return Ok(Tokens {
            access_token,
            id_token,
            refresh_token,
            token_type: "Bearer",
            expires_in,
        });
    }
    if status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error() {
        return Err(Failure::Other(Error::Unavailable));
    }
    let refusal = serde_json::from_slice(body).map(|Refusal { error }| error).unwrap_or_default();
    Err(match refusal.as_str() {
        // Cognito says `invalid_request` of a proof key that does not fit.
        "invalid_grant" | "invalid_request" => Failure::Grant,
        "invalid_client" | "unauthorized_client" => Failure::Client,
        _ => Failure::Other(Error::internal(format!("the hosted sign-in answered {status}"))),
    })
}

/// `application/x-www-form-urlencoded`.
fn form(fields: &[(&str, &str)]) -> String {
    let field = |(name, value): &(&str, &str)| {
        format!("{name}={}", utf8_percent_encode(value, NON_ALPHANUMERIC))
    };
    fields.iter().map(field).collect::<Vec<_>>().join("&")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(status: u16, body: &str) -> Failure {
        read(StatusCode::from_u16(status).unwrap(), body.as_bytes()).unwrap_err()
    }

    #[test]
    fn a_form_holds_any_text() {
        assert_eq!(form(&[("a", "1 &=+%"), ("b", "ü")]), "a=1%20%26%3D%2B%25&b=%C3%BC");
    }

    #[test]
    fn tokens_are_read() {
        let body = br#"{"access_token":"a","id_token":"i","refresh_token":"r","token_type":"Bearer","expires_in":900}"#;
        let Ok(tokens) = read(StatusCode::OK, body) else { panic!("no tokens") };
        assert_eq!((tokens.access_token.as_str(), tokens.expires_in), ("a", 900));
    }

    #[test]
    fn tokens_that_do_not_say_whose_they_are_are_none() {
        let body =
            r#"{"access_token":"a","refresh_token":"r","token_type":"Bearer","expires_in":900}"#;
        assert!(matches!(refused(200, body), Failure::Anonymous(token) if token == "r"));
    }

    #[test]
    fn whose_fault_a_refusal_is_can_be_told() {
        assert!(matches!(refused(400, r#"{"error":"invalid_grant"}"#), Failure::Grant));
        assert!(matches!(refused(400, r#"{"error":"invalid_request"}"#), Failure::Grant));
        assert!(matches!(refused(400, r#"{"error":"invalid_client"}"#), Failure::Client));
        assert!(matches!(refused(503, ""), Failure::Other(Error::Unavailable)));
        assert!(matches!(refused(429, ""), Failure::Other(Error::Unavailable)));
        assert!(matches!(refused(404, "<html>"), Failure::Other(Error::Internal(_))));
        assert!(matches!(refused(200, "{}"), Failure::Other(Error::Internal(_))));
    }

    #[test]
    fn people_are_sent_to_known_places_alone() {
        let known = vec!["https://chat.example.com/".to_owned()];
        let hosted = HostedSignIn::new("https://sign-in.example.com", known).unwrap();
        assert!(hosted.sends_to("https://chat.example.com/"));
        for foreign in
            ["https://chat.example.com", "https://chat.example.com/x", "https://evil.example", ""]
        {
            assert!(!hosted.sends_to(foreign), "{foreign}");
        }
    }
}
