//! The Cognito user pool, and what all calls to it have in common. Cognito's errors end in this and its neighbours.

use std::time::Duration;

use aws_sdk_cognitoidentityprovider::Client;
use aws_sdk_cognitoidentityprovider::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_cognitoidentityprovider::types::AttributeType;

use super::ClientIdSecret;
use crate::error::{Error, Quota, Result};
use crate::model::{UserId, Username};
use crate::store::StoreError;

/// The accounts.
#[derive(Debug)]
pub struct UserPool {
    pub(super) client: Client,
    pub(super) pool_id: String,
    pub(super) client_id: ClientIdSecret,
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
    pub(super) async fn with_client_id<T, E, R, Fut>(
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

pub(super) fn subject(sub: &str) -> Result<UserId> {
    sub.parse().map_err(|_| Error::internal("Cognito sent an account without a sub"))
}

/// Cognito's own sentence about what it refuses.
pub(super) fn reason<E: ProvideErrorMetadata>(error: &E, otherwise: &str) -> String {
    error.message().unwrap_or(otherwise).to_owned()
}

/// Whether it is the caller's access token that Cognito refuses: it may have been revoked since the gateway looked at its
/// signature. The same code stands for a wrong password or code; the sentence alone tells.
pub(super) fn is_about_the_token<E: ProvideErrorMetadata>(error: &E) -> bool {
    error.code() == Some("NotAuthorizedException")
        && error
            .message()
            .is_some_and(|sentence| sentence.to_ascii_lowercase().contains("access token"))
}

/// Cognito does not say when a limit of its own ends: a wait that is worth while, and no promise.
const COGNITO_LIMIT: Quota =
    Quota { limit: 5, window: Duration::from_mins(5), retry_after: Duration::from_mins(5) };

pub(super) fn fault<E, R>(error: SdkError<E, R>) -> Error
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
