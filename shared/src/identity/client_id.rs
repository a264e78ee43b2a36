//! The app client's id, kept in Secrets Manager.

use std::sync::Arc;
use std::time::Duration;

use aws_sdk_secretsmanager::Client;

use crate::cached::Cached;
use crate::error::{Error, Result};
use crate::store::StoreError;

/// How long a value is used before it is read again.
const MAX_AGE: Duration = Duration::from_mins(15);

/// The secret and its cached value.
#[derive(Debug)]
pub struct ClientIdSecret {
    client: Client,
    name: String,
    cached: Cached<Arc<str>>,
}

impl ClientIdSecret {
    /// The secret `name`.
    #[must_use]
    pub fn new(client: Client, name: String) -> Self {
        Self { client, name, cached: Cached::default() }
    }

    /// The client id; from the cache unless that is too old.
    ///
    /// # Errors
    /// When the secret cannot be read.
    pub async fn get(&self) -> Result<Arc<str>> {
        self.cached.get(|_, age| age < MAX_AGE, self.read()).await
    }

    /// The client id that replaced `rejected`.
    ///
    /// # Errors
    /// When the secret cannot be read.
    pub async fn get_instead_of(&self, rejected: &str) -> Result<Arc<str>> {
        self.cached.get(|value, age| age < MAX_AGE && **value != *rejected, self.read()).await
    }

    async fn read(&self) -> Result<Arc<str>> {
        let output = self
            .client
            .get_secret_value()
            .secret_id(&self.name)
            .send()
            .await
            .map_err(|error| Error::from(StoreError::from(error)))?;
        let value = output.secret_string();
        let value =
            value.ok_or_else(|| Error::internal(format!("the secret {} is no text", self.name)))?;
        Ok(value.into())
    }
}
