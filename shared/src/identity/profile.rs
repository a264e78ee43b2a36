//! The profile of whoever signs in: made on first use where no registration has made it, or one broke off before it did.

use std::iter::{once, repeat_with};

use super::tokens::Account;
use super::{Identity, Tokens};
use crate::error::{Error, Result};
use crate::model::{Name, Timestamp, User, Username};
use crate::store::{Consistency, Created};

/// The longest user name.
const MAX_LENGTH: usize = 32;

/// How many digits are put behind a name that is taken, try for try: few while that may do, and then so many that it does.
const DIGITS: [usize; 6] = [2, 3, 4, 6, 9, 12];

impl Identity {
    /// Makes sure that whoever has these tokens has a profile. Of several who look at once, one makes it.
    ///
    /// # Errors
    /// `SignInRefused` where the account was erased.
    pub async fn ensure_profile(&self, tokens: &Tokens) -> Result<()> {
        let account = tokens.account()?;
        match self.users.find(&account.user_id).await? {
            Some(_) => Ok(()),
            None => self.create_profile(&account).await,
        }
    }

    async fn create_profile(&self, account: &Account) -> Result<()> {
        for username in candidates(account) {
            let display_name = account.display_name().unwrap_or_else(|| Name::from(&username));
            let user = User {
                user_id: account.user_id.clone(),
                username,
                display_name,
                created_at: Timestamp::now(),
            };
            match self.users.create(&user).await? {
                Created::Now => return Ok(()),
                Created::Erased => return Err(Error::SignInRefused("the account was erased")),
                Created::Before => {}
            }
            // Either the name is taken or the profile is there by now.
            if self.users.get(&user.user_id, Consistency::Strong).await?.is_some() {
                return Ok(());
            }
        }
        Err(Error::Unavailable)
    }
}

/// The names to try: the one that was registered, or what is close to how the person is called. Nothing of their address: names are
/// public.
fn candidates(account: &Account) -> impl Iterator<Item = Username> {
    let display_name = account.display_name();
    let name =
        account.username().or_else(|| derived(display_name?.as_str())).or_else(|| derived("user"));
    let numbered = DIGITS.map(|digits| with_digits(name.as_ref()?, digits));
    once(name).chain(numbered).flatten()
}

/// What can be kept of `text` in a user name.
fn derived(text: &str) -> Option<Username> {
    let text = text.to_lowercase();
    let kept = |c: &char| c.is_ascii_alphanumeric() || "._-".contains(*c);
    let kept: String = text.chars().filter(kept).collect();
    let begins_well = kept.trim_start_matches(['.', '_', '-']);
    begins_well.chars().take(MAX_LENGTH).collect::<String>().parse().ok()
}

fn with_digits(name: &Username, digits: usize) -> Option<Username> {
    let kept = name.as_str().chars().take(MAX_LENGTH - digits);
    let digits = repeat_with(|| fastrand::digit(10)).take(digits);
    kept.chain(digits).collect::<String>().parse().ok()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn names(claims: &Value) -> Vec<String> {
        let mut account = json!({ "sub": "00000000-0000-4000-8000-000000000001" });
        account.as_object_mut().unwrap().extend(claims.as_object().unwrap().clone());
        let account: Account = serde_json::from_value(account).unwrap();
        candidates(&account).map(|name| name.as_str().to_owned()).collect()
    }

    fn first_of_google(name: &str) -> String {
        let claims = json!({
            "cognito:username": "google_1234567890",
            "identities": [{ "providerName": "Google" }],
            "email": "countess@example.com",
            "name": name,
        });
        names(&claims).remove(0)
    }

    #[test]
    fn a_name_that_was_registered_comes_first() {
        let names = names(&json!({ "cognito:username": "ada", "email": "countess@example.com" }));
        assert_eq!(names[0], "ada");
        assert!(names[1..].iter().all(|name| name.starts_with("ada") && name.len() > 4));
        assert_eq!(names.len(), 7);
    }

    #[test]
    fn a_name_is_derived_from_how_the_person_is_called() {
        assert_eq!(first_of_google("Ada Lovelace"), "adalovelace");
        assert_eq!(first_of_google("_.-Ada!#"), "ada");
        assert_eq!(first_of_google("Al"), "user");
        assert_eq!(first_of_google("愛"), "user");
        assert_eq!(first_of_google(""), "user");
        assert_eq!(first_of_google(&"x".repeat(64)), "x".repeat(32));
    }

    #[test]
    fn digits_fit_behind_the_longest_name() {
        for digits in DIGITS {
            let name: Username = "x".repeat(MAX_LENGTH).parse().unwrap();
            let numbered = with_digits(&name, digits).unwrap();
            let plain = numbered.as_str().trim_end_matches(|c: char| c.is_ascii_digit());
            assert_eq!(numbered.as_str().len(), MAX_LENGTH);
            assert_eq!(plain.len(), MAX_LENGTH - digits);
        }
    }
}
