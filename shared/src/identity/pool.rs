//! The Cognito user pool. Cognito's errors end here.

use std::time::Duration;

use aws_sdk_cognitoidentityprovider::Client;
use aws_sdk_cognitoidentityprovider::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_cognitoidentityprovider::operation::initiate_auth::InitiateAuthOutput;
use aws_sdk_cognitoidentityprovider::types::{
    AttributeType, AuthFlowType, AuthenticationResultType,
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use super::ClientIdSecret;
use crate::error::{Error, Quota, Result};
use crate::model::{Name, UserId, Username};
use crate::store::StoreError;

/// The accounts.
#[derive(Debug)]
pub struct UserPool {
    client: Client,
    pool_id: String,
    client_id: ClientIdSecret,
}

/// A new account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignUp {
    /// Its `sub`.
    pub user_id: UserId,
    /// Whether it can be signed in to at once.
    pub confirmed: bool,
}

/// How a sign-in went.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
pub enum SignIn {
    /// Signed in.
    Tokens(Tokens),
    /// Cognito wants to know more first.
    #[serde(rename_all = "camelCase")]
    Challenge {
        /// What it wants.
        challenge: String,
        /// To be sent back with the answer.
        session: String,
    },
}

/// The tokens of a session.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Tokens {
    /// For every route with a caller.
    pub access_token: String,
    /// Says who signed in, for the client itself.
    pub id_token: String,
    /// Gets new tokens.
    pub refresh_token: String,
    /// `Bearer`.
    pub token_type: &'static str,
    /// Seconds for which the access token is good.
    pub expires_in: i32,
}

/// What an ID token says of its account.
#[derive(Debug, Clone, Deserialize)]
pub struct Account {
    /// Its `sub`.
    #[serde(rename = "sub")]
    pub user_id: UserId,
    /// How the person is called.
    #[serde(default)]
    pub name: Option<Name>,
}

impl Tokens {
    /// Whose tokens they are. They came from Cognito itself just now: there is nothing to verify.
    ///
    /// # Errors
    /// When the ID token is none.
    pub fn account(&self) -> Result<Account> {
        let claims = self.id_token.split('.').nth(1).unwrap_or_default();
        let claims = URL_SAFE_NO_PAD.decode(claims).map_err(Error::internal)?;
        serde_json::from_slice(&claims).map_err(Error::internal)
    }
}

impl UserPool {
    /// The pool `pool_id` through the app client whose id is in `client_id`.
    #[must_use]
    pub fn new(client: Client, pool_id: String, client_id: ClientIdSecret) -> Self {
        Self { client, pool_id, client_id }
    }

    /// Reads the secret ahead of the first request. A failure shows again at that request.
    pub(super) async fn warm_up(&self) {
        let _ = self.client_id.get().await;
    }

    /// Makes an account; `None` where the name is taken.
    ///
    /// # Errors
    /// `Invalid` with the rule that the password or the address breaks.
    pub async fn sign_up(
        &self,
        username: &Username,
        password: &str,
        email: &str,
        name: &Name,
    ) -> Result<Option<SignUp>> {
        let call = |client_id: String| {
            self.client
                .sign_up()
                .client_id(client_id)
                .username(username.as_str())
                .password(password)
                .set_user_attributes(Some(vec![
                    attribute("email", email),
                    attribute("name", name.as_str()),
                ]))
                .send()
        };
        match self.with_client_id(call).await? {
            Ok(output) => Ok(Some(SignUp {
                user_id: subject(output.user_sub())?,
                confirmed: output.user_confirmed(),
            })),
            Err(error) => match error.code() {
                Some("UsernameExistsException") => Ok(None),
                Some("InvalidPasswordException") => {
                    Err(Error::invalid("/password", reason(&error, "is too weak")))
                }
                Some("InvalidParameterException") => {
                    Err(Error::invalid("/email", reason(&error, "is not accepted")))
                }
                _ => Err(fault(error)),
            },
        }
    }

    /// Confirms an account with the code that was sent. One that is confirmed already stays so.
    ///
    /// # Errors
    /// `Invalid` for a wrong or expired code, and for a user who does not exist.
    pub async fn confirm(&self, username: &Username, code: &str) -> Result<()> {
        let call = |client_id: String| {
            self.client
                .confirm_sign_up()
                .client_id(client_id)
                .username(username.as_str())
                .confirmation_code(code)
                .send()
        };
        match self.with_client_id(call).await? {
            Ok(_) => Ok(()),
            Err(error) => match error.code() {
                Some(
                    "CodeMismatchException"
                    | "ExpiredCodeException"
                    | "UserNotFoundException"
                    | "NotAuthorizedException",
                ) => Err(Error::invalid("/code", "is wrong or has expired")),
                _ => Err(fault(error)),
            },
        }
    }

