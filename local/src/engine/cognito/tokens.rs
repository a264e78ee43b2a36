//! Access and ID tokens, with Cognito's claims.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use super::error::Result;
use super::user::User;
use super::{UserPool, now};

/// How long access and ID tokens are good, in seconds.
pub const ACCESS_TOKEN_LIFETIME: i64 = 15 * 60;

/// How long refresh tokens are good, in seconds.
const REFRESH_TOKEN_LIFETIME: i64 = 30 * 24 * 60 * 60;

/// What a refresh token stands for: one sign-in. Times are in seconds since the epoch.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Session {
    pub username: String,
    pub client_id: String,
    pub expires_at: i64,
    origin_jti: Uuid,
    event_id: Uuid,
    auth_time: i64,
}

impl Session {
    pub fn new(username: &str, client_id: &str, now: i64) -> Self {
        Self {
            username: username.to_owned(),
            client_id: client_id.to_owned(),
            expires_at: now + REFRESH_TOKEN_LIFETIME,
            origin_jti: Uuid::new_v4(),
            event_id: Uuid::new_v4(),
            auth_time: now,
        }
    }
}

impl UserPool {
    /// New tokens of a session, without its refresh token.
    pub(super) fn tokens(&self, user: &User, session: &Session) -> Result<Value> {
        let now = now();
        Ok(json!({
            "AccessToken": self.key.sign(&self.access_claims(user, session, now))?,
            "IdToken": self.key.sign(&self.id_claims(user, session, now))?,
            "TokenType": "Bearer",
            "ExpiresIn": ACCESS_TOKEN_LIFETIME,
        }))
    }

    fn access_claims(&self, user: &User, session: &Session, now: i64) -> Value {
        json!({
            "sub": user.sub,
            "iss": self.issuer(),
            "client_id": session.client_id,
            "origin_jti": session.origin_jti,
            "event_id": session.event_id,
            "token_use": "access",
            "scope": "aws.cognito.signin.user.admin",
            "auth_time": session.auth_time,
            "exp": now + ACCESS_TOKEN_LIFETIME,
            "iat": now,
            "jti": Uuid::new_v4(),
            "username": user.username,
        })
    }

    fn id_claims(&self, user: &User, session: &Session, now: i64) -> Value {
        let mut claims = json!({
            "sub": user.sub,
            "email_verified": user.email_verified,
            "iss": self.issuer(),
            "cognito:username": user.username,
            "origin_jti": session.origin_jti,
            "aud": session.client_id,
            "event_id": session.event_id,
            "token_use": "id",
            "auth_time": session.auth_time,
            "exp": now + ACCESS_TOKEN_LIFETIME,
            "iat": now,
            "jti": Uuid::new_v4(),
            "email": user.email,
        });
        if let Some(name) = &user.name {
            claims["name"] = name.as_str().into();
        }
        claims
    }
}
