//! The Cognito user pool, and what all calls to it have in common. Cognito's errors end in this and its neighbours.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use aws_sdk_cognitoidentityprovider::Client;
use aws_sdk_cognitoidentityprovider::error::{ProvideErrorMetadata, SdkError};
use schemars::JsonSchema;
use serde::Serialize;

use super::ClientIdSecret;
use crate::error::{Error, Quota, Result};
use crate::model::{Timestamp, UserId, Username};
use crate::store::StoreError;

/// What Cognito holds about an account.
#[derive(Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct HeldAccount {
    /// Its `sub`.
    #[serde(skip)]
    pub user_id: UserId,
    /// What Cognito calls it.
    pub account: String,
    /// What it knows of the person: `email`, `name`, `sub` and others, by the names of `OpenID` Connect.
    pub attributes: BTreeMap<String, String>,
    /// Since when it is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Timestamp>,
    /// The second factors that are on, by Cognito's names for them.
    pub mfa: Vec<String>,
}

impl fmt::Debug for HeldAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HeldAccount(…)")
    }
}

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
        let held = self.held(username.as_str()).await?;
        held.map(|held| held.user_id).ok_or_else(|| Error::internal("an account has gone"))
    }

    /// What Cognito holds about an account, which it calls `account`; `None` where there is none.
    ///
    /// # Errors
    /// When Cognito is busy; so for all that follow.
    pub async fn held(&self, account: &str) -> Result<Option<HeldAccount>> {
        let request = self.client.admin_get_user().user_pool_id(&self.pool_id);
        let output = match request.username(account).send().await {
            Ok(output) => output,
            Err(error) if is_unknown(&error) => return Ok(None),
            Err(error) => return Err(fault(error)),
        };
        let attributes: BTreeMap<String, String> = output
            .user_attributes()
            .iter()
            .map(|held| (held.name().to_owned(), held.value().unwrap_or_default().to_owned()))
            .collect();
        let user_id = subject(attributes.get("sub").map_or("", String::as_str))?;
        let created_at = output.user_create_date().and_then(|date| date.to_millis().ok());
        Ok(Some(HeldAccount {
            user_id,
            account: output.username().to_owned(),
            attributes,
            created_at: created_at.map(Timestamp::from_epoch_millis),
            mfa: output.user_mfa_setting_list().to_vec(),
        }))
    }

    /// Nobody signs in with the account any more. One that is gone stays so.
    ///
    /// # Errors
    /// As [`UserPool::held`].
    pub async fn disable(&self, account: &str) -> Result<()> {
        let request = self.client.admin_disable_user().user_pool_id(&self.pool_id);
        match request.username(account).send().await {
            Err(error) if !is_unknown(&error) => Err(fault(error)),
            _ => Ok(()),
        }
    }

    /// Deletes the account. One that is gone stays so.
    ///
    /// # Errors
    /// As [`UserPool::held`].
    pub async fn delete(&self, account: &str) -> Result<()> {
        let request = self.client.admin_delete_user().user_pool_id(&self.pool_id);
        match request.username(account).send().await {
            Err(error) if !is_unknown(&error) => Err(fault(error)),
            _ => Ok(()),
        }
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

/// Whether Cognito has no such account.
pub(super) fn is_unknown<E: ProvideErrorMetadata, R>(error: &SdkError<E, R>) -> bool {
    error.code() == Some("UserNotFoundException")
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
