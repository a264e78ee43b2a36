//! Refusals as answers: which statuses a route has, and what each says.

use std::collections::BTreeMap;
use std::time::Duration;

use http::StatusCode;
use serde_json::{Map, Value, json};
use shared::error::{Error, FieldError, Quota};
use shared::http::{Code, MAX_BODY_BYTES, Problem};
use shared::routes::Authorizer;
use strum::VariantArray;

use crate::example;
use crate::operation::Operation;
use crate::schemas::{self, Schemas};

/// Who a route lets in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Callers {
    /// Anyone.
    Anyone,
    /// Whoever brings an access token.
    People,
    /// Whoever brings a token of the notifications.
    Notifiers,
    /// Whoever signs with AWS credentials.
    Signers,
    /// Whoever has an API key.
    KeyHolders,
    /// Anyone on this machine: no gateway stands before it.
    Machine,
}

impl Callers {
    /// Of a lambda with this authorizer and these secrets.
    pub fn of(authorizer: Authorizer, secrets: &[String]) -> Self {
        match authorizer {
            Authorizer::None if secrets.iter().any(|secret| secret == "api-keys") => {
                Self::KeyHolders
            }
            Authorizer::None => Self::Anyone,
            Authorizer::Jwt => Self::People,
            Authorizer::Lambda => Self::Notifiers,
            Authorizer::Iam => Self::Signers,
        }
    }

    /// The name of the security scheme.
    pub fn scheme(self) -> Option<&'static str> {
        match self {
            Self::Anyone | Self::Machine => None,
            Self::People => Some("accessToken"),
            Self::Notifiers => Some("messagingToken"),
            Self::Signers => Some("awsSignature"),
            Self::KeyHolders => Some("apiKey"),
        }
    }

    fn refusals(self) -> Vec<Error> {
        match self {
            Self::Anyone | Self::Machine => vec![],
            Self::People => vec![Error::Unauthenticated],
            Self::Notifiers => {
                vec![Error::Unauthenticated, Error::Forbidden("the token is not accepted")]
            }
            Self::Signers => {
                vec![Error::Forbidden("the request must be signed for AWS (SigV4)")]
            }
            Self::KeyHolders => vec![Error::UnknownApiKey],
        }
    }

    /// Whether API Gateway may answer with `status` itself, before the route is reached.
    fn are_refused_early(self, status: u16) -> bool {
        match status {
            401 => matches!(self, Self::People | Self::Notifiers),
            403 => matches!(self, Self::Notifiers | Self::Signers),
            413 | 429 | 500 | 503 => self != Self::Machine,
            _ => false,
        }
    }
}

/// The names of the schemas of refusals.
const PROBLEM: &str = "Problem";
const GATEWAY_REFUSAL: &str = "GatewayRefusal";

/// The refusals that many routes have, by their names in the document.
pub type Common = BTreeMap<String, Value>;

/// The refusals of a route by their status. Those that follow from its form and its callers alone are `common`.
pub fn responses(
    operation: &Operation,
    callers: Callers,
    common: &mut Common,
) -> Map<String, Value> {
    let implied = implied(operation, callers);
    let status_of = |error: &Error| Code::from(error).status();
    let mut by_status: BTreeMap<StatusCode, BTreeMap<&str, &Error>> = BTreeMap::new();
    // What a route says itself comes last: its sentence is the one of the example.
    for error in implied.iter().chain(&operation.refusals) {
        by_status.entry(status_of(error)).or_default().insert(Code::from(error).as_str(), error);
    }
    let response = |(status, errors): (StatusCode, BTreeMap<&str, &Error>)| {
        let described = response(status, &errors, callers);
        let is_own = operation.refusals.iter().any(|error| status_of(error) == status);
        if is_own || callers == Callers::Machine {
            return (status.as_str().to_owned(), described);
        }
        let name = common_name(status, callers);
        let reference = json!({ "$ref": format!("#/components/responses/{name}") });
        common.insert(name, described);
        (status.as_str().to_owned(), reference)
    };
    by_status.into_iter().map(response).collect()
}

