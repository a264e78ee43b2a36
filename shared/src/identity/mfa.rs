//! The second factor: an authenticator app, which shows codes made from a secret and the time (RFC 6238).

use aws_sdk_cognitoidentityprovider::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_cognitoidentityprovider::types::{
    SoftwareTokenMfaSettingsType, VerifySoftwareTokenResponseType,
};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use schemars::JsonSchema;
use serde::Serialize;

use super::pool::{fault, is_about_the_token};
use super::{UserPool, challenge};
use crate::error::{Error, Result};
use crate::http::AccessToken;
use crate::model::Username;

/// Whom the authenticator names beside its codes.
const ISSUER: &str = "Chinwag";

/// The name of the factor in the list of those that are on.
const SOFTWARE_TOKEN: &str = "SOFTWARE_TOKEN_MFA";

/// What an authenticator app is set up with.
#[derive(Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Authenticator {
    /// In base 32, to be typed.
    secret: String,
    /// The same, to be shown as a QR code.
    otpauth_uri: String,
}

impl std::fmt::Debug for Authenticator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Authenticator(…)")
    }
}

impl Authenticator {
    fn new(account: &str, secret: Option<String>) -> Result<Self> {
        let secret = secret.ok_or_else(|| Error::internal("Cognito sent no secret"))?;
        let account = utf8_percent_encode(account, NON_ALPHANUMERIC);
        let otpauth_uri =
            format!("otpauth://totp/{ISSUER}:{account}?secret={secret}&issuer={ISSUER}");
        Ok(Self { secret, otpauth_uri })
    }
}

impl UserPool {
    /// Whether the bearer of `token` signs in with an authenticator, too.
    ///
    /// # Errors
    /// `Unauthenticated` for a token that was revoked; so for all that follow.
    pub async fn has_mfa(&self, token: &AccessToken) -> Result<bool> {
        let output = self.client.get_user().access_token(token.as_str()).send().await;
        let output = output.map_err(of_the_bearer)?;
        Ok(output.user_mfa_setting_list().iter().any(|factor| factor == SOFTWARE_TOKEN))
    }

    /// A new secret for the authenticator of the bearer of `token`, which counts once [`UserPool::confirm_mfa`] saw a code
    /// of it.
    ///
    /// # Errors
    /// `NotFound` where this deployment has no second factor.
    pub async fn enrol_mfa(&self, token: &AccessToken) -> Result<Authenticator> {
        let request = self.client.associate_software_token().access_token(token.as_str());
        match request.send().await {
            Ok(output) => Authenticator::new(token.account(), output.secret_code),
            Err(error) if error.code() == Some("SoftwareTokenMFANotFoundException") => {
                Err(Error::NotFound("second factor"))
            }
            Err(error) => Err(of_the_bearer(error)),
        }
    }

    /// Switches the second factor on, with a code of the authenticator.
    ///
    /// # Errors
    /// `Invalid` for a wrong code, and where nothing was set up.
    pub async fn confirm_mfa(&self, token: &AccessToken, code: &str) -> Result<()> {
        let request = self.client.verify_software_token().access_token(token.as_str());
        let wrong = || Error::invalid("/code", "is wrong, or belongs to no secret of yours");
        match request.user_code(code).send().await {
            Ok(output) if output.status == Some(VerifySoftwareTokenResponseType::Success) => {
                self.set_mfa(token, true).await
            }
            Ok(_) => Err(wrong()),
            Err(error) if is_about_the_token(&error) => Err(Error::Unauthenticated),
            Err(error) => Err(match error.code() {
                Some(
                    "CodeMismatchException"
                    | "EnableSoftwareTokenMFAException"
                    | "InvalidParameterException"
                    | "NotAuthorizedException"
                    | "SoftwareTokenMFANotFoundException",
                ) => wrong(),
                _ => of_the_bearer(error),
            }),
        }
    }

    /// Switches the second factor on or off.
    ///
    /// # Errors
    /// As [`UserPool::has_mfa`].
    pub async fn set_mfa(&self, token: &AccessToken, on: bool) -> Result<()> {
        let settings =
            SoftwareTokenMfaSettingsType::builder().enabled(on).preferred_mfa(on).build();
        let request = self.client.set_user_mfa_preference().access_token(token.as_str());
        let outcome = request.software_token_mfa_settings(settings).send().await;
        outcome.map(drop).map_err(of_the_bearer)
    }

    /// A secret for somebody whose sign-in waits for a second factor, and the session to go on with.
    pub(super) async fn begin_setup(
        &self,
        username: &Username,
        session: String,
    ) -> Result<(String, Authenticator)> {
        let output = self.client.associate_software_token().session(session).send().await;
        let output = output.map_err(challenge::refused)?;
        let session = output.session.ok_or_else(|| Error::internal("Cognito sent no session"))?;
        Ok((session, Authenticator::new(username.as_str(), output.secret_code)?))
    }

    /// Sees the first code of such an authenticator, and answers the session to go on with.
    pub(super) async fn end_setup(&self, session: String, code: &str) -> Result<String> {
        let request = self.client.verify_software_token().session(session).user_code(code);
        let output = request.send().await.map_err(challenge::refused)?;
        if output.status != Some(VerifySoftwareTokenResponseType::Success) {
            return Err(challenge::REFUSED);
        }
        output.session.ok_or_else(|| Error::internal("Cognito sent no session"))
    }
}

/// What Cognito says to a bearer whom it does not know any more.
fn of_the_bearer<E, R>(error: SdkError<E, R>) -> Error
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
    R: std::fmt::Debug + Send + Sync + 'static,
{
    match error.code() {
        Some("NotAuthorizedException" | "UserNotFoundException") => Error::Unauthenticated,
        _ => fault(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_there_to_be_typed_and_to_be_shown() {
        let authenticator = Authenticator::new("a b@c", Some("SECRET".to_owned())).unwrap();
        assert_eq!(authenticator.secret, "SECRET");
        assert_eq!(
            authenticator.otpauth_uri,
            "otpauth://totp/Chinwag:a%20b%40c?secret=SECRET&issuer=Chinwag"
        );
        assert_eq!(format!("{authenticator:?}"), "Authenticator(…)");
    }
}
