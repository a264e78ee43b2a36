//! The public keys of RS256: a JSON Web Key Set (RFC 7517) behind a URL.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use http::{Request, Uri};
use jsonwebtoken::DecodingKey;
use jsonwebtoken::jwk::{Jwk, JwkSet, PublicKeyUse};
use shared::cached::Cached;
use shared::error::{Error, Result};
use shared::https::Https;

/// How long keys are used.
const MAX_AGE: Duration = Duration::from_hours(1);
/// How soon they are read again for a key that is not known: anyone can name one.
const MIN_AGE: Duration = Duration::from_secs(1);
/// How long keys are used where they cannot be read again.
const MAX_STALE: Duration = Duration::from_hours(24);

/// Keys by their ids.
type Keys = Arc<HashMap<String, DecodingKey>>;

/// The URL and the keys that it had.
#[derive(Debug)]
pub struct PublicKeys {
    url: Uri,
    https: Https,
    cached: Cached<Keys>,
}

impl PublicKeys {
    /// Those at `url`.
    ///
    /// # Errors
    /// When it is no URL, or the machine has no certificates to trust.
    pub fn new(url: &str) -> Result<Self, lambda_http::Error> {
        Ok(Self { url: url.parse()?, https: Https::new()?, cached: Cached::default() })
    }

    /// The key `id`, if there is one; the keys are read again for one that is not known.
    ///
    /// # Errors
    /// When they cannot be read.
    pub async fn key(&self, id: &str) -> Result<Option<DecodingKey>> {
        let is_good =
            |keys: &Keys, age| age < if keys.contains_key(id) { MAX_AGE } else { MIN_AGE };
        let fetch = async { self.fetch().await.map_err(Error::internal) };
        match self.cached.get(is_good, fetch).await {
            Ok(keys) => Ok(keys.get(id).cloned()),
            Err(error) => {
                let known = self.cached.last(|keys, age| keys.contains_key(id) && age < MAX_STALE);
                known.map(|keys| keys.get(id).cloned()).ok_or(error)
            }
        }
    }

    async fn fetch(&self) -> Result<Keys, lambda_http::Error> {
        let answer = self.https.send(Request::get(self.url.clone()).body(String::new())?).await?;
        if !answer.status().is_success() {
            return Err(format!("the keys' URL answered {}", answer.status()).into());
        }
        let set: JwkSet = serde_json::from_slice(answer.body())?;
        Ok(Arc::new(set.keys.iter().filter_map(named).collect()))
    }
}

/// A key for signatures, by its id.
fn named(key: &Jwk) -> Option<(String, DecodingKey)> {
    let signs = matches!(key.common.public_key_use, None | Some(PublicKeyUse::Signature));
    let id = key.common.key_id.clone().filter(|_| signs)?;
    Some((id, DecodingKey::from_jwk(key).ok()?))
}
