//! Accounts: what the identity routes work with.

mod client_id;
mod pool;

use aws_sdk_cognitoidentityprovider as cognito;
use aws_sdk_secretsmanager as secretsmanager;

pub use client_id::ClientIdSecret;
pub use pool::{Account, SignIn, SignUp, Tokens, UserPool};

use crate::aws::{self, variable};
use crate::store::{Store, Users};

/// The user pool and the profiles. Made once in a process, shared by all of its requests.
#[derive(Debug)]
pub struct Identity {
    /// The accounts.
    pub pool: UserPool,
    /// The profiles.
    pub users: Users,
}

impl Identity {
    /// Over the user pool and the tables whose names begin with `prefix`.
    #[must_use]
    pub fn new(pool: UserPool, dynamodb: aws_sdk_dynamodb::Client, prefix: &str) -> Self {
        Self { pool, users: Users::new(Store::new(dynamodb, prefix)) }
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
        let identity = Self::new(pool, dynamodb, &variable("TABLE_PREFIX")?);
        identity.pool.warm_up().await;
        Ok(identity)
    }
}
