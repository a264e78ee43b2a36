//! Cognito: one user pool with one app client, for the operations that the identity lambdas call. Whether a user
//! exists is told to nobody but administrators, as with `PreventUserExistenceErrors`.

mod error;
pub(crate) mod key;
mod password;
mod policy;
mod sign_in;
mod sign_up;
#[cfg(test)]
mod tests;
mod tokens;
mod user;

use std::sync::{Arc, Mutex};

use aws_lc_rs::rand;
use jsonwebtoken::jwk::JwkSet;
use serde::{Deserialize, Serialize};
use shared::model::Timestamp;

pub use error::Error;
pub use tokens::ACCESS_TOKEN_LIFETIME;

use self::error::Result;
use self::key::SigningKey;
use self::password::PasswordHash;
use self::user::User;
use super::EngineError;
use super::aws_json::{Outcome, run};
use super::documents::Documents;
use crate::outbox::Outbox;

/// The service's name in `X-Amz-Target`.
pub const SERVICE: &str = "AWSCognitoIdentityProviderService";

const USERS: &str = "user";

/// The accounts, kept with the key and the ids in the database.
pub struct UserPool {
    documents: Documents,
    outbox: Arc<Outbox>,
    confirm_registration: bool,
    identity: Identity,
    key: SigningKey,
    decoy: PasswordHash,
    /// Held while an account is read, changed and written.
    changing: Mutex<()>,
}

/// What makes this pool this pool.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Identity {
    pool_id: String,
    client_id: String,
    signing_key: String,
}

impl Identity {
    fn new() -> Result<Self, EngineError> {
        Ok(Self {
            pool_id: format!("us-east-1_{}", random_name(9)?),
            client_id: random_name(26)?.to_lowercase(),
            signing_key: SigningKey::generate()?,
        })
    }
}

impl UserPool {
    /// The pool that is kept in `documents`; a new one where there is none. With `confirm_registration`, accounts wait
    /// for a code that goes to the outbox; else they are confirmed at once.
    ///
    /// # Errors
    /// When the database refuses or the key cannot be made.
    pub fn open(
        documents: Documents,
        outbox: Arc<Outbox>,
        confirm_registration: bool,
    ) -> Result<Self, EngineError> {
        let identity = if let Some(kept) = documents.get("pool", "identity")? {
            kept
        } else {
            let new = Identity::new()?;
            documents.put("pool", "identity", &new)?;
            new
        };
        Ok(Self {
            key: SigningKey::parse(&identity.signing_key)?,
            documents,
            outbox,
            confirm_registration,
            identity,
            decoy: PasswordHash::decoy(),
            changing: Mutex::new(()),
        })
    }

    /// Its id.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.identity.pool_id
    }

    /// The app client's id.
    #[must_use]
    pub fn client_id(&self) -> &str {
        &self.identity.client_id
    }

    /// The issuer of its tokens.
    #[must_use]
    pub fn issuer(&self) -> String {
        format!("https://cognito-idp.us-east-1.amazonaws.com/{}", self.id())
    }

    /// The keys that verify its tokens.
    #[must_use]
    pub fn jwks(&self) -> JwkSet {
        self.key.public()
    }

    /// Answers a call; blocks its thread for as long as the password or the database takes.
    ///
    /// # Errors
    /// As Cognito.
    pub fn call(&self, operation: &str, body: &[u8]) -> Outcome {
        match operation {
            "SignUp" => run(body, |input| self.sign_up(input)),
            "ConfirmSignUp" => run(body, |input| self.confirm_sign_up(&input)),
            "ResendConfirmationCode" => run(body, |input| self.resend_confirmation_code(&input)),
            "InitiateAuth" => run(body, |input| self.initiate_auth(&input)),
            "AdminGetUser" => run(body, |input| self.admin_get_user(&input)),
            _ => Err(Error::UnknownOperation.into()),
        }
    }

    fn check_client(&self, client_id: &str) -> Result<()> {
        if client_id == self.client_id() {
            Ok(())
        } else {
            Err(Error::UnknownClient(client_id.to_owned()))
        }
    }

    fn user(&self, username: &str) -> Result<Option<User>> {
        Ok(self.documents.get(USERS, &key_of(username))?)
    }

    fn save(&self, user: &User) -> Result<()> {
        Ok(self.documents.put(USERS, &key_of(&user.username), user)?)
    }
}

/// User names that differ in case only are the same.
fn key_of(username: &str) -> String {
    username.to_lowercase()
}

fn now() -> i64 {
    Timestamp::now().epoch_seconds()
}

/// Random letters and digits.
fn random_name(length: usize) -> Result<String, EngineError> {
    const LETTERS: &[u8; 62] = b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    let mut random = vec![0; length];
    rand::fill(&mut random)?;
    Ok(random
        .into_iter()
        .map(|byte| char::from(LETTERS[usize::from(byte) % LETTERS.len()]))
        .collect())
}
