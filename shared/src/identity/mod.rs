//! Accounts: what the identity routes work with.

mod challenge;
mod client_id;
mod erasure;
mod hosted;
mod mfa;
mod password;
mod pool;
mod profile;
mod sessions;
mod sign_in;
mod sign_up;
mod tokens;

use aws_sdk_cognitoidentityprovider as cognito;
use aws_sdk_secretsmanager as secretsmanager;

pub use challenge::Challenge;
pub use client_id::ClientIdSecret;
pub use erasure::{Erasure, Look, Place};
pub use hosted::{Grant, HostedSignIn};
pub use mfa::Authenticator;
pub use pool::{HeldAccount, UserPool};
pub use sessions::{ACCESS_TOKEN_OUTLIVED, Sessions};
pub use sign_in::SignIn;
pub use sign_up::SignUp;
pub use tokens::{Account, Tokens};

use crate::aws::{self, variable};
use crate::store::{Store, Users};

/// How those names begin that Cognito gives to who comes by Google.
const OF_GOOGLE: &str = "google_";

/// Whether Cognito calls somebody so who comes by Google.
#[must_use]
pub fn is_of_google(account: &str) -> bool {
    account.to_ascii_lowercase().starts_with(OF_GOOGLE)
}

/// The user pool and the profiles. Made once in a process, shared by all of its requests.
#[derive(Debug)]
pub struct Identity {
    /// The accounts.
    pub pool: UserPool,
    /// The profiles.
    pub users: Users,
}

impl Identity {
    /// Over the user pool and the tables of `store`.
    #[must_use]
    pub fn new(pool: UserPool, store: Store) -> Self {
        Self { pool, users: Users::new(store) }
    }

    /// As the lambda's environment says: `TABLE_PREFIX`, `USER_POOL_ID`, `COGNITO_CLIENT_ID_SECRET`. Reads the secret,
    /// so that the first request does not.
    ///
    /// # Errors
    /// Names the variable that is missing.
    pub async fn from_env() -> Result<Self, lambda_http::Error> {
        let config = aws::config().await;
        let secret = ClientIdSecret::new(
            secretsmanager::Client::new(&config),
            variable("COGNITO_CLIENT_ID_SECRET")?,
        );
        let pool = UserPool::new(cognito::Client::new(&config), variable("USER_POOL_ID")?, secret);
        let dynamodb = aws_sdk_dynamodb::Client::new(&config);
        let identity = Self::new(pool, Store::new(dynamodb, &variable("TABLE_PREFIX")?));
        identity.pool.warm_up().await;
        Ok(identity)
    }
}
