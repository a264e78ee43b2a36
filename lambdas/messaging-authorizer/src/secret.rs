//! The secret of HS256, in Secrets Manager. While it is rotated, its version before is good, too.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::operation::get_secret_value::{
    GetSecretValueError, GetSecretValueOutput,
};
use jsonwebtoken::DecodingKey;
use shared::cached::Cached;
use shared::error::{Error, Result};
use shared::store::StoreError;

/// How long what was read is used.
const MAX_AGE: Duration = Duration::from_mins(5);
/// How soon it is read again for a token that does not fit: anyone can send such.
const MIN_AGE: Duration = Duration::from_secs(1);
/// How long it is used where it cannot be read again.
const MAX_STALE: Duration = Duration::from_hours(1);
/// How long the version before is good.
const OVERLAP: Duration = Duration::from_hours(24);

/// The secret and its cached versions.
#[derive(Debug)]
pub struct SharedSecret {
    client: Client,
    name: String,
    cached: Cached<Arc<[DecodingKey]>>,
}

impl SharedSecret {
    /// The secret `name`.
    #[must_use]
    pub fn new(client: Client, name: String) -> Self {
        Self { client, name, cached: Cached::default() }
    }

    /// The versions that are good.
    ///
    /// # Errors
    /// When the secret cannot be read.
    pub async fn keys(&self) -> Result<Arc<[DecodingKey]>> {
        let keys = self.cached.get(|_, age| age < MAX_AGE, self.read()).await;
        keys.or_else(|error| self.cached.last(|_, age| age < MAX_STALE).ok_or(error))
    }

    /// The versions that are good, as they have been read moments ago at most.
    ///
    /// # Errors
    /// When the secret cannot be read.
    pub async fn newest_keys(&self) -> Result<Arc<[DecodingKey]>> {
        self.cached.get(|_, age| age < MIN_AGE, self.read()).await
    }

    async fn read(&self) -> Result<Arc<[DecodingKey]>> {
        let (current, previous) =
            tokio::try_join!(self.version("AWSCURRENT"), self.version("AWSPREVIOUS"))?;
        let current = current.ok_or_else(|| Error::internal("the secret has no value"))?;
        let rotated = current.created_date().and_then(|at| SystemTime::try_from(*at).ok());
        let overlaps = rotated.and_then(|at| at.elapsed().ok()).is_some_and(|age| age < OVERLAP);
        let previous = previous.filter(|_| overlaps);
        let keys: Option<Arc<[_]>> =
            [Some(current), previous].into_iter().flatten().map(key).collect();
        keys.ok_or_else(|| Error::internal("the secret is no text, or is empty"))
    }

    /// None where there is no such version.
    async fn version(&self, stage: &str) -> Result<Option<GetSecretValueOutput>> {
        let request = self.client.get_secret_value().secret_id(&self.name);
        match request.version_stage(stage).send().await {
            Ok(output) => Ok(Some(output)),
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(GetSecretValueError::is_resource_not_found_exception) =>
            {
                Ok(None)
            }
            Err(error) => Err(StoreError::from(error).into()),
        }
    }
}

fn key(version: GetSecretValueOutput) -> Option<DecodingKey> {
    let secret = version.secret_string.filter(|secret| !secret.is_empty())?;
    Some(DecodingKey::from_secret(secret.as_bytes()))
}
