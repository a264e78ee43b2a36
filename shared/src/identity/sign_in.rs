//! Signing in, staying signed in, and signing out.

use std::collections::HashMap;

use aws_sdk_cognitoidentityprovider::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_cognitoidentityprovider::operation::initiate_auth::InitiateAuthOutput;
use aws_sdk_cognitoidentityprovider::types::{
    AuthFlowType, AuthenticationResultType, ChallengeNameType,
};
use schemars::JsonSchema;
use serde::Serialize;

use super::pool::{fault, is_unknown};
use super::{Authenticator, Challenge, Tokens, UserPool};
use crate::error::{Error, Result};
use crate::model::Username;

/// What is said of a refresh token that gets nothing.
const NOT_GOOD: Error = Error::SignInRefused("the refresh token is invalid, or has expired");

/// How a sign-in went.
#[derive(Clone, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum SignIn {
    /// Signed in.
    Tokens(Tokens),
    /// Cognito wants to know more first.
    Challenge(SignInChallenge),
}

/// What a sign-in wants to know before there are tokens.
#[derive(Clone, Serialize, JsonSchema)]
pub struct SignInChallenge {
    /// What it wants.
    challenge: Challenge,
    /// To be sent back with the answer.
    session: String,
    /// The answers to choose from, where it offers a choice.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    options: Vec<String>,
    /// What the person is to set up, where that is what it wants.
    #[serde(flatten)]
    authenticator: Option<Authenticator>,
}

impl std::fmt::Debug for SignIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SignIn(…)")
    }
}

/// What Cognito says to a sign-in that it does not refuse.
pub(super) struct Outcome {
    pub challenge: Option<ChallengeNameType>,
    pub session: Option<String>,
    pub parameters: Option<HashMap<String, String>>,
    pub result: Option<AuthenticationResultType>,
}

impl From<InitiateAuthOutput> for Outcome {
    fn from(output: InitiateAuthOutput) -> Self {
        Self {
            challenge: output.challenge_name,
            session: output.session,
            parameters: output.challenge_parameters,
            result: output.authentication_result,
        }
    }
}

impl UserPool {
    /// Signs in.
    ///
    /// # Errors
    /// `BadCredentials`, or `NotConfirmed` where the account still waits for its code.
    pub async fn sign_in(&self, username: &Username, password: &str) -> Result<SignIn> {
        let outcome = self.present(username.as_str(), password).await?;
        self.signed_in(username, outcome).await
    }

