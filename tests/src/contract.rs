//! The contract, which every answer of every test is held against: `api/openapi.json`, where an answer may have no member that
//! is not described.

use std::sync::OnceLock;

use http::Method;
use http::header::{CONTENT_TYPE, LOCATION};
use serde_json::{Map, Value};
use url::Url;

use crate::reply::Reply;
use crate::schemas::Schemas;

const DOCUMENT: &str = include_str!("../../api/openapi.json");

const PROBLEM: &str = "application/problem+json";

/// What is described under these paths is all that there is.
const DESCRIBED: &[&str] = &["/v1/", "/local/outbox"];

struct Contract {
    document: Value,
    operations: Vec<Operation>,
    schemas: Schemas,
}

struct Operation {
    method: Method,
    path: String,
}

/// How an answer is not as the contract has it, if so.
pub fn deviation(method: &Method, url: &str, reply: &Reply) -> Option<String> {
    static CONTRACT: OnceLock<Contract> = OnceLock::new();
    let contract = CONTRACT.get_or_init(Contract::read);
    let path = Url::parse(url).ok()?.path().to_owned();
    if *method == Method::OPTIONS || !DESCRIBED.iter().any(|prefix| path.starts_with(prefix)) {
        return None;
    }
    match contract.find(method, &path) {
        Some(operation) => contract.deviation(operation, reply),
        None if reply.status == 404 => None,
        None => Some("an answer of a route that is not described".to_owned()),
    }
}

impl Contract {
    fn read() -> Self {
        let document: Value = serde_json::from_str(DOCUMENT).expect("the contract is JSON");
        let mut operations = Vec::new();
        for (path, methods) in members(&document["paths"]) {
            for method in members(methods).keys() {
                let method = method.to_uppercase().parse().expect("a method");
                operations.push(Operation { method, path: path.clone() });
            }
        }
        let schemas = Schemas::of(&document);
        Self { document, operations, schemas }
    }

    /// The route of a request: of those that match, the one with the fewest parameters.
    fn find(&self, method: &Method, path: &str) -> Option<&Operation> {
        let matching = self
            .operations
            .iter()
            .filter(|operation| operation.method == *method && matches(&operation.path, path));
        matching.min_by_key(|operation| operation.path.matches('{').count())
    }

    fn deviation(&self, operation: &Operation, reply: &Reply) -> Option<String> {
        let status = reply.status.as_str();
        let method = operation.method.as_str().to_lowercase();
        let mut response = &self.document["paths"][&operation.path][&method]["responses"][status];
        if let Some(reference) = response["$ref"].as_str() {
            let pointer = reference.trim_start_matches('#');
            response = self.document.pointer(pointer).expect("a reference within the contract");
        }
        let of = format!("{} {} {status}", operation.method, operation.path);
        if response.is_null() {
            return Some(format!("the status is not described: {of}"));
        }
        if response["headers"].get("Location").is_some() != reply.headers.contains_key(LOCATION) {
            return Some(format!("the header Location is not as it is described: {of}"));
        }
        let media_type = reply.header(CONTENT_TYPE.as_str()).split(';').next().unwrap_or_default();
        match (response["content"].get(media_type), response["content"].is_null()) {
            (Some(content), _) if is_of_other_code(media_type, content, &reply.body) => {
                Some(format!("the code {} is not described: {of}", reply.body["code"]))
            }
            (Some(content), _) => self.wrong_body(&of, media_type, &content["schema"], &reply.body),
            (None, true) if reply.body.is_null() => None,
            (None, _) => Some(format!("the body '{media_type}' is not described: {of}")),
        }
    }

    fn wrong_body(
        &self,
        of: &str,
        media_type: &str,
        schema: &Value,
        body: &Value,
    ) -> Option<String> {
        let errors = self.schemas.errors(format!("{of} {media_type}"), schema, body);
        (!errors.is_empty())
            .then(|| format!("the body is not as it is described: {of}: {errors:#?}"))
    }
}

/// Whether it is a problem other than those that are shown for its status.
fn is_of_other_code(media_type: &str, content: &Value, body: &Value) -> bool {
    let is_shown = |code: &str| content["examples"].get(code).is_some();
    media_type == PROBLEM && !body["code"].as_str().is_some_and(is_shown)
}

fn members(value: &Value) -> &Map<String, Value> {
    value.as_object().expect("an object")
}

fn matches(template: &str, path: &str) -> bool {
    let (mut templates, mut segments) = (template.split('/'), path.split('/'));
    loop {
        match (templates.next(), segments.next()) {
            (None, None) => return true,
            (Some(template), Some(segment)) => {
                if !template.starts_with('{') && template != segment {
                    return false;
                }
            }
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::header::{HeaderMap, HeaderValue};
    use serde_json::json;

    fn found(method: &Method, path: &str, status: u16, body: &Value) -> Option<String> {
        let mut headers = HeaderMap::new();
        let media_type = if status < 400 { "application/json" } else { "application/problem+json" };
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
        let status = status.try_into().expect("a status");
        let reply = Reply::new(String::new(), status, headers, body.to_string());
        deviation(method, &format!("http://127.0.0.1{path}"), &reply)
    }

    #[test]
    fn what_is_not_described_is_named() {
        let profile = json!({
            "userId": "0b5ad1e4-63f3-4c4b-9e6f-3a3b2b4c5d6e", "username": "ada", "displayName": "Ada",
        });
        let mut more = profile.clone();
        more["email"] = json!("ada@example.com");
        let problem = json!({
            "type": "urn:chinwag:problem:deleted",
            "title": "Conflict",
            "status": 409,
            "detail": "the message was deleted",
            "code": "deleted",
            "requestId": "r-1",
        });
        let me = "/v1/users/me";
        let entry = "/v1/conversations/c/messages/1";
        assert_eq!(found(&Method::GET, me, 200, &profile), None);
        assert_eq!(found(&Method::PATCH, entry, 409, &problem), None);
        assert_eq!(found(&Method::GET, "/v1/nothing", 404, &json!({})), None);
        for (method, path, status, body, named) in [
            (Method::GET, me, 200, &more, "email"),
            (Method::GET, me, 200, &json!({}), "required"),
            (Method::GET, me, 204, &profile, "status"),
            (Method::GET, me, 409, &problem, "status"),
            (Method::POST, "/v1/messages", 409, &problem, "deleted"),
            (Method::POST, "/v1/messages", 201, &profile, "Location"),
            (Method::GET, "/v1/nothing", 200, &profile, "route"),
        ] {
            let deviation = found(&method, path, status, body).unwrap_or_default();
            assert!(deviation.contains(named), "{method} {path} {status}: {deviation}");
        }
    }
}
