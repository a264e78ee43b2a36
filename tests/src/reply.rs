//! Answers, and what must be true of each.

#![expect(
    clippy::must_use_candidate,
    reason = "to check an answer is often all that is done with it"
)]

use std::fmt;
use std::ops::{Deref, Index};

use http::StatusCode;
use http::header::{CONTENT_TYPE, HeaderMap};
use serde_json::Value;

/// What no answer may show: where the code is, what it is made of.
const INTERNALS: &[&str] = &[
    "panicked",
    "backtrace",
    "dynamo",
    "sqlite",
    "cognito",
    "serde",
    "exception",
    ".rs:",
    " at line ",
];

/// What came back. Not to be let go unchecked: see [`Reply::expect`], [`Reply::problem`].
#[must_use]
#[derive(Debug, Clone)]
pub struct Reply {
    /// The request, for the message of a failed test.
    asked: String,
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body; null where there is none, a text where it is no JSON.
    pub body: Value,
}

/// A success whose form was checked.
#[derive(Debug, Clone)]
pub struct Answer(Reply);

/// A refusal whose form was checked.
#[derive(Debug, Clone)]
pub struct Refusal(Reply);

impl Reply {
    pub(crate) fn new(asked: String, status: StatusCode, headers: HeaderMap, text: String) -> Self {
        let body = if text.is_empty() {
            Value::Null
        } else {
            serde_json::from_str(&text).unwrap_or(Value::String(text))
        };
        Self { asked, status, headers, body }
    }

    /// The answer, if it has this status (a success) and holds to the conventions.
    #[track_caller]
    pub fn expect(self, status: u16) -> Answer {
        assert_eq!(self.status.as_u16(), status, "the status of\n{self}");
        if self.body.is_null() {
            assert!(!self.headers.contains_key(CONTENT_TYPE), "a content type and no body\n{self}");
        } else {
            assert_eq!(self.header("content-type"), "application/json", "{self}");
        }
        if let Some(bad) = unconventional(&self.body, "") {
            panic!("{bad} in\n{self}");
        }
        Answer(self)
    }

    /// The refusal, if it is one with this status and code in the form of RFC 9457.
    #[track_caller]
    pub fn problem(self, status: u16, code: &str) -> Refusal {
        let refusal = self.refused(status);
        assert_eq!(refusal.code(), code, "the code of\n{}", refusal.0);
        refusal
    }

    /// As [`Reply::problem`], for a code that the contract leaves open.
    #[track_caller]
    pub fn refused(self, status: u16) -> Refusal {
        assert_eq!(self.status.as_u16(), status, "the status of\n{self}");
        if let Some(bad) = self.not_a_problem() {
            panic!("{bad} in\n{self}");
        }
        self.show_nothing_internal();
        Refusal(self)
    }

    /// Checks a refusal that API Gateway makes itself on AWS, with its own body.
    #[track_caller]
    pub fn turned_away(self, status: u16) {
        assert_eq!(self.status.as_u16(), status, "the status of\n{self}");
        assert!(self.body["message"].is_string() || self.body["code"].is_string(), "{self}");
        self.show_nothing_internal();
    }

    /// A header as text; empty where there is none.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The body's text member `name`.
    #[must_use]
    #[track_caller]
    pub fn text(&self, name: &str) -> &str {
        self[name].as_str().unwrap_or_else(|| panic!("no text {name} in\n{self}"))
    }

    /// The `seq` of an entry.
    #[must_use]
    #[track_caller]
    pub fn seq(&self) -> u64 {
        self["seq"].as_u64().unwrap_or_else(|| panic!("no seq in\n{self}"))
    }

    /// What keeps the body from being problem details as the contract has them.
    fn not_a_problem(&self) -> Option<String> {
        let text = |name: &str| self.body[name].as_str().unwrap_or_default();
        let known = ["type", "title", "status", "detail", "code", "requestId", "errors"];
        let members = self.body.as_object().map(serde_json::Map::keys);
        let unknown = members.into_iter().flatten().find(|name| !known.contains(&name.as_str()));
        let empty =
            ["title", "detail", "code", "requestId"].into_iter().find(|n| text(n).is_empty());
        let plain = |c: char| c.is_ascii_lowercase() || c == '-';
        if self.header("content-type") != "application/problem+json" {
            Some("another content type than application/problem+json".to_owned())
        } else if let Some(name) = empty {
            Some(format!("no {name}"))
        } else if self.body["status"] != self.status.as_u16() {
            Some("a status that is not the answer's".to_owned())
        } else if !text("code").chars().all(plain) {
            Some("a code that is none".to_owned())
        } else if text("type") != format!("urn:chinwag:problem:{}", text("code")) {
            Some("a type that does not name the code".to_owned())
        } else if let Some(name) = unknown {
            Some(format!("the unknown member {name}"))
        } else {
            self.bad_field_errors()
        }
    }

