//! Errors on the wire: RFC 9457. The one place that knows which error has which status and code.

use std::time::Duration;

use http::{StatusCode, header};
use lambda_http::{Body, Response};
use schemars::JsonSchema;
use serde::Serialize;
use strum::{IntoStaticStr, VariantArray};

use crate::error::{Error, FieldError, Quota};

/// How long to wait before what was [`Error::Unavailable`] is tried again.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// What went wrong, as RFC 9457 has it.
#[derive(Debug, Serialize, JsonSchema)]
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
    pub code: Code,
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
        let code = Code::from(error);
        let status = code.status();
        Self {
            r#type: code.urn(),
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
        Error::UnknownApiKey => {
            builder = builder.header(header::WWW_AUTHENTICATE, "ApiKey");
        }
        _ => {}
    }
    builder.body(Body::Text(body)).unwrap_or_default()
}

/// Rounded up, and at least one: waiting this long is always enough.
fn whole_seconds(duration: Duration) -> u64 {
    duration.as_millis().div_ceil(1_000).max(1).try_into().unwrap_or(u64::MAX)
}

/// What can be wrong with a request, for a program to compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema, IntoStaticStr, VariantArray)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "ProblemCode")]
#[strum(serialize_all = "kebab-case")]
pub enum Code {
    /// The request cannot be read: no JSON, a wrong type, an unknown field, a bad cursor. `errors` names it.
    Malformed,
    /// The request can be read and has values that are not allowed, or none where one is required. `errors` names each.
    Invalid,
    /// The body is larger than 256 KiB.
    TooLarge,
    /// The body is not declared as JSON.
    NotJson,
    /// No valid access token, token of the notifications, or API key.
    Unauthenticated,
    /// The user name, the password, or what else was brought to sign in with is wrong.
    BadCredentials,
    /// The account waits for the code that was sent when it was registered.
    NotConfirmed,
    /// The caller may not do this.
    Forbidden,
    /// The caller does not belong to the group.
    NotAMember,
    /// One of the two people has blocked the other.
    Blocked,
    /// There is none, or the caller may not know of it.
    NotFound,
    /// Someone has this user name.
    UsernameTaken,
    /// A second factor is on already.
    MfaOn,
    /// The `clientGroupId` stands for a group with another content.
    ClientGroupIdReused,
    /// The `clientMessageId` stands for a message with another content, or in another conversation.
    ClientMessageIdReused,
    /// The `TraceId` stands for a request with another body.
    TraceIdReused,
    /// A group keeps an owner.
    LastOwner,
    /// The group has as many members as it may.
    GroupFull,
    /// The message was deleted.
    Deleted,
    /// Too many requests: repeat it after `Retry-After`.
    TooManyRequests,
    /// Busy: repeat it after `Retry-After`.
    Unavailable,
    /// A fault of the service, which is in its log under `requestId`.
    Internal,
}

impl Code {
    /// Its status.
    #[must_use]
    pub fn status(self) -> StatusCode {
        match self {
            Self::Malformed => StatusCode::BAD_REQUEST,
            Self::Invalid => StatusCode::UNPROCESSABLE_ENTITY,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::NotJson => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Unauthenticated | Self::BadCredentials => StatusCode::UNAUTHORIZED,
            Self::NotConfirmed | Self::Forbidden | Self::NotAMember | Self::Blocked => {
                StatusCode::FORBIDDEN
            }
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::UsernameTaken
            | Self::MfaOn
            | Self::ClientGroupIdReused
            | Self::ClientMessageIdReused
            | Self::TraceIdReused
            | Self::LastOwner
            | Self::GroupFull
            | Self::Deleted => StatusCode::CONFLICT,
            Self::TooManyRequests => StatusCode::TOO_MANY_REQUESTS,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// Its name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// What [`Problem`]s call it in `type`.
    #[must_use]
    pub fn urn(self) -> String {
        format!("urn:chinwag:problem:{}", self.as_str())
    }
}

impl From<&Error> for Code {
    fn from(error: &Error) -> Self {
        match error {
            Error::Malformed(_) => Self::Malformed,
            Error::Invalid(_) => Self::Invalid,
            Error::TooLarge(_) => Self::TooLarge,
            Error::NotJson => Self::NotJson,
            Error::Unauthenticated | Error::UnknownApiKey => Self::Unauthenticated,
            Error::BadCredentials | Error::SignInRefused(_) => Self::BadCredentials,
            Error::NotConfirmed => Self::NotConfirmed,
            Error::Forbidden(_) => Self::Forbidden,
            Error::NotAMember => Self::NotAMember,
            Error::Blocked => Self::Blocked,
            Error::NotFound(_) => Self::NotFound,
            Error::UsernameTaken => Self::UsernameTaken,
            Error::MfaOn => Self::MfaOn,
            Error::ClientIdReused("clientGroupId") => Self::ClientGroupIdReused,
            Error::ClientIdReused(_) => Self::ClientMessageIdReused,
            Error::TraceIdReused => Self::TraceIdReused,
            Error::LastOwner => Self::LastOwner,
            Error::GroupFull => Self::GroupFull,
            Error::Deleted => Self::Deleted,
            Error::TooMany(_) => Self::TooManyRequests,
            Error::Unavailable => Self::Unavailable,
            Error::Internal(_) => Self::Internal,
        }
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
    fn a_code_has_one_name() {
        for code in Code::VARIANTS {
            assert_eq!(serde_json::to_value(code).unwrap(), code.as_str());
        }
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
