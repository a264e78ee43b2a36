//! Cognito: one user pool with one app client, for the operations that the identity lambdas call. Whether a user
//! exists is told to nobody but administrators, as with `PreventUserExistenceErrors`.

mod account;
mod admin;
mod answer;
mod attributes;
mod challenge;
mod code;
mod error;
mod factors;
mod federation;
mod grant;
pub mod hosted_ui;
pub(crate) mod key;
mod list;
mod lockout;
mod mail;
mod mfa;
mod names;
mod password;
mod policy;
mod recovery;
mod session;
mod sign_in;
mod sign_up;
#[cfg(test)]
mod tests;
mod tokens;
mod totp;
mod user;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jsonwebtoken::jwk::JwkSet;
use serde::{Deserialize, Serialize};
use shared::model::Timestamp;

pub use error::Error;
pub use tokens::ACCESS_TOKEN_LIFETIME;

use self::error::Result;
use self::key::SigningKey;
use self::names::{key_of, random_name};
use self::password::PasswordHash;
use self::policy::is_username;
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
    settings: Settings,
    identity: Identity,
    key: SigningKey,
    decoy: PasswordHash,
    /// See [`UserPool::changing`].
    changing: Mutex<()>,
}

/// What can be chosen of a pool.
#[derive(Debug, Clone, Copy, Default)]
pub struct Settings {
    /// Whether accounts wait for a code that goes to the outbox; else they are confirmed at once.
    pub confirm_registration: bool,
    /// Whether nobody gets in without a second factor.
    pub require_mfa: bool,
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
    /// The pool that is kept in `documents`; a new one where there is none.
    ///
    /// # Errors
    /// When the database refuses or the key cannot be made.
    pub fn open(
        documents: Documents,
        outbox: Arc<Outbox>,
        settings: Settings,
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
            settings,
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
        self.call_at(operation, body, now())
    }

    fn call_at(&self, operation: &str, body: &[u8], now: i64) -> Outcome {
        match operation {
            "SignUp" => run(body, |input| self.sign_up(input, now)),
            "ConfirmSignUp" => run(body, |input| self.confirm_sign_up(&input, now)),
            "ResendConfirmationCode" => {
                run(body, |input| self.resend_confirmation_code(&input, now))
            }
            "InitiateAuth" => run(body, |input| self.initiate_auth(&input, now)),
            "RespondToAuthChallenge" => {
                run(body, |input| self.respond_to_auth_challenge(&input, now))
            }
            "GetTokensFromRefreshToken" => {
                run(body, |input| self.get_tokens_from_refresh_token(&input, now))
            }
            "RevokeToken" => run(body, |input| self.revoke_token(&input)),
            "ForgotPassword" => run(body, |input| self.forgot_password(&input, now)),
            "ConfirmForgotPassword" => run(body, |input| self.confirm_forgot_password(&input, now)),
            "AssociateSoftwareToken" => {
                run(body, |input| self.associate_software_token(&input, now))
            }
            "VerifySoftwareToken" => run(body, |input| self.verify_software_token(input, now)),
            "SetUserMFAPreference" => run(body, |input| self.set_user_mfa_preference(&input, now)),
            "GetUser" => run(body, |input| self.get_user(&input, now)),
            "UpdateUserAttributes" => run(body, |input| self.update_user_attributes(&input, now)),
            "VerifyUserAttribute" => run(body, |input| self.verify_user_attribute(&input, now)),
            "ChangePassword" => run(body, |input| self.change_password(&input, now)),
            "GlobalSignOut" => run(body, |input| self.global_sign_out(&input, now)),
            "DeleteUser" => run(body, |input| self.delete_user(&input, now)),
            "AdminGetUser" => run(body, |input| self.admin_get_user(&input)),
            "AdminCreateUser" => run(body, |input| self.admin_create_user(input, now)),
            "AdminSetUserPassword" => run(body, |input| self.admin_set_user_password(&input, now)),
            "AdminUpdateUserAttributes" => {
                run(body, |input| self.admin_update_user_attributes(&input, now))
            }
            "AdminEnableUser" => run(body, |input| self.admin_enable_user(&input, now)),
            "AdminDisableUser" => run(body, |input| self.admin_disable_user(&input, now)),
            "AdminUserGlobalSignOut" => run(body, |input| self.admin_user_global_sign_out(&input)),
            "AdminDeleteUser" => run(body, |input| self.admin_delete_user(&input)),
            "ListUsers" => run(body, |input| self.list_users(&input)),
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

    fn check_pool(&self, pool_id: &str) -> Result<()> {
        if pool_id == self.id() { Ok(()) } else { Err(Error::UnknownPool(pool_id.to_owned())) }
    }

    /// To be held while something is read, changed and written.
    fn changing(&self) -> MutexGuard<'_, ()> {
        self.changing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn user(&self, username: &str) -> Result<Option<User>> {
        if !is_username(username) {
            return Ok(None);
        }
        Ok(self.documents.get(USERS, &key_of(username))?)
    }

    /// All of them, in the order of their names.
    fn users(&self) -> Result<Vec<User>> {
        let users = self.documents.list(USERS)?;
        Ok(users.into_iter().map(|(_, user)| user).collect())
    }

    fn save(&self, user: &User) -> Result<()> {
        Ok(self.documents.put(USERS, &key_of(&user.username), user)?)
    }

    /// The account, and with it all sessions.
    fn delete(&self, user: &User) -> Result<()> {
        self.documents.delete(USERS, &key_of(&user.username))?;
        self.end_sessions(user.sub)
    }
}

fn now() -> i64 {
    Timestamp::now().epoch_seconds()
}
