//! Errors on the wire: RFC 9457. The one place that knows which error has which status and code.

use std::time::Duration;

use http::{StatusCode, header};
use lambda_http::{Body, Response};
use serde::Serialize;

use crate::error::{Error, FieldError, Quota};

/// How long to wait before what was [`Error::Unavailable`] is tried again.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// The body of an `application/problem+json` answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Problem<'a> {
    /// `urn:chinwag:problem:<code>`.
    pub r#type: String,
    /// The status in words.
    pub title: &'static str,
    /// The HTTP status.
    pub status: u16,
    /// What is wrong, for a developer to read.
    pub detail: String,
    /// What is wrong, for a program to compare.
    pub code: &'static str,
    /// Names the request in the log.
    pub request_id: &'a str,
    /// Each bad value.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub errors: &'a [FieldError],
}

impl<'a> Problem<'a> {
    /// `error` as the answer to the request `request_id`.
    #[must_use]
    pub fn new(error: &'a Error, request_id: &'a str) -> Self {
        let (status, code) = status_and_code(error);
        Self {
            r#type: format!("urn:chinwag:problem:{code}"),
            title: status.canonical_reason().unwrap_or_default(),
            status: status.as_u16(),
            detail: error.to_string(),
            code,
            request_id,
            errors: match error {
                Error::Malformed(field) => std::slice::from_ref(field),
                Error::Invalid(fields) => fields,
                _ => &[],
            },
        }
    }
}

/// The response to a request that failed with `error`.
#[must_use]
pub fn problem(error: &Error, request_id: &str) -> Response<Body> {
    let problem = Problem::new(error, request_id);
    let body = serde_json::to_string(&problem).unwrap_or_default();
    let mut builder = Response::builder()
        .status(problem.status)
        .header(header::CONTENT_TYPE, "application/problem+json");
    match error {
        Error::TooMany(quota) => {
            let Quota { limit, window, retry_after } = quota;
            builder = builder
                .header(header::RETRY_AFTER, whole_seconds(*retry_after))
                .header(
                    "ratelimit-policy",
                    format!("\"default\";q={limit};w={}", whole_seconds(*window)),
                )
                .header("ratelimit", format!("\"default\";r=0;t={}", whole_seconds(*retry_after)));
        }
        Error::Unavailable => {
            builder = builder.header(header::RETRY_AFTER, whole_seconds(RETRY_AFTER));
        }
        Error::Unauthenticated | Error::BadCredentials | Error::SignInRefused(_) => {
            builder = builder.header(header::WWW_AUTHENTICATE, "Bearer");
        }
        _ => {}
    }
    builder.body(Body::Text(body)).unwrap_or_default()
}

/// Rounded up, and at least one: waiting this long is always enough.
fn whole_seconds(duration: Duration) -> u64 {
    duration.as_millis().div_ceil(1_000).max(1).try_into().unwrap_or(u64::MAX)
}

fn status_and_code(error: &Error) -> (StatusCode, &'static str) {
    match error {
        Error::Malformed(_) => (StatusCode::BAD_REQUEST, "malformed"),
        Error::Invalid(_) => (StatusCode::UNPROCESSABLE_ENTITY, "invalid"),
        Error::TooLarge(_) => (StatusCode::PAYLOAD_TOO_LARGE, "too-large"),
        Error::NotJson => (StatusCode::UNSUPPORTED_MEDIA_TYPE, "not-json"),
        Error::Unauthenticated | Error::UnknownApiKey => {
            (StatusCode::UNAUTHORIZED, "unauthenticated")
        }
        Error::BadCredentials | Error::SignInRefused(_) => {
            (StatusCode::UNAUTHORIZED, "bad-credentials")
        }
        Error::NotConfirmed => (StatusCode::FORBIDDEN, "not-confirmed"),
        Error::Forbidden(_) => (StatusCode::FORBIDDEN, "forbidden"),
        Error::NotAMember => (StatusCode::FORBIDDEN, "not-a-member"),
        Error::Blocked => (StatusCode::FORBIDDEN, "blocked"),
        Error::NotFound(_) => (StatusCode::NOT_FOUND, "not-found"),
        Error::UsernameTaken => (StatusCode::CONFLICT, "username-taken"),
        Error::MfaOn => (StatusCode::CONFLICT, "mfa-on"),
        Error::ClientIdReused("clientGroupId") => (StatusCode::CONFLICT, "client-group-id-reused"),
        Error::ClientIdReused(_) => (StatusCode::CONFLICT, "client-message-id-reused"),
        Error::TraceIdReused => (StatusCode::CONFLICT, "trace-id-reused"),
        Error::LastOwner => (StatusCode::CONFLICT, "last-owner"),
        Error::GroupFull => (StatusCode::CONFLICT, "group-full"),
        Error::Deleted => (StatusCode::CONFLICT, "deleted"),
        Error::TooMany(_) => (StatusCode::TOO_MANY_REQUESTS, "too-many-requests"),
        Error::Unavailable => (StatusCode::SERVICE_UNAVAILABLE, "unavailable"),
        Error::Internal(_) => (StatusCode::INTERNAL_SERVER_ERROR, "internal"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_of_ours_shows_a_request_id_and_nothing_internal() {
        let response = problem(&Error::internal("table Users is on fire"), "r-1");
        assert_eq!(response.status(), 500);
        let Body::Text(body) = response.body() else { panic!("no text") };
        assert_eq!(
            body,
            r#"{"type":"urn:chinwag:problem:internal","title":"Internal Server Error","status":500,"detail":"something went wrong on our side","code":"internal","requestId":"r-1"}"#
        );
    }

    #[test]
    fn a_wait_is_told_in_whole_seconds_that_suffice() {
        let quota = Quota {
            limit: 10,
            window: Duration::from_secs(1),
            retry_after: Duration::from_millis(1_001),
        };
        let response = problem(&Error::TooMany(quota), "r-1");
        assert_eq!(response.headers()["retry-after"], "2");
        assert_eq!(response.headers()["ratelimit-policy"], "\"default\";q=10;w=1");
        assert_eq!(response.headers()["ratelimit"], "\"default\";r=0;t=2");
    }
}
