//! Access and ID tokens, with Cognito's claims.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::UserPool;
use super::error::{Error, Result};
use super::session::Session;
use super::user::User;

/// How long access and ID tokens are good, in seconds.
pub const ACCESS_TOKEN_LIFETIME: i64 = 15 * 60;

/// What lets a token be used with the operations of the pool itself.
pub(super) const USER_SCOPE: &str = "aws.cognito.signin.user.admin";

/// The tokens of a session.
pub struct Tokens {
    pub access_token: String,
    pub id_token: String,
    pub refresh_token: String,
    /// What they are good for.
    pub scope: String,
}

/// The claims of an access token that tell which one it is.
#[derive(Deserialize)]
struct AccessClaims {
    sub: Uuid,
    origin_jti: Uuid,
    token_use: String,
    exp: i64,
}

impl UserPool {
    /// New tokens of a session, beside a new refresh token.
    pub(super) fn tokens(
        &self,
        user: &User,
        session: &Session,
        refresh_token: String,
        now: i64,
    ) -> Result<Tokens> {
        let access_token = self.key.sign(&self.access_claims(user, session, now))?;
        let id_token = self.key.sign(&self.id_claims(user, session, &access_token, now))?;
        Ok(Tokens { access_token, id_token, refresh_token, scope: session.scope.clone() })
    }

    /// The user and the session of an access token.
    ///
    /// # Errors
    /// `NotAuthorized` for one that is none, has expired, was revoked, or is not good for `scope`.
    pub(super) fn bearer(&self, token: &str, scope: &str, now: i64) -> Result<(User, Session)> {
        let invalid = Error::NotAuthorized("Invalid Access Token");
        let Some(claims) = self.key.verify::<AccessClaims>(token) else { return Err(invalid) };
        if claims.token_use != "access" {
            return Err(invalid);
        }
        if claims.exp <= now {
            return Err(Error::NotAuthorized("Access Token has expired"));
        }
        let found = self.session(claims.sub, claims.origin_jti)?;
        let found = found.ok_or(Error::NotAuthorized("Access Token has been revoked"))?;
        if !found.1.has_scope(scope) {
            return Err(Error::NotAuthorized("Access Token does not have required scopes"));
        }
        Ok(found)
    }

    fn access_claims(&self, user: &User, session: &Session, now: i64) -> Value {
        json!({
            "sub": user.sub,
            "iss": self.issuer(),
            "client_id": session.client_id,
            "origin_jti": session.origin_jti,
            "event_id": session.event_id,
            "token_use": "access",
            "scope": session.scope,
            "auth_time": session.auth_time,
            "exp": now + ACCESS_TOKEN_LIFETIME,
            "iat": now,
            "jti": Uuid::new_v4(),
            "username": user.username,
        })
    }

    fn id_claims(&self, user: &User, session: &Session, access_token: &str, now: i64) -> Value {
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
        if let Some(identity) = &user.identity {
            let group = format!("{}_{}", self.id(), identity.provider);
            claims["cognito:groups"] = json!([group]);
            claims["identities"] = json!([identity.claim()]);
        }
        if session.has_scope("openid") {
            claims["at_hash"] = half_hash(access_token).into();
        }
        if let Some(nonce) = &session.nonce {
            claims["nonce"] = nonce.as_str().into();
        }
        claims
    }
}

impl Tokens {
    /// As the operations of the pool have them.
    pub fn as_result(&self) -> Value {
        json!({
            "AccessToken": self.access_token,
            "IdToken": self.id_token,
            "RefreshToken": self.refresh_token,
            "TokenType": "Bearer",
            "ExpiresIn": ACCESS_TOKEN_LIFETIME,
        })
    }
}

/// The left half of the hash, as `OpenID` Connect has it.
fn half_hash(token: &str) -> String {
    let hash = digest(&SHA256, token.as_bytes());
    let (left, _) = hash.as_ref().split_at(hash.as_ref().len() / 2);
    URL_SAFE_NO_PAD.encode(left)
}
