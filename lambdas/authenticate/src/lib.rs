//! `POST /v1/authenticate`: a user name and a password become tokens.

use std::sync::Arc;

use serde::Deserialize;
use shared::error::{Error, Result};
use shared::http::{Answer, Input};
use shared::identity::{Account, Identity, SignIn};
use shared::model::{Timestamp, User, Username};
use shared::store::Consistency;
use validator::Validate;

/// What a person signs in with.
#[derive(Debug, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct Authenticate {
    #[validate(required)]
    username: Option<String>,
    #[validate(required)]
    password: Option<String>,
}

/// Handles the route. Whether the profile is there is asked side by side with the sign-in, so that a registration that
/// broke off half-way is healed without a round trip more.
pub async fn handle(identity: Arc<Identity>, input: Input) -> Result<Answer> {
    let body: Authenticate = input.body()?;
    let username = body.username.unwrap_or_default();
    let username: Username = username.parse().map_err(|_| Error::BadCredentials)?;
    let password = body.password.unwrap_or_default();

    let profile = async { Ok(identity.users.id_of(&username, Consistency::Eventual).await?) };
    let sign_in = identity.pool.sign_in(&username, &password);
    let (sign_in, profile) = tokio::try_join!(sign_in, profile)?;
    if let (SignIn::Tokens(tokens), None) = (&sign_in, profile) {
        heal(&identity, username, tokens.account()?).await?;
    }
    Answer::ok(&sign_in)
}

/// Writes the profile that a registration left out.
async fn heal(identity: &Identity, username: Username, account: Account) -> Result<()> {
    let user = User {
        user_id: account.user_id,
        display_name: account.name.unwrap_or_else(|| (&username).into()),
        username,
        created_at: Timestamp::now(),
    };
    identity.users.create(&user).await?;
    Ok(())
}
