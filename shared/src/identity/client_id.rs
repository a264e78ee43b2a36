//! The app client's id, kept in Secrets Manager.

use std::sync::Arc;
use std::time::{Duration, Instant};

use aws_sdk_secretsmanager::Client;
use tokio::sync::RwLock;

use crate::error::{Error, Result};
use crate::store::StoreError;

/// How long a value is used before it is read again.
const MAX_AGE: Duration = Duration::from_mins(15);

/// The secret and its cached value.
#[derive(Debug)]
pub struct ClientIdSecret {
    client: Client,
    name: String,
    cached: RwLock<Option<Cached>>,
}

#[derive(Debug)]
struct Cached {
    value: Arc<str>,
    read_at: Instant,
}

impl ClientIdSecret {
    /// The secret `name`.
    #[must_use]
    pub fn new(client: Client, name: String) -> Self {
        Self { client, name, cached: RwLock::new(None) }
    }

    /// The client id; from the cache unless that is too old.
    ///
    /// # Errors
    /// When the secret cannot be read.
    pub async fn get(&self) -> Result<Arc<str>> {
        if let Some(cached) = &*self.cached.read().await
            && cached.read_at.elapsed() < MAX_AGE
        {
            return Ok(Arc::clone(&cached.value));
        }
        self.read(None).await
    }

    /// The client id that replaced `rejected`.
    ///
    /// # Errors
    /// When the secret cannot be read.
    pub async fn get_instead_of(&self, rejected: &str) -> Result<Arc<str>> {
        self.read(Some(rejected)).await
    }

    /// Reads the secret, unless another request has done so while this one waited for its turn.
    async fn read(&self, rejected: Option<&str>) -> Result<Arc<str>> {
        let mut cached = self.cached.write().await;
        if let Some(cached) = &*cached
            && cached.read_at.elapsed() < MAX_AGE
            && rejected.is_none_or(|rejected| *cached.value != *rejected)
        {
            return Ok(Arc::clone(&cached.value));
        }
        let output = self
            .client
            .get_secret_value()
            .secret_id(&self.name)
            .send()
            .await
            .map_err(|error| Error::from(StoreError::from(error)))?;
        let value: Arc<str> = output
            .secret_string()
            .ok_or_else(|| Error::internal(format!("the secret {} is no text", self.name)))?
            .into();
        *cached = Some(Cached { value: Arc::clone(&value), read_at: Instant::now() });
        Ok(value)
    }
}