    /// Whether the account of that password is confirmed.
    ///
    /// # Errors
    /// `BadCredentials`.
    pub async fn is_confirmed(&self, username: &Username, password: &str) -> Result<bool> {
        match self.present(username.as_str(), password).await {
            Ok(_) => Ok(true),
            Err(Error::NotConfirmed) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Presents a password.
    pub(super) async fn present(&self, account: &str, password: &str) -> Result<Outcome> {
        let call = |client_id: String| {
            self.client
                .initiate_auth()
                .client_id(client_id)
                .auth_flow(AuthFlowType::UserPasswordAuth)
                .auth_parameters("USERNAME", account)
                .auth_parameters("PASSWORD", password)
                .send()
        };
        Ok(self.with_client_id(call).await?.map_err(refused)?.into())
    }

    /// What a client is told of an outcome. Whoever must set up a second factor first is given its secret right away.
    pub(super) async fn signed_in(&self, username: &Username, outcome: Outcome) -> Result<SignIn> {
        let (Some(challenge), Some(session)) = (outcome.challenge, outcome.session) else {
            return Tokens::new(outcome.result, None).map(SignIn::Tokens);
        };
        let challenge = Challenge::try_from(challenge)?;
        let (session, authenticator) = match challenge {
            Challenge::MfaSetup => {
                let (session, authenticator) = self.begin_setup(username, session).await?;
                (session, Some(authenticator))
            }
            _ => (session, None),
        };
        let options = options(&outcome.parameters.unwrap_or_default());
        Ok(SignIn::Challenge(SignInChallenge { challenge, session, options, authenticator }))
    }

    /// New tokens for a refresh token, which gives way to the one among them. It stays good for the minute that the app
    /// client allows, so that an answer that was lost can be asked for again.
    ///
    /// # Errors
    /// `SignInRefused` for a token that is none, is not of this client, has expired or was revoked; and for one that was used
    /// before, whose session ends.
    pub async fn refresh(&self, refresh_token: &str) -> Result<Tokens> {
        let call = |client_id: String| {
            self.client
                .get_tokens_from_refresh_token()
                .client_id(client_id)
                .refresh_token(refresh_token)
                .send()
        };
        match self.with_client_id(call).await? {
            Ok(output) => Tokens::new(output.authentication_result, Some(refresh_token)),
            Err(error) => match error.code() {
                // Somebody else has used it, or uses it now: neither is to go on.
                Some("RefreshTokenReuseException") => {
                    self.revoke(refresh_token).await?;
                    Err(NOT_GOOD)
                }
                Some(
                    "InvalidParameterException"
                    | "NotAuthorizedException"
                    | "UserNotFoundException",
                ) => Err(NOT_GOOD),
                _ => Err(fault(error)),
            },
        }
    }

    /// Ends all sessions of an account: no refresh token of it is good any more, and Cognito takes no access token of it.
    /// One that is gone has none.
    ///
    /// # Errors
    /// When Cognito is busy.
    pub async fn sign_out(&self, account: &str) -> Result<()> {
        let request = self.client.admin_user_global_sign_out().user_pool_id(&self.pool_id);
        match request.username(account).send().await {
            Err(error) if !is_unknown(&error) => Err(fault(error)),
            _ => Ok(()),
        }
    }

    /// Ends the one session that a refresh token belongs to. One that is over stays so.
    ///
    /// # Errors
    /// `Invalid` for what is no refresh token of this client.
    pub async fn revoke(&self, refresh_token: &str) -> Result<()> {
        let call = |client_id: String| {
            self.client.revoke_token().client_id(client_id).token(refresh_token).send()
        };
        match self.with_client_id(call).await? {
            Ok(_) => Ok(()),
            Err(error) => Err(match error.code() {
                Some(
                    "InvalidParameterException"
                    | "NotAuthorizedException"
                    | "UnauthorizedException"
                    | "UnsupportedTokenTypeException",
                ) => Error::invalid("/refreshToken", "must be a refresh token of this service"),
                _ => fault(error),
            }),
        }
    }
}

/// The second factors to choose from. Cognito has them as JSON in a text.
fn options(parameters: &HashMap<String, String>) -> Vec<String> {
    let options = parameters.get("MFAS_CAN_CHOOSE");
    options.and_then(|options| serde_json::from_str(options).ok()).unwrap_or_default()
}

/// What Cognito says to a password that it refuses: it must not be told whether the user exists.
fn refused<E, R>(error: SdkError<E, R>) -> Error
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
    R: std::fmt::Debug + Send + Sync + 'static,
{
    match error.code() {
        Some("UserNotConfirmedException") => Error::NotConfirmed,
        Some(
            "NotAuthorizedException"
            | "UserNotFoundException"
            | "InvalidParameterException"
            | "PasswordResetRequiredException",
        ) => Error::BadCredentials,
        _ => fault(error),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_challenge_shows_what_it_has_and_nothing_else() {
        let parameters =
            |text: &str| HashMap::from([("MFAS_CAN_CHOOSE".to_owned(), text.to_owned())]);
        assert_eq!(options(&HashMap::new()), Vec::<String>::new());
        assert_eq!(options(&parameters("nonsense")), Vec::<String>::new());
        let options = options(&parameters(r#"["SOFTWARE_TOKEN_MFA","EMAIL_OTP"]"#));
        let challenge = |challenge, options| {
            let session = "s".to_owned();
            let authenticator = None;
            SignIn::Challenge(SignInChallenge { challenge, session, options, authenticator })
        };
        assert_eq!(
            json!(challenge(Challenge::SoftwareToken, Vec::new())),
            json!({ "challenge": "SOFTWARE_TOKEN_MFA", "session": "s" })
        );
        assert_eq!(
            json!(challenge(Challenge::SelectMfa, options)),
            json!({
                "challenge": "SELECT_MFA_TYPE",
                "session": "s",
                "options": ["SOFTWARE_TOKEN_MFA", "EMAIL_OTP"],
            })
        );
    }
}
