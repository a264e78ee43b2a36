//! The tokens of a session, and what they say of its account.

use aws_sdk_cognitoidentityprovider::types::AuthenticationResultType;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use schemars::JsonSchema;
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::model::{Name, UserId, Username};

/// The tokens of a session.
#[derive(Clone, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Tokens {
    /// For every route with a caller.
    pub access_token: String,
    /// Says who signed in, for the client itself.
    pub id_token: String,
    /// Gets new tokens.
    pub refresh_token: String,
    /// `Bearer`.
    pub token_type: &'static str,
    /// Seconds for which the access token is good.
    pub expires_in: i32,
}

/// What an ID token says of its account.
#[derive(Clone, Deserialize)]
pub struct Account {
    /// Its `sub`.
    #[serde(rename = "sub")]
    pub user_id: UserId,
    /// What Cognito calls it.
    #[serde(rename = "cognito:username", default)]
    cognito_name: String,
    /// How the person is called; a provider such as Google has other rules for it than we.
    #[serde(default)]
    name: Option<String>,
    /// Who else knows them: there for those alone who came by a provider.
    #[serde(default)]
    identities: Option<IgnoredAny>,
}

impl std::fmt::Debug for Tokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tokens(…)")
    }
}

impl Tokens {
    /// What Cognito answered; where it sends no refresh token, the one that was brought stays good.
    pub(super) fn new(
        result: Option<AuthenticationResultType>,
        brought: Option<&str>,
    ) -> Result<Self> {
        let absent = || Error::internal("Cognito answered without tokens");
        let result = result.ok_or_else(absent)?;
        let refresh_token = result.refresh_token.or_else(|| brought.map(str::to_owned));
        Ok(Self {
            access_token: result.access_token.ok_or_else(absent)?,
            id_token: result.id_token.ok_or_else(absent)?,
            refresh_token: refresh_token.ok_or_else(absent)?,
            token_type: "Bearer",
            expires_in: result.expires_in,
        })
    }

    /// Whose tokens they are. They came from Cognito itself just now: there is nothing to verify.
    ///
    /// # Errors
    /// When the ID token is none.
    pub fn account(&self) -> Result<Account> {
        let claims = self.id_token.split('.').nth(1).unwrap_or_default();
        let claims = URL_SAFE_NO_PAD.decode(claims).map_err(Error::internal)?;
        serde_json::from_slice(&claims).map_err(Error::internal)
    }
}

impl Account {
    /// How the person is called, where that is a name to us.
    pub(super) fn display_name(&self) -> Option<Name> {
        self.name.as_deref().and_then(|name| name.parse().ok())
    }

    /// The user name that the person registered; none for who came by a provider, whose account has a name that nobody
    /// chose.
    pub(super) fn username(&self) -> Option<Username> {
        if self.identities.is_some() { None } else { self.cognito_name.parse().ok() }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn account(claims: &Value) -> Account {
        let id_token = format!("header.{}.signature", URL_SAFE_NO_PAD.encode(claims.to_string()));
        let (access_token, refresh_token) = (String::new(), String::new());
        Tokens { access_token, id_token, refresh_token, token_type: "Bearer", expires_in: 900 }
            .account()
            .unwrap()
    }

    const SUB: &str = "00000000-0000-4000-8000-000000000001";

    #[test]
    fn who_registered_has_the_name_that_they_chose() {
        let ada = account(&json!({ "sub": SUB, "cognito:username": "ada", "name": "Ada" }));
        assert_eq!(ada.user_id.to_string(), SUB);
        assert_eq!(ada.username(), Some("ada".parse().unwrap()));
        assert_eq!(ada.display_name(), Some("Ada".parse().unwrap()));
    }

    #[test]
    fn who_came_by_google_has_no_user_name_yet() {
        let identities = json!([{ "providerName": "Google", "userId": "1234567890" }]);
        let ada = account(&json!({
            "sub": SUB,
            "cognito:username": "google_1234567890",
            "identities": identities,
            "name": "two\nlines",
        }));
        assert_eq!(ada.username(), None);
        assert_eq!(ada.display_name(), None);
    }
}
