//! What the gateway answers itself, before any handler runs.

use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value};
use shared::error::{Error, FieldError};
use shared::http::{MAX_BODY_BYTES, problem};

use super::body;

/// Why a request does not reach a handler, or does not come back from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// No such path or method.
    NotFound,
    /// No valid access token.
    Unauthorized,
    /// Not signed, or wrongly.
    Forbidden,
    /// The lambda that lets callers in does not.
    Denied,
    /// Not from this machine.
    Elsewhere,
    /// The body is above the limit.
    TooLarge,
    /// The body ended early.
    Incomplete,
    /// The handler broke off.
    Internal,
}

impl Refusal {
    /// The problem of the request `request_id`, with the `message` of API Gateway's own body added.
    pub fn response(self, request_id: &str) -> Response {
        let problem = problem(&self.error(), request_id);
        let (head, body) = problem.into_parts();
        let mut members: Map<String, Value> = serde_json::from_slice(&body).unwrap_or_default();
        members.insert("message".to_owned(), self.message().into());
        let body = lambda_http::Body::Text(Value::Object(members).to_string());
        (head, body::from_lambda(body)).into_response()
    }

    fn error(self) -> Error {
        match self {
            Self::NotFound => Error::NotFound("route"),
            Self::Unauthorized => Error::Unauthenticated,
            Self::Forbidden => Error::Forbidden("the request must be signed for AWS (SigV4)"),
            Self::Elsewhere => {
                Error::Forbidden("the local server does this for its own machine alone")
            }
            Self::Denied => Error::Forbidden("the token is not accepted"),
            Self::TooLarge => Error::TooLarge(MAX_BODY_BYTES),
            Self::Incomplete => Error::Malformed(FieldError::new("", "the body ended early")),
            Self::Internal => Error::internal("the handler broke off"),
        }
    }

    fn message(self) -> &'static str {
        match self {
            Self::NotFound => "Not Found",
            Self::Unauthorized => "Unauthorized",
            Self::Forbidden | Self::Denied | Self::Elsewhere => "Forbidden",
            Self::TooLarge => "Request Entity Too Large",
            Self::Incomplete => "Bad Request",
            Self::Internal => "Internal Server Error",
        }
    }
}
