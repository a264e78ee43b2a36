//! Why a command ends without having done what was asked, and the exit code that says so.

use std::fmt::{self, Display, Write};
use std::process::ExitCode;
use std::time::Duration;

use http::{HeaderMap, StatusCode, header};
use serde::{Deserialize, Serialize};

use crate::output::safe;

/// What a command answers.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a command ends without having done what was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The server, or AWS, said no.
    #[error("{0}")]
    Refused(Box<Problem>),
    /// The command itself is wrong.
    #[error("{0}")]
    Usage(String),
    /// Nobody is signed in, or not any more.
    #[error("{0}")]
    NotSignedIn(String),
    /// There was no answer.
    #[error("cannot reach {url}: {reason}")]
    Unreachable {
        /// Where the server should be.
        url: String,
        /// What the network says.
        reason: String,
    },
    /// Anything else.
    #[error("{0}")]
    Failed(String),
}

impl Error {
    /// What cannot be done for the reason that `error` gives.
    pub fn failed(error: impl Display) -> Self {
        Self::Failed(error.to_string())
    }

    /// Whether the same may go well a moment later.
    pub fn may_pass(&self) -> bool {
        match self {
            Self::Unreachable { .. } => true,
            Self::Refused(problem) => problem.status == 429 || problem.status >= 500,
            _ => false,
        }
    }

    /// For how long the server wants to be left alone.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Refused(problem) => problem.retry_after,
            _ => None,
        }
    }

    /// The status that the server refused with.
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Refused(problem) => Some(problem.status),
            _ => None,
        }
    }

    /// The exit codes, as [`crate::EXIT_CODES`] tells them.
    pub fn exit_code(&self) -> ExitCode {
        ExitCode::from(match self {
            Self::Usage(_) => 2,
            Self::NotSignedIn(_) => 3,
            error if error.may_pass() => 4,
            _ => 1,
        })
    }

    /// The error for a program to read: a problem as the server sent it, or one of our own.
    pub fn to_problem(&self) -> Problem {
        match self {
            Self::Refused(problem) => Problem::clone(problem),
            error => Problem { title: error.to_string(), ..Problem::default() },
        }
    }
}

impl From<&str> for Error {
    fn from(text: &str) -> Self {
        Self::Failed(text.to_owned())
    }
}

impl From<String> for Error {
    fn from(text: String) -> Self {
        Self::Failed(text)
    }
}

/// Problem details (RFC 9457), as the server sends them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Problem {
    #[serde(skip_serializing_if = "String::is_empty")]
    r#type: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    title: String,
    #[serde(skip_serializing_if = "is_zero")]
    status: u16,
    #[serde(skip_serializing_if = "String::is_empty")]
    detail: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    code: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    request_id: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<FieldError>,
    #[serde(skip)]
    retry_after: Option<Duration>,
}

/// A value that is refused.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default)]
struct FieldError {
    pointer: String,
    detail: String,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(status: &u16) -> bool {
    *status == 0
}

/// What API Gateway itself answers with.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct GatewayAnswer {
    #[serde(alias = "Message")]
    message: String,
}

impl Problem {
    /// Reads an answer that refuses.
    pub fn read(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Self {
        let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let mut problem: Self = serde_json::from_slice(body).unwrap_or_default();
        problem.status = status.as_u16();
        if problem.title.is_empty() {
            status.canonical_reason().unwrap_or_default().clone_into(&mut problem.title);
            let answer: GatewayAnswer = serde_json::from_slice(body).unwrap_or_default();
            problem.detail = answer.message;
        }
        if problem.request_id.is_empty() {
            let id = header("apigw-requestid").or_else(|| header("x-amzn-requestid"));
            id.unwrap_or_default().clone_into(&mut problem.request_id);
        }
        let seconds = header(header::RETRY_AFTER.as_str()).and_then(|value| value.parse().ok());
        problem.retry_after = seconds.map(Duration::from_secs);
        problem
    }
}

impl Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", safe(&self.title), self.status)?;
        if !self.detail.is_empty() && self.detail != self.title {
            write!(f, ": {}", safe(&self.detail))?;
        }
        for error in &self.errors {
            let pointer = if error.pointer.is_empty() { "the body" } else { &error.pointer };
            write!(f, "\n  {}: {}", safe(pointer), safe(&error.detail))?;
        }
        if !self.request_id.is_empty() {
            f.write_char('\n')?;
            write!(f, "  request {}", safe(&self.request_id))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_tells_each_bad_field_and_the_request() {
        let body = br#"{"title":"Unprocessable Content","status":422,"detail":"not valid","code":"invalid",
            "requestId":"r-1","errors":[{"pointer":"/body","detail":"is\u001b[2J required"}]}"#;
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        let problem = Problem::read(status, &HeaderMap::new(), body);
        assert_eq!(
            problem.to_string(),
            "Unprocessable Content (422): not valid\n  /body: is\\u{1b}[2J required\n  request r-1"
        );
    }

    #[test]
    fn an_answer_of_the_gateway_itself_is_told_too() {
        let mut headers = HeaderMap::new();
        headers.insert("apigw-requestid", http::HeaderValue::from_static("abc"));
        headers.insert(header::RETRY_AFTER, http::HeaderValue::from_static("7"));
        let body = br#"{"message":"Unauthorized access"}"#;
        let problem = Problem::read(StatusCode::UNAUTHORIZED, &headers, body);
        assert_eq!(problem.to_string(), "Unauthorized (401): Unauthorized access\n  request abc");
        assert_eq!(problem.retry_after, Some(Duration::from_secs(7)));
        let nothing = Problem::read(StatusCode::BAD_GATEWAY, &HeaderMap::new(), b"<html>");
        assert_eq!(nothing.to_string(), "Bad Gateway (502)");
    }
}