/// Such as `NotFound`; who may not call depends on who may.
fn common_name(status: StatusCode, callers: Callers) -> String {
    let title: String = status.canonical_reason().unwrap_or_default().split_whitespace().collect();
    match (status, callers.scheme()) {
        (StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN, Some(scheme)) => {
            format!("{title}-{scheme}")
        }
        _ => title,
    }
}

/// What follows from a route's form and its callers.
fn implied(operation: &Operation, callers: Callers) -> Vec<Error> {
    let mut errors = callers.refusals();
    let malformed =
        |pointer: &str, detail| Error::Malformed(FieldError::new(pointer.to_owned(), detail));
    if let Some(body) = &operation.body {
        errors.push(malformed("/body", "must be a string"));
        errors.extend([Error::TooLarge(MAX_BODY_BYTES), Error::NotJson]);
        if body.example.as_object().is_some_and(|members| !members.is_empty()) {
            errors.push(Error::invalid("/body", "is required"));
        }
    }
    if operation.parameters.iter().any(|parameter| parameter.name == "limit") {
        errors.push(malformed("?limit", "must be a number"));
        errors.push(Error::invalid("?limit", "must be a whole number from 1 to 100"));
    }
    if operation.path_parameters().contains(&"seq") {
        errors.push(malformed("/seq", "must be a number"));
    }
    if callers == Callers::Machine {
        return errors;
    }
    let quota = Quota {
        limit: 10,
        window: Duration::from_secs(1),
        retry_after: Duration::from_millis(700),
    };
    errors.extend([
        Error::TooMany(quota),
        Error::Unavailable,
        Error::internal("something that nobody is shown"),
    ]);
    errors
}

/// One status, whose body may have each of these codes.
fn response(status: StatusCode, errors: &BTreeMap<&str, &Error>, callers: Callers) -> Value {
    let descriptions: Vec<String> =
        errors.iter().map(|(code, error)| format!("`{code}`: {error}.")).collect();
    let examples: Map<String, Value> = errors
        .iter()
        .map(|(code, error)| {
            ((*code).to_owned(), json!({ "value": Problem::new(error, example::REQUEST) }))
        })
        .collect();
    let mut response = json!({
        "description": descriptions.join(" "),
        "content": {
            "application/problem+json": { "schema": schemas::reference(PROBLEM), "examples": examples },
        },
    });
    if callers.are_refused_early(status.as_u16()) {
        response["content"]["application/json"] = json!({
            "schema": schemas::reference(GATEWAY_REFUSAL),
            "example": { "message": status.canonical_reason() },
        });
    }
    let headers = headers(status.as_u16());
    if !headers.is_empty() {
        response["headers"] = headers.iter().map(|name| reference(name)).collect();
    }
    response
}

fn headers(status: u16) -> &'static [&'static str] {
    match status {
        401 => &["WWW-Authenticate"],
        429 => &["Retry-After", "RateLimit", "RateLimit-Policy"],
        503 => &["Retry-After"],
        _ => &[],
    }
}

fn reference(header: &str) -> (String, Value) {
    let reference = format!("#/components/headers/{header}");
    (header.to_owned(), json!({ "$ref": reference }))
}

/// The schemas of refusals.
pub fn schemas(schemas: &mut Schemas) {
    let mut problem = schemas.written::<Problem<'_>>();
    problem["properties"]["message"] = json!({
        "type": "string",
        "description": "Where the local server's gateway answers: what API Gateway's own body says.",
    });
    schemas.name(PROBLEM, problem);
    let refusal = json!({
        "description": "What API Gateway says itself on AWS, before a route is reached.",
        "type": "object",
        "properties": { "message": { "type": "string" } },
        "required": ["message"],
    });
    schemas.name(GATEWAY_REFUSAL, refusal);
}

/// All problems in a table of Markdown.
pub fn table() -> String {
    let row = |code: &Code| {
        let status = code.status();
        let title = status.canonical_reason().unwrap_or_default();
        format!("| `{}` | {} | {title} | `{}` |\n", code.as_str(), status.as_u16(), code.urn())
    };
    let rows: String = Code::VARIANTS.iter().map(row).collect();
    format!("| code | status | title | type |\n| --- | --- | --- | --- |\n{rows}")
}
