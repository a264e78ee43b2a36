//! What is kept in the browser: who is signed in, for an hour, and a secret that only the pages of here can send back.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use axum::http::header::{COOKIE, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::parameters::Parameters;
use crate::engine::cognito::UserPool;
use crate::engine::cognito::error::Result;
use crate::engine::cognito::names::{hash, random_secret};
use crate::engine::cognito::user::User;

const BROWSERS: &str = "browser";

/// How long somebody stays signed in to the hosted pages, in seconds; as long as with Cognito.
const LIFETIME: i64 = 60 * 60;

const SESSION_COOKIE: &str = "cognito";
const CSRF_COOKIE: &str = "XSRF-TOKEN";

/// The field of a form that has the secret, too.
pub const CSRF_FIELD: &str = "_csrf";

/// Who is signed in, as it is kept under the hash of the cookie.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Browser {
    username: String,
    sub: Uuid,
    signed_in_at: i64,
}

impl UserPool {
    /// Who is signed in to the hosted pages with this browser, and since when.
    pub(super) fn user_at(&self, headers: &HeaderMap, now: i64) -> Result<Option<(User, i64)>> {
        let Some(cookie) = cookie(headers, SESSION_COOKIE) else { return Ok(None) };
        let kept: Option<Browser> = self.documents.get(BROWSERS, &hash(cookie))?;
        let Some(browser) = kept.filter(|browser| now < browser.signed_in_at + LIFETIME) else {
            return Ok(None);
        };
        let user = self.user(&browser.username)?;
        let user = user.filter(|user| user.sub == browser.sub && !user.disabled);
        Ok(user.map(|user| (user, browser.signed_in_at)))
    }

    /// Lets the browser of `response` stay signed in.
    pub(super) fn remember(&self, response: &mut Response, user: &User, now: i64) -> Result<()> {
        let secret = random_secret()?;
        let browser = Browser { username: user.username.clone(), sub: user.sub, signed_in_at: now };
        let end = (now + LIFETIME).unsigned_abs();
        self.documents.put_until(BROWSERS, &hash(&secret), &browser, end)?;
        set_cookie(response, SESSION_COOKIE, &secret, LIFETIME);
        Ok(())
    }

    /// Signs the browser out.
    pub(super) fn forget(&self, response: &mut Response, headers: &HeaderMap) -> Result<()> {
        if let Some(cookie) = cookie(headers, SESSION_COOKIE) {
            self.documents.delete(BROWSERS, &hash(cookie))?;
        }
        set_cookie(response, SESSION_COOKIE, "", 0);
        Ok(())
    }
}

/// The browser's secret for forms; a new one where it has none.
pub fn csrf_token(headers: &HeaderMap) -> Result<String> {
    match cookie(headers, CSRF_COOKIE).filter(|token| !token.is_empty()) {
        Some(token) => Ok(token.to_owned()),
        None => Ok(random_secret()?),
    }
}

/// Gives the browser its secret for forms.
pub fn set_csrf_token(response: &mut Response, token: &str) {
    set_cookie(response, CSRF_COOKIE, token, LIFETIME);
}

/// Whether a form comes from a page of here: what it holds is what the browser has.
pub fn is_own_form(headers: &HeaderMap, form: &Parameters) -> bool {
    match (cookie(headers, CSRF_COOKIE), form.get(CSRF_FIELD)) {
        (Some(cookie), Some(field)) => {
            verify_slices_are_equal(cookie.as_bytes(), field.as_bytes()).is_ok()
        }
        _ => false,
    }
}

fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let lines = headers.get_all(COOKIE).iter().filter_map(|line| line.to_str().ok());
    let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.split_once('='));
    pairs.find(|(key, _)| key.trim() == name).map(|(_, value)| value.trim())
}

/// No script reads it, and no other site's form sends it.
fn set_cookie(response: &mut Response, name: &str, value: &str, max_age: i64) {
    let cookie = format!("{name}={value}; Path=/local; Max-Age={max_age}; HttpOnly; SameSite=Lax");
    if let Ok(cookie) = HeaderValue::try_from(cookie) {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
}
