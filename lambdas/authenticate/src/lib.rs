//! `POST /v1/authenticate`: a user name and a password become tokens.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;
use shared::error::{Error, Result};
use shared::http::{Answer, Input};
use shared::identity::{Identity, SignIn};
use shared::model::Username;
use shared::store::Consistency;
use validator::Validate;

/// What a person signs in with.
#[derive(Deserialize, Validate, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Authenticate {
    /// The user name.
    #[validate(required)]
    username: Option<String>,
    /// The password.
    #[validate(required)]
    password: Option<String>,
}

/// Handles the route. Whose the name is is asked side by side with the sign-in, so that a registration that broke off
/// half-way is healed without a round trip more.
pub async fn handle(identity: Arc<Identity>, input: Input) -> Result<Answer> {
    let body: Authenticate = input.body()?;
    let username = body.username.unwrap_or_default();
    let username: Username = username.parse().map_err(|_| Error::BadCredentials)?;
    let password = body.password.unwrap_or_default();

    let owner = async { Ok(identity.users.id_of(&username, Consistency::Eventual).await?) };
    let sign_in = identity.pool.sign_in(&username, &password);
    let (sign_in, owner) = tokio::try_join!(sign_in, owner)?;
    if let SignIn::Tokens(tokens) = &sign_in
        && owner.as_ref() != Some(&tokens.account()?.user_id)
    {
        identity.ensure_profile(tokens).await?;
    }
    Answer::ok(&sign_in)
}
