//! `POST /v1/register`: a new account and its profile.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use shared::error::{Error, Quota, Result};
use shared::http::{Answer, ByName, Input, optional, required, valid};
use shared::identity::{Identity, SignUp, is_of_google};
use shared::model::{Name, Password, Timestamp, User, UserId, Username};
use shared::store::{Consistency, Counted, Created, Registrations, Store};
use validator::{Validate, ValidationError};

/// Where people register. Made once in a process, shared by all of its requests.
#[derive(Debug)]
pub struct Registry {
    identity: Arc<Identity>,
    registrations: Registrations,
    limit: Option<u32>,
}

impl Registry {
    /// Over the tables of `store`. At most `limit` an hour may register from one address; none: as many as they like.
    #[must_use]
    pub fn new(identity: Arc<Identity>, store: Store, limit: Option<u32>) -> Self {
        Self { identity, registrations: Registrations::new(store), limit }
    }

    /// As the lambda's environment says: as [`Identity::from_env`] and [`Store::from_env`], and `REGISTRATION_LIMIT` where
    /// there is one.
    ///
    /// # Errors
    /// Names the variable that is missing or cannot be read.
    pub async fn from_env() -> Result<Self, lambda_http::Error> {
        let limit = match std::env::var("REGISTRATION_LIMIT") {
            Ok(limit) => {
                Some(limit.parse().map_err(|_| "REGISTRATION_LIMIT must be a whole number")?)
            }
            Err(_) => None,
        };
        let (identity, store) = tokio::try_join!(Identity::from_env(), Store::from_env())?;
        Ok(Self::new(Arc::new(identity), store, limit))
    }

    /// Counts one who wants to register, of those who are let through.
    async fn count(&self, input: &Input) -> Result<()> {
        let (Some(limit), Some(from)) = (self.limit, input.source_ip()) else { return Ok(()) };
        match self.registrations.count(from, limit).await? {
            Counted::Within => Ok(()),
            Counted::Beyond(retry_after) => {
                Err(Error::TooMany(Quota { limit, window: Registrations::WINDOW, retry_after }))
            }
        }
    }
}

/// What a person registers with.
#[derive(Deserialize, Validate, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Register {
    /// How they sign in and are found; nobody may have it yet.
    #[validate(required, custom(function = "free_to_choose"))]
    #[schemars(with = "ByName<Username>")]
    username: Option<String>,
    /// Where the code that confirms the registration is sent.
    #[validate(
        required,
        email(message = "must be an email address"),
        length(max = 254, message = "must have at most 254 characters")
    )]
    email: Option<String>,
    /// What they sign in with.
    #[validate(required, custom(function = "valid::<Password>"))]
    #[schemars(with = "ByName<Password>")]
    password: Option<String>,
    /// How they are called; the user name where it is left out.
    #[validate(custom(function = "valid::<Name>"))]
    #[schemars(with = "Option<Name>")]
    display_name: Option<String>,
}

/// A new account.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Registered {
    /// Their id.
    user_id: UserId,
    /// Their user name, in lower case.
    username: Username,
    /// Whether they may sign in at once; otherwise a code was sent that confirms the registration.
    confirmed: bool,
}

/// Handles the route. Who comes by Google has a name that Cognito knows nothing of: it is asked for here first, lest an
/// account is made that cannot have it.
pub async fn handle(registry: Arc<Registry>, input: Input) -> Result<Answer> {
    let body: Register = input.body()?;
    let username: Username = required("/username", body.username.as_deref())?;
    let display_name = optional("/displayName", body.display_name.as_deref())?;
    let display_name = display_name.unwrap_or_else(|| Name::from(&username));
    let email = body.email.unwrap_or_default();
    let password: Password = required("/password", body.password.as_deref())?;

    let identity = &registry.identity;
    let owner = async { Ok(identity.users.id_of(&username, Consistency::Eventual).await?) };
    let (owner, ()) = tokio::try_join!(owner, registry.count(&input))?;
    if owner.is_some() {
        return Err(Error::UsernameTaken);
    }
    let account = identity.pool.sign_up(&username, &password, &email, &display_name).await?;
    let account = match account {
        Some(account) => account,
        None => half_registered(identity, &username, &password).await?,
    };
    let user =
        User { user_id: account.user_id, username, display_name, created_at: Timestamp::now() };
    match identity.users.create(&user).await? {
        Created::Now => Answer::created(&Registered {
            user_id: user.user_id,
            username: user.username,
            confirmed: account.confirmed,
        }),
        // Whose it is is not proved: of an account that waits for its code, Cognito does not look at the password.
        Created::Before | Created::Erased => Err(Error::UsernameTaken),
    }
}

/// The account with this name, for its owner: their registration may have broken off before the profile was written.
async fn half_registered(
    identity: &Identity,
    username: &Username,
    password: &Password,
) -> Result<SignUp> {
    let confirmed = match identity.pool.is_confirmed(username, password.as_str()).await {
        Err(Error::BadCredentials) => return Err(Error::UsernameTaken),
        confirmed => confirmed?,
    };
    Ok(SignUp { user_id: identity.pool.user_id(username).await?, confirmed })
}

fn free_to_choose(username: &str) -> Result<(), ValidationError> {
    valid::<Username>(username)?;
    if is_of_google(username) {
        let rule = "must not begin with 'google_'";
        return Err(ValidationError::new("reserved").with_message(rule.into()));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_cognito_gives_is_not_free_to_choose() {
        assert!(free_to_choose("ada").is_ok());
        assert!(free_to_choose("googler").is_ok());
        for bad in ["a b", "google_1234567890", "Google_x1"] {
            assert!(free_to_choose(bad).is_err(), "{bad}");
        }
    }
}