    /// Sends the code again. Whether there is such an unconfirmed account is not told.
    ///
    /// # Errors
    /// When Cognito is busy or the limit of codes is reached.
    pub async fn resend(&self, username: &Username) -> Result<()> {
        let call = |client_id: String| {
            self.client
                .resend_confirmation_code()
                .client_id(client_id)
                .username(username.as_str())
                .send()
        };
        match self.with_client_id(call).await? {
            Ok(_) => Ok(()),
            Err(error) => match error.code() {
                Some("UserNotFoundException" | "InvalidParameterException") => Ok(()),
                _ => Err(fault(error)),
            },
        }
    }

    /// Signs in.
    ///
    /// # Errors
    /// `BadCredentials`, or `NotConfirmed` where the password is right and the account still waits for its code.
    pub async fn sign_in(&self, username: &Username, password: &str) -> Result<SignIn> {
        let call = |client_id: String| {
            self.client
                .initiate_auth()
                .client_id(client_id)
                .auth_flow(AuthFlowType::UserPasswordAuth)
                .auth_parameters("USERNAME", username.as_str())
                .auth_parameters("PASSWORD", password)
                .send()
        };
        match self.with_client_id(call).await? {
            Ok(output) => signed_in(output),
            Err(error) => Err(refused(error)),
        }
    }

    /// New tokens for a refresh token, which stays good unless Cognito sends another.
    ///
    /// # Errors
    /// `BadCredentials` for a token that is none, is not of this client, has expired or was revoked.
    pub async fn refresh(&self, refresh_token: &str) -> Result<Tokens> {
        let call = |client_id: String| {
            self.client
                .initiate_auth()
                .client_id(client_id)
                .auth_flow(AuthFlowType::RefreshTokenAuth)
                .auth_parameters("REFRESH_TOKEN", refresh_token)
                .send()
        };
        let output = self.with_client_id(call).await?.map_err(refused)?;
        tokens(output.authentication_result, Some(refresh_token))
    }

    /// The `sub` of an account.
    ///
    /// # Errors
    /// When there is no such account.
    pub async fn user_id(&self, username: &Username) -> Result<UserId> {
        let request = self.client.admin_get_user().user_pool_id(&self.pool_id);
        let output = request.username(username.as_str()).send().await.map_err(fault)?;
        let sub = output.user_attributes().iter().find(|attribute| attribute.name() == "sub");
        subject(sub.and_then(AttributeType::value).unwrap_or_default())
    }

    /// Makes `call` with the client id, and once more where Cognito does not know the one in the cache.
    async fn with_client_id<T, E, R, Fut>(
        &self,
        call: impl Fn(String) -> Fut,
    ) -> Result<Result<T, SdkError<E, R>>>
    where
        Fut: Future<Output = Result<T, SdkError<E, R>>>,
        E: ProvideErrorMetadata,
    {
        let client_id = self.client_id.get().await?;
        match call(client_id.to_string()).await {
            Err(error) if error.code() == Some("ResourceNotFoundException") => {
                let other = self.client_id.get_instead_of(&client_id).await?;
                Ok(call(other.to_string()).await)
            }
            outcome => Ok(outcome),
        }
    }
}

fn attribute(name: &str, value: &str) -> AttributeType {
    // The only required member is given, so that the builder never fails.
    AttributeType::builder().name(name).value(value).build().unwrap_or_else(|_| unreachable!())
}

fn subject(sub: &str) -> Result<UserId> {
    sub.parse().map_err(|_| Error::internal("Cognito sent an account without a sub"))
}

fn reason<E: ProvideErrorMetadata>(error: &E, otherwise: &str) -> String {
    error.message().unwrap_or(otherwise).to_owned()
}

fn signed_in(output: InitiateAuthOutput) -> Result<SignIn> {
    match (output.challenge_name, output.session) {
        (Some(challenge), Some(session)) => {
            Ok(SignIn::Challenge { challenge: challenge.as_str().to_owned(), session })
        }
        _ => tokens(output.authentication_result, None).map(SignIn::Tokens),
    }
}

fn tokens(result: Option<AuthenticationResultType>, refresh_token: Option<&str>) -> Result<Tokens> {
    let absent = || Error::internal("Cognito answered without tokens");
    let result = result.ok_or_else(absent)?;
    Ok(Tokens {
        access_token: result.access_token.ok_or_else(absent)?,
        id_token: result.id_token.ok_or_else(absent)?,
        refresh_token: result
            .refresh_token
            .or_else(|| refresh_token.map(str::to_owned))
            .ok_or_else(absent)?,
        token_type: "Bearer",
        expires_in: result.expires_in,
    })
}

/// What Cognito says to a sign-in that it refuses: it must not be told whether the user exists.
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

/// Cognito does not say when a limit of its own ends: a wait that is worth while, and no promise.
const COGNITO_LIMIT: Quota =
    Quota { limit: 5, window: Duration::from_mins(5), retry_after: Duration::from_mins(5) };

fn fault<E, R>(error: SdkError<E, R>) -> Error
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
    R: std::fmt::Debug + Send + Sync + 'static,
{
    match error.code() {
        Some("LimitExceededException" | "TooManyFailedAttemptsException") => {
            Error::TooMany(COGNITO_LIMIT)
        }
        _ => StoreError::from(error).into(),
    }
}