    fn bad_field_errors(&self) -> Option<String> {
        let errors = self.body.get("errors")?;
        let is_one = |error: &Value| {
            let detail = error["detail"].as_str().unwrap_or_default();
            let members = error.as_object().map_or(0, serde_json::Map::len);
            error["pointer"].is_string() && !detail.is_empty() && members == 2
        };
        let fine = errors.as_array().is_some_and(|all| !all.is_empty() && all.iter().all(is_one));
        (!fine).then(|| "errors that are no list of pointers and details".to_owned())
    }

    #[track_caller]
    fn show_nothing_internal(&self) {
        let text = self.body.to_string().to_lowercase();
        let shown = INTERNALS.iter().find(|word| text.contains(**word));
        assert_eq!(shown, None, "this is nobody's business:\n{self}");
    }
}

impl Refusal {
    /// Checks that exactly these values are named, in any order.
    #[track_caller]
    pub fn naming(&self, pointers: &[&str]) {
        let mut named = self.pointers();
        named.sort_unstable();
        named.dedup();
        let mut expected = pointers.to_vec();
        expected.sort_unstable();
        assert_eq!(named, expected, "the pointers of\n{}", self.0);
    }

    /// The values that are named.
    #[must_use]
    pub fn pointers(&self) -> Vec<&str> {
        let errors = self.0.body["errors"].as_array().map(Vec::as_slice).unwrap_or_default();
        errors.iter().filter_map(|error| error["pointer"].as_str()).collect()
    }

    /// What is said about the values, in one text.
    #[must_use]
    pub fn details(&self) -> String {
        let errors = self.0.body["errors"].as_array().map(Vec::as_slice).unwrap_or_default();
        errors.iter().filter_map(|error| error["detail"].as_str()).collect::<Vec<_>>().join("; ")
    }

    /// Its code.
    #[must_use]
    pub fn code(&self) -> &str {
        self.0.body["code"].as_str().unwrap_or_default()
    }

    /// All of it but `requestId`, which differs each time.
    #[must_use]
    pub fn without_request_id(&self) -> Value {
        let mut body = self.0.body.clone();
        if let Some(members) = body.as_object_mut() {
            members.remove("requestId");
        }
        body
    }
}

impl Deref for Answer {
    type Target = Reply;

    fn deref(&self) -> &Reply {
        &self.0
    }
}

impl Index<&str> for Reply {
    type Output = Value;

    fn index(&self, name: &str) -> &Value {
        &self.body[name]
    }
}

impl fmt::Display for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.asked)?;
        writeln!(f, "  {}", self.status)?;
        for (name, value) in &self.headers {
            writeln!(f, "  {name}: {}", String::from_utf8_lossy(value.as_bytes()))?;
        }
        write!(f, "{:#}", self.body)
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What in an answer is not as the contract has it everywhere: a null that is not the whole body, a time in another
/// form.
fn unconventional(value: &Value, name: &str) -> Option<String> {
    match value {
        Value::Null if !name.is_empty() => Some(format!("null for {name}")),
        Value::Array(items) => items.iter().find_map(|item| unconventional(item, "an item")),
        Value::Object(members) => {
            members.iter().find_map(|(name, value)| unconventional(value, name))
        }
        _ if name.ends_with("At") && !value.as_str().is_some_and(is_time) => {
            Some(format!("{name} is no UTC time with milliseconds"))
        }
        _ => None,
    }
}

/// Whether `text` is like `2026-11-22T13:02:03.004Z`.
fn is_time(text: &str) -> bool {
    let pattern = "0000-00-00T00:00:00.000Z";
    text.len() == pattern.len()
        && text.bytes().zip(pattern.bytes()).all(|(byte, of)| match of {
            b'0' => byte.is_ascii_digit(),
            _ => byte == of,
        })
}
