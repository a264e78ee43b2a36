//! The login page: user name and password, and what is asked for behind them.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde_json::Value;

use super::authorize::finish;
use super::browser::{csrf_token, is_own_form, set_csrf_token};
use super::page::{Form, error_page};
use super::parameters::Parameters;
use super::request::AuthorizationRequest;
use super::{GOOGLE, respond};
use crate::engine::cognito::challenge::{Challenge, ChallengeName, Step};
use crate::engine::cognito::error::{Error, Result};
use crate::engine::cognito::mfa::{AssociateSoftwareToken, VerifySoftwareToken};
use crate::engine::cognito::totp::SoftwareToken;
use crate::engine::cognito::{UserPool, now};

/// The page.
pub async fn page(
    State(pool): State<Arc<UserPool>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    respond(move || match AuthorizationRequest::parse(query.as_deref(), &pool) {
        Ok(request) => show(&headers, &request, StatusCode::OK, &password_form(&request, None)),
        Err(refusal) => Ok(*refusal),
    })
    .await
}

/// What was filled in: the password, or the answer to a challenge.
pub async fn submit(
    State(pool): State<Arc<UserPool>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: String,
) -> Response {
    respond(move || {
        let request = match AuthorizationRequest::parse(query.as_deref(), &pool) {
            Ok(request) => request,
            Err(refusal) => return Ok(*refusal),
        };
        let form = Parameters::parse(&body).unwrap_or_default();
        if !is_own_form(&headers, &form) {
            return Ok(forged());
        }
        let step = match form.get("session") {
            Some(session) => answer(&pool, session, form.clone()),
            None => pool.sign_in(
                form.get("username").unwrap_or_default(),
                form.get("password").unwrap_or_default(),
                now(),
            ),
        };
        match step {
            Ok(Step::Done(user)) => finish(&pool, request, &user),
            Ok(Step::Challenge { name, session, .. }) => {
                let form = challenge_form(&pool, name, &session, None)?;
                show(&headers, &request, StatusCode::OK, &form)
            }
            Err(Error::Internal(fault)) => Err(Error::Internal(fault)),
            Err(refusal) => {
                let form = again(&pool, &request, &form, &refusal)?;
                show(&headers, &request, StatusCode::BAD_REQUEST, &form)
            }
        }
    })
    .await
}

/// Where a form does not come from a page of here.
pub fn forged() -> Response {
    error_page(
        StatusCode::FORBIDDEN,
        "This form is out of date. Go back, load the page anew and try again.",
    )
}

/// A page with a form, which only this browser can send.
pub fn show(
    headers: &HeaderMap,
    request: &AuthorizationRequest,
    status: StatusCode,
    form: &Form,
) -> Result<Response> {
    let token = csrf_token(headers)?;
    let mut response = form.page(status, &token, &request.redirect.source());
    set_csrf_token(&mut response, &token);
    Ok(response)
}

/// Of an app that is to be set up it is the first code.
fn answer(pool: &UserPool, session: &str, form: Parameters) -> Result<Step> {
    let session = match form.get("user_code") {
        Some(code) => {
            let input = VerifySoftwareToken {
                access_token: None,
                session: Some(session.to_owned()),
                user_code: code.to_owned(),
                friendly_device_name: None,
            };
            text(&pool.verify_software_token(input, now())?, "Session")
        }
        None => session.to_owned(),
    };
    let answer = form.into_map().into_iter().collect();
    pool.answer(&session, |challenge| challenge.client_id == pool.client_id(), &answer, now())
}

/// The form once more, with what was wrong; from the beginning where the session is over.
fn again(
    pool: &UserPool,
    request: &AuthorizationRequest,
    form: &Parameters,
    refusal: &Error,
) -> Result<Form> {
    let Some(session) = form.get("session") else {
        return Ok(password_form(request, Some(refusal)));
    };
    match pool.challenge(session, now()) {
        Ok((user, Challenge { name: ChallengeName::MfaSetup, .. })) => {
            let secret = user.factors.software_token.as_ref().map(SoftwareToken::secret);
            Ok(setup_form(secret.unwrap_or_default(), session, Some(refusal)))
        }
        Ok((_, challenge)) => challenge_form(pool, challenge.name, session, Some(refusal)),
        Err(Error::Internal(fault)) => Err(Error::Internal(fault)),
        Err(_) => Ok(password_form(request, Some(refusal))),
    }
}

fn password_form(request: &AuthorizationRequest, refusal: Option<&Error>) -> Form {
    Form::new("Sign in", refusal.map(ToString::to_string))
        .field("username", "Username", "text", "username")
        .field("password", "Password", "password", "current-password")
        .link(&format!("{GOOGLE}?{}", request.query), "Continue with Google")
}

fn challenge_form(
    pool: &UserPool,
    name: ChallengeName,
    session: &str,
    refusal: Option<&Error>,
) -> Result<Form> {
    let form =
        |title| Form::new(title, refusal.map(ToString::to_string)).hidden("session", session);
    Ok(match name {
        ChallengeName::NewPasswordRequired => form("Choose a new password").field(
            "NEW_PASSWORD",
            "New password",
            "password",
            "new-password",
        ),
        ChallengeName::SoftwareTokenMfa => {
            form("Enter a code").code("SOFTWARE_TOKEN_MFA_CODE", "Code of your authenticator app")
        }
        ChallengeName::EmailOtp => {
            form("Enter a code").code("EMAIL_OTP_CODE", "Code that was mailed to you")
        }
        ChallengeName::SelectMfaType => form("Choose a second factor").choice(
            "ANSWER",
            &[("SOFTWARE_TOKEN_MFA", "Authenticator app"), ("EMAIL_OTP", "Mail")],
        ),
        ChallengeName::MfaSetup => {
            let session = Some(session.to_owned());
            let input = AssociateSoftwareToken { access_token: None, session };
            let app = pool.associate_software_token(&input, now())?;
            setup_form(&text(&app, "SecretCode"), &text(&app, "Session"), refusal)
        }
    })
}

fn setup_form(secret: &str, session: &str, refusal: Option<&Error>) -> Form {
    Form::new("Set up an authenticator app", refusal.map(ToString::to_string))
        .note(&format!("Give your app this key: {secret}"))
        .hidden("session", session)
        .code("user_code", "Code of your authenticator app")
}

fn text(output: &Value, member: &str) -> String {
    output[member].as_str().unwrap_or_default().to_owned()
}
