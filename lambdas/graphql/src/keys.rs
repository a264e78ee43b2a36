//! API keys: kept as hashes in one secret, each with the senders that it may use. A key that is taken out of the secret is
//! refused minutes later.

use std::fmt::Write;
use std::sync::Arc;
use std::time::Duration;

use aws_sdk_secretsmanager::Client;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use shared::cached::Cached;
use shared::error::{Error, Result};
use shared::messaging::Senders;
use shared::store::StoreError;

/// How long keys are used.
const MAX_AGE: Duration = Duration::from_mins(5);
/// How long they are used where they cannot be read again.
const MAX_STALE: Duration = Duration::from_hours(1);
/// How soon they are read again for a key that is not known: anyone can bring one.
const MIN_AGE: Duration = Duration::from_secs(1);

/// The secret and its cached keys.
#[derive(Debug)]
pub struct ApiKeys {
    client: Client,
    name: String,
    senders: Senders,
    cached: Cached<Arc<Listed>>,
}

/// What the secret holds, as JSON.
#[derive(Debug, Deserialize)]
struct Listed {
    keys: Vec<ApiKey>,
}

/// A key.
#[derive(Debug, Clone, Deserialize)]
pub struct ApiKey {
    /// Whose messages these are: keys with the same name share them.
    pub name: String,
    /// SHA-256 of the key, in lower-case hexadecimal digits.
    sha256: String,
    /// From whom it may send; the first of a channel is the one that is meant where none is named.
    pub senders: Senders,
}

impl ApiKeys {
    /// The secret `name`. No key may use a sender that is none of `senders`.
    #[must_use]
    pub fn new(client: Client, name: String, senders: Senders) -> Self {
        Self { client, name, senders, cached: Cached::default() }
    }

    /// Reads the keys ahead of the first request. A failure shows again there.
    pub async fn warm_up(&self) {
        if let Err(error) = self.cached.get(|_, age| age < MAX_AGE, self.read()).await {
            shared::logging::report(&error);
        }
    }

    /// What is known of the key that a request brings.
    ///
    /// # Errors
    /// `UnknownApiKey`, or when the secret cannot be read.
    pub async fn find(&self, key: Option<&str>) -> Result<Arc<ApiKey>> {
        let hash = hash(key.ok_or(Error::UnknownApiKey)?);
        let is_good = |listed: &Arc<Listed>, age| {
            age < if listed.find(&hash).is_some() { MAX_AGE } else { MIN_AGE }
        };
        match self.cached.get(is_good, self.read()).await {
            Ok(listed) => listed.find(&hash).ok_or(Error::UnknownApiKey),
            Err(error) => {
                let last = self.cached.last(|_, age| age < MAX_STALE);
                last.and_then(|listed| listed.find(&hash)).ok_or(error)
            }
        }
    }

    async fn read(&self) -> Result<Arc<Listed>> {
        let request = self.client.get_secret_value().secret_id(&self.name).send();
        let output = request.await.map_err(|error| Error::from(StoreError::from(error)))?;
        let json = output.secret_string().unwrap_or_default();
        // The error would quote the secret.
        let listed: Option<Listed> = serde_json::from_str(json).ok();
        let mut listed = listed.ok_or_else(|| Error::internal("the API keys cannot be read"))?;
        for key in &mut listed.keys {
            key.senders = key.senders.within(&self.senders);
        }
        Ok(Arc::new(listed))
    }
}

impl Listed {
    fn find(&self, hash: &str) -> Option<Arc<ApiKey>> {
        self.keys.iter().find(|key| key.sha256 == hash).cloned().map(Arc::new)
    }
}

fn hash(key: &str) -> String {
    Sha256::digest(key).iter().fold(String::new(), |mut hash, byte| {
        // Writing to a text never fails.
        let _ = write!(hash, "{byte:02x}");
        hash
    })
}
