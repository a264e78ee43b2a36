//! The wire format that Cognito, Secrets Manager, SQS and End User Messaging share: awsJson1.1, and 1.0, which differs in
//! the name alone.

use axum::body::Body;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;

const CONTENT_TYPE: &str = "application/x-amz-json-1.1";

/// What an AWS service answers to a call that it refuses: a code for the SDK and a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The name of the exception.
    pub code: &'static str,
    /// What is wrong.
    pub message: String,
}

impl Refusal {
    /// The service has no such operation.
    #[must_use]
    pub fn unknown_operation() -> Self {
        Self { code: "UnknownOperationException", message: String::new() }
    }

    /// The service itself failed.
    #[must_use]
    pub fn internal(code: &'static str) -> Self {
        Self { code, message: "Something went wrong".to_owned() }
    }
}

/// The answer's JSON, or why there is none.
pub type Outcome = Result<Vec<u8>, Refusal>;

/// The service and the operation that a request names.
#[must_use]
pub fn target(headers: &HeaderMap) -> Option<(&str, &str)> {
    headers.get("x-amz-target")?.to_str().ok()?.split_once('.')
}

/// Reads the input of an operation, runs it and writes its output.
///
/// # Errors
/// `SerializationException` for an input that does not fit, else what `operation` says.
pub fn run<I, O, E>(body: &[u8], operation: impl FnOnce(I) -> Result<O, E>) -> Outcome
where
    I: DeserializeOwned,
    O: Serialize,
    E: Into<Refusal>,
{
    let unreadable = |_| Refusal {
        code: "SerializationException",
        message: "the input cannot be read".to_owned(),
    };
    let output =
        operation(serde_json::from_slice(body).map_err(unreadable)?).map_err(Into::into)?;
    serde_json::to_vec(&output).map_err(|_| Refusal::internal("InternalFailure"))
}

/// The HTTP response.
#[must_use]
pub fn respond(outcome: Outcome) -> Response {
    let (status, body) = match outcome {
        Ok(body) => (StatusCode::OK, body),
        Err(Refusal { code, message }) => {
            let ours = code.starts_with("Internal");
            let status =
                if ours { StatusCode::INTERNAL_SERVER_ERROR } else { StatusCode::BAD_REQUEST };
            (status, json!({ "__type": code, "message": message }).to_string().into_bytes())
        }
    };
    (status, [(header::CONTENT_TYPE, CONTENT_TYPE)], Body::from(body)).into_response()
}
