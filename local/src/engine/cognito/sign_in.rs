//! Signing in, new tokens for old ones, and the administrator's look at an account.

use std::collections::HashMap;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::{Value, json};

use super::error::{Error, Result};
use super::tokens::Session;
use super::{UserPool, now, random_name};

const SESSIONS: &str = "session";

/// Random letters and digits of a refresh token: 380 bits.
const REFRESH_TOKEN_LENGTH: usize = 64;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct InitiateAuth {
    client_id: String,
    auth_flow: String,
    #[serde(default)]
    auth_parameters: HashMap<String, String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct AdminGetUser {
    user_pool_id: String,
    username: String,
}

impl InitiateAuth {
    fn parameter(&self, name: &str) -> Result<&str> {
        let missing = || Error::InvalidParameter(format!("Missing required parameter {name}"));
        self.auth_parameters.get(name).map(String::as_str).ok_or_else(missing)
    }
}

impl UserPool {
    pub(super) fn initiate_auth(&self, input: &InitiateAuth) -> Result<Value> {
        self.check_client(&input.client_id)?;
        let result = match input.auth_flow.as_str() {
            "USER_PASSWORD_AUTH" => {
                self.sign_in(input.parameter("USERNAME")?, input.parameter("PASSWORD")?)
            }
            "REFRESH_TOKEN_AUTH" | "REFRESH_TOKEN" => {
                self.refresh(input.parameter("REFRESH_TOKEN")?)
            }
            flow => {
                Err(Error::InvalidParameter(format!("{flow} flow not enabled for this client")))
            }
        };
        Ok(json!({ "AuthenticationResult": result?, "ChallengeParameters": {} }))
    }

    fn sign_in(&self, username: &str, password: &str) -> Result<Value> {
        let user = self.user(username)?;
        let right = user.as_ref().map_or(&self.decoy, |user| &user.password).verify(password);
        let user = user.filter(|_| right);
        let user = user.ok_or(Error::NotAuthorized("Incorrect username or password."))?;
        if !user.confirmed {
            return Err(Error::UserNotConfirmed);
        }
        let session = Session::new(&user.username, self.client_id(), now());
        let refresh_token = random_name(REFRESH_TOKEN_LENGTH)?;
        let expires_at = session.expires_at.unsigned_abs();
        self.documents.put_until(SESSIONS, &hash(&refresh_token), &session, expires_at)?;
        let mut result = self.tokens(&user, &session)?;
        result["RefreshToken"] = refresh_token.into();
        Ok(result)
    }

    fn refresh(&self, refresh_token: &str) -> Result<Value> {
        let session: Option<Session> = self.documents.get(SESSIONS, &hash(refresh_token))?;
        let session = session.filter(|session| session.client_id == self.client_id());
        let session = session.ok_or(Error::NotAuthorized("Invalid Refresh Token"))?;
        if session.expires_at <= now() {
            return Err(Error::NotAuthorized("Refresh Token has expired"));
        }
        let user = self.user(&session.username)?;
        self.tokens(&user.ok_or(Error::NotAuthorized("Invalid Refresh Token"))?, &session)
    }

    pub(super) fn admin_get_user(&self, input: &AdminGetUser) -> Result<Value> {
        if input.user_pool_id != self.id() {
            return Err(Error::UnknownPool(input.user_pool_id.clone()));
        }
        let user = self.user(&input.username)?.ok_or(Error::UserNotFound)?;
        let attribute = |name: &str, value: &str| json!({ "Name": name, "Value": value });
        let mut attributes = vec![
            attribute("sub", &user.sub.to_string()),
            attribute("email", &user.email),
            attribute("email_verified", &user.email_verified.to_string()),
        ];
        attributes.extend(user.name.map(|name| attribute("name", &name)));
        Ok(json!({
            "Username": user.username,
            "UserAttributes": attributes,
            "UserCreateDate": user.created_at,
            "UserLastModifiedDate": user.modified_at,
            "Enabled": true,
            "UserStatus": if user.confirmed { "CONFIRMED" } else { "UNCONFIRMED" },
        }))
    }
}

/// Only this is kept of a refresh token.
fn hash(refresh_token: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest(&SHA256, refresh_token.as_bytes()))
}
