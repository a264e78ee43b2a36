//! The page that stands in for Google: whoever it is told comes back as if Google had vouched for them.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

use super::authorize::finish;
use super::browser::is_own_form;
use super::login::{forged, show};
use super::page::Form;
use super::parameters::Parameters;
use super::request::AuthorizationRequest;
use super::respond;
use crate::engine::cognito::error::Error;
use crate::engine::cognito::{UserPool, now};

/// The page.
pub async fn page(
    State(pool): State<Arc<UserPool>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    respond(move || match AuthorizationRequest::parse(query.as_deref(), &pool) {
        Ok(request) => show(&headers, &request, StatusCode::OK, &form(None)),
        Err(refusal) => Ok(*refusal),
    })
    .await
}

/// Who they say they are.
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
        let filled_in = Parameters::parse(&body).unwrap_or_default();
        if !is_own_form(&headers, &filled_in) {
            return Ok(forged());
        }
        let email = filled_in.get("email").unwrap_or_default();
        match pool.federate(email, filled_in.get("name"), now()) {
            Ok(user) => finish(&pool, request, &user),
            Err(Error::Internal(fault)) => Err(Error::Internal(fault)),
            Err(refusal) => {
                show(&headers, &request, StatusCode::BAD_REQUEST, &form(Some(&refusal)))
            }
        }
    })
    .await
}

fn form(refusal: Option<&Error>) -> Form {
    Form::new("A stand-in for Google", refusal.map(ToString::to_string))
        .note("On AWS, Google asks here who you are. This page believes you.")
        .field("email", "Email address", "email", "email")
        .optional_field("name", "Name", "text", "name")
}
