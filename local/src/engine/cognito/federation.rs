//! People whom another provider vouches for. They have no password here.

use aws_lc_rs::digest::{SHA256, digest};

use super::UserPool;
use super::error::{Error, Result};
use super::user::{FederatedIdentity, User};

/// The provider that people can come from.
pub const PROVIDER: &str = "Google";

impl UserPool {
    /// The account of whoever has that address at the provider; made when they first come. What the provider says of them
    /// is written over what was here. An account with the same address and a password is another one.
    ///
    /// # Errors
    /// `InvalidParameter` for an address that is none, `NotAuthorized` for a user who was disabled.
    pub(super) fn federate(&self, email: &str, name: Option<&str>, now: i64) -> Result<User> {
        let _changing = self.changing();
        let user_id = self.federated_id(email);
        let username = format!("{}_{user_id}", PROVIDER.to_lowercase());
        let mut user = if let Some(user) = self.user(&username)? {
            user
        } else {
            let mut user = User::new(username, Some(email.to_owned()), now)?;
            let (provider, created_at) = (PROVIDER.to_owned(), now * 1_000);
            user.identity = Some(FederatedIdentity { provider, user_id, created_at });
            user
        };
        if user.identity.is_none() {
            return Err(Error::NotAuthorized("The name of the account is taken."));
        }
        if user.disabled {
            return Err(Error::NotAuthorized("User is disabled."));
        }
        email.clone_into(&mut user.email);
        user.name = name.map(str::to_owned);
        (user.confirmed, user.email_verified, user.modified_at) = (true, true, now);
        self.save(&user)?;
        Ok(user)
    }

    /// A number of 21 digits, as Google's are; always the same for one address here, and not to be guessed.
    fn federated_id(&self, email: &str) -> String {
        let text = format!("{}#{}", self.identity.signing_key, email.to_lowercase());
        let hash = digest(&SHA256, text.as_bytes());
        let number = hash.as_ref().iter().take(8);
        let number = number.fold(0, |number: u64, byte| (number << 8) | u64::from(*byte));
        format!("1{number:020}")
    }
}
