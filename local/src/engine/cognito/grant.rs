//! Authorization codes: what the browser carries from the hosted sign-in to the client, once and within five minutes.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::UserPool;
use super::error::{Error, Result};
use super::names::{hash, random_secret};
use super::session::Session;
use super::tokens::Tokens;
use super::user::User;

const CODES: &str = "authorization-code";

/// How long a code is good, in seconds.
const LIFETIME: i64 = 5 * 60;

/// What a client asks for on behalf of somebody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Grant {
    pub client_id: String,
    pub redirect_uri: String,
    /// With blanks between them.
    pub scope: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nonce: Option<String>,
    /// The SHA-256 of the verifier, in base64url.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code_challenge: Option<String>,
}

/// What comes with a code.
pub struct Redemption<'a> {
    pub code: &'a str,
    pub client_id: &'a str,
    pub redirect_uri: &'a str,
    pub code_verifier: Option<&'a str>,
}

/// A code, as it is kept under its hash. Times are in seconds since the epoch.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Code {
    grant: Grant,
    username: String,
    sub: Uuid,
    auth_time: i64,
    expires_at: i64,
}

impl Grant {
    fn fits(&self, redemption: &Redemption) -> bool {
        let verified = match (&self.code_challenge, redemption.code_verifier) {
            (None, None) => true,
            (Some(challenge), Some(verifier)) => {
                verify_slices_are_equal(challenge.as_bytes(), hash(verifier).as_bytes()).is_ok()
            }
            _ => false,
        };
        verified
            && self.client_id == redemption.client_id
            && self.redirect_uri == redemption.redirect_uri
    }
}

impl UserPool {
    /// A code for what `user`, who signed in at `auth_time`, grants.
    pub(super) fn issue_code(
        &self,
        grant: Grant,
        user: &User,
        auth_time: i64,
        now: i64,
    ) -> Result<String> {
        let code = random_secret()?;
        let (username, expires_at) = (user.username.clone(), now + LIFETIME);
        let kept = Code { grant, username, sub: user.sub, auth_time, expires_at };
        self.documents.put_until(CODES, &hash(&code), &kept, expires_at.unsigned_abs())?;
        Ok(code)
    }

    /// The tokens for a code, which is void from now on, right or wrong what comes with it.
    ///
    /// # Errors
    /// `NotAuthorized`.
    pub(super) fn redeem_code(&self, redemption: &Redemption, now: i64) -> Result<Tokens> {
        let invalid = Error::NotAuthorized("Invalid authorization code");
        let _changing = self.changing();
        let id = hash(redemption.code);
        let Some(code): Option<Code> = self.documents.get(CODES, &id)? else {
            return Err(invalid);
        };
        self.documents.delete(CODES, &id)?;
        let user = self.user(&code.username)?;
        let user = user.filter(|user| user.sub == code.sub && !user.disabled);
        match user {
            Some(user) if code.grant.fits(redemption) && now < code.expires_at => {
                let Grant { client_id, scope, nonce, .. } = code.grant;
                let mut session = Session::new(&user, &client_id, &scope, now);
                (session.nonce, session.auth_time) = (nonce, code.auth_time);
                self.begin_session(&user, &session, now)
            }
            _ => Err(invalid),
        }
    }
}
