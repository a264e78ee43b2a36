//! Sign-ins, and the refresh tokens that stand for them. A session lasts until its tokens are revoked, its user signs
//! out everywhere, or its 30 days are over; a refresh token until another one takes its place.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::UserPool;
use super::error::{Error, Result};
use super::names::{hash, random_secret};
use super::tokens::Tokens;
use super::user::User;

const REFRESH_TOKENS: &str = "refresh-token";

/// How long a session can be refreshed, in seconds. A refresh token that takes the place of another one is good for as
/// long as that one was.
const LIFETIME: i64 = 30 * 24 * 60 * 60;

/// How long a refresh token still answers when another one has taken its place, in seconds: the client may not have got
/// the answer.
const RETRY_GRACE: i64 = 60;

/// One sign-in. Times are in seconds since the epoch.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Session {
    pub username: String,
    pub sub: Uuid,
    pub client_id: String,
    /// With blanks between them.
    pub scope: String,
    /// What the client wants to find in its ID token.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nonce: Option<String>,
    pub origin_jti: Uuid,
    pub event_id: Uuid,
    pub auth_time: i64,
    expires_at: i64,
}

/// What is kept of a refresh token, under its hash.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct RefreshToken {
    sub: Uuid,
    origin_jti: Uuid,
    client_id: String,
    expires_at: i64,
    /// When the first other one took its place.
    #[serde(skip_serializing_if = "Option::is_none")]
    rotated_at: Option<i64>,
}

impl Session {
    /// A session that begins now.
    pub fn new(user: &User, client_id: &str, scope: &str, now: i64) -> Self {
        Self {
            username: user.username.clone(),
            sub: user.sub,
            client_id: client_id.to_owned(),
            scope: scope.to_owned(),
            nonce: None,
            origin_jti: Uuid::new_v4(),
            event_id: Uuid::new_v4(),
            auth_time: now,
            expires_at: now + LIFETIME,
        }
    }

    /// Whether its tokens are good for `scope`.
    pub fn has_scope(&self, scope: &str) -> bool {
        self.scope.split(' ').any(|each| each == scope)
    }
}

impl RefreshToken {
    fn is_used_up(&self, now: i64) -> bool {
        self.rotated_at.is_some_and(|at| at + RETRY_GRACE <= now)
    }
}

impl UserPool {
    /// Begins a session: all of its tokens.
    pub(super) fn begin_session(&self, user: &User, session: &Session, now: i64) -> Result<Tokens> {
        let kept_until = session.expires_at.unsigned_abs();
        let (kind, id) = (sessions_of(session.sub), session.origin_jti.to_string());
        self.documents.put_until(&kind, &id, session, kept_until)?;
        let refresh_token = self.new_refresh_token(session)?;
        self.tokens(user, session, refresh_token, now)
    }

    /// New tokens of the session that a refresh token stands for; another refresh token among them, which takes its place.
    ///
    /// # Errors
    /// `NotAuthorized` for a token that is none of `client_id`, has expired or was revoked, `RefreshTokenReuse`.
    pub(super) fn refresh(&self, refresh_token: &str, client_id: &str, now: i64) -> Result<Tokens> {
        let _changing = self.changing();
        let id = hash(refresh_token);
        let kept: Option<RefreshToken> = self.documents.get(REFRESH_TOKENS, &id)?;
        let kept = kept.filter(|kept| kept.client_id == client_id);
        let mut kept = kept.ok_or(Error::NotAuthorized("Invalid Refresh Token"))?;
        if kept.expires_at <= now {
            return Err(Error::NotAuthorized("Refresh Token has expired"));
        }
        let found = self.session(kept.sub, kept.origin_jti)?;
        let (user, session) =
            found.ok_or(Error::NotAuthorized("Refresh Token has been revoked"))?;
        if kept.is_used_up(now) {
            return Err(Error::RefreshTokenReuse);
        }
        if kept.rotated_at.is_none() {
            kept.rotated_at = Some(now);
            let kept_until = kept.expires_at.unsigned_abs();
            self.documents.put_until(REFRESH_TOKENS, &id, &kept, kept_until)?;
        }
        let next = self.new_refresh_token(&session)?;
        self.tokens(&user, &session, next, now)
    }

    /// Ends the session that a refresh token stands for. Of one that nobody knows nothing is said, as RFC 7009 has it.
    ///
    /// # Errors
    /// `UnsupportedTokenType` for a token of another kind.
    pub(super) fn revoke(&self, token: &str, client_id: &str) -> Result<()> {
        if token.split('.').count() == 3 {
            return Err(Error::UnsupportedTokenType);
        }
        let kept: Option<RefreshToken> = self.documents.get(REFRESH_TOKENS, &hash(token))?;
        match kept {
            Some(kept) if kept.client_id == client_id => {
                self.end_session(kept.sub, kept.origin_jti)
            }
            _ => Ok(()),
        }
    }

    /// The session and its user; none when it has ended, or its user was deleted or disabled.
    pub(super) fn session(&self, sub: Uuid, origin_jti: Uuid) -> Result<Option<(User, Session)>> {
        let kept: Option<Session> =
            self.documents.get(&sessions_of(sub), &origin_jti.to_string())?;
        let Some(session) = kept else { return Ok(None) };
        let user = self.user(&session.username)?.filter(|user| user.sub == sub && !user.disabled);
        Ok(user.map(|user| (user, session)))
    }

    fn end_session(&self, sub: Uuid, origin_jti: Uuid) -> Result<()> {
        Ok(self.documents.delete(&sessions_of(sub), &origin_jti.to_string())?)
    }

    /// Ends all sessions of a user, on every device.
    pub(super) fn end_sessions(&self, sub: Uuid) -> Result<()> {
        Ok(self.documents.clear(&sessions_of(sub))?)
    }

    fn new_refresh_token(&self, session: &Session) -> Result<String> {
        let token = random_secret()?;
        let kept = RefreshToken {
            sub: session.sub,
            origin_jti: session.origin_jti,
            client_id: session.client_id.clone(),
            expires_at: session.expires_at,
            rotated_at: None,
        };
        let kept_until = kept.expires_at.unsigned_abs();
        self.documents.put_until(REFRESH_TOKENS, &hash(&token), &kept, kept_until)?;
        Ok(token)
    }
}

/// The kind of documents that the sessions of one user are.
fn sessions_of(sub: Uuid) -> String {
    format!("session#{sub}")
}
