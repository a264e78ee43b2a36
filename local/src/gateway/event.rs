//! API Gateway's events for the lambdas of an HTTP API, payload format 2.0: that for the route's own, and that for the one
//! that lets callers in.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use lambda_http::aws_lambda_events::query_map::QueryMap;
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;

use super::guard::Caller;
use crate::clock::epoch_millis;

/// The gateway's own name. A lambda builds URLs from it, so that the sender's `Host` is not to be trusted with it.
pub const DOMAIN_NAME: &str = "localhost";

/// The gateway's own name of the API.
const API_ID: &str = "local";

const ACCOUNT: &str = "000000000000";
const STAGE: &str = "$default";

const TIME: &[BorrowedFormatItem<'_>] =
    format_description!("[day]/[month repr:short]/[year]:[hour]:[minute]:[second] +0000");

/// A request that has a route.
pub struct Incoming<'a> {
    /// The route that it matched.
    pub route_key: &'a str,
    /// Everything but the body.
    pub head: &'a Parts,
    /// The path's parameters.
    pub parameters: BTreeMap<&'a str, &'a str>,
    /// Who sent it.
    pub peer: SocketAddr,
    /// The gateway's name for it.
    pub request_id: &'a str,
}

impl Incoming<'_> {
    /// The event for the route's lambda, as its runtime reads it.
    #[must_use]
    pub fn event(&self, caller: Caller, body: &[u8]) -> String {
        let mut event = self.head();
        event["isBase64Encoded"] = false.into();
        if let Some(authorizer) = caller.into_authorizer() {
            event["requestContext"]["authorizer"] = authorizer;
        }
        match str::from_utf8(body) {
            Ok("") => {}
            Ok(text) => event["body"] = text.into(),
            Err(_) => {
                event["body"] = STANDARD.encode(body).into();
                event["isBase64Encoded"] = true.into();
            }
        }
        event.to_string()
    }

    /// The event for the lambda that lets callers in, who are known by `identity`.
    #[must_use]
    pub fn authorization(&self, identity: &str) -> Value {
        let mut event = self.head();
        event["type"] = "REQUEST".into();
        event["routeArn"] = self.route_arn().into();
        event["identitySource"] = json!([identity]);
        event
    }

    /// What the header says; where it is repeated, all of it.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<String> {
        self.headers().remove(name)
    }

    fn route_arn(&self) -> String {
        let (method, path) = (&self.head.method, self.head.uri.path());
        format!("arn:aws:execute-api:us-east-1:{ACCOUNT}:{API_ID}/{STAGE}/{method}{path}")
    }

    /// Everything but the body and who calls. What there is none of is left out.
    fn head(&self) -> Value {
        let (path, query) = (self.head.uri.path(), self.head.uri.query().unwrap_or_default());
        let mut event = json!({
            "version": "2.0",
            "routeKey": self.route_key,
            "rawPath": path,
            "rawQueryString": query,
            "headers": self.headers(),
            "requestContext": self.context(path),
        });
        let cookies = cookies(&self.head.headers);
        if !cookies.is_empty() {
            event["cookies"] = cookies.into();
        }
        if !query.is_empty() {
            event["queryStringParameters"] = json!(query_parameters(query));
        }
        if !self.parameters.is_empty() {
            event["pathParameters"] = json!(self.parameters);
        }
        event
    }

    fn context(&self, path: &str) -> Value {
        json!({
            "accountId": ACCOUNT,
            "apiId": API_ID,
            "domainName": DOMAIN_NAME,
            "domainPrefix": API_ID,
            "http": {
                "method": self.head.method.as_str(),
                "path": path,
                "protocol": format!("{:?}", self.head.version),
                "sourceIp": self.peer.ip(),
                "userAgent": text(&self.head.headers, &header::USER_AGENT),
            },
            "requestId": self.request_id,
            "routeKey": self.route_key,
            "stage": STAGE,
            "time": request_time(),
            "timeEpoch": epoch_millis(),
        })
    }

    /// With lower-case names, repeated ones joined; cookies apart. What the gateway says of itself and of the sender
    /// takes the place of what the sender says.
    fn headers(&self) -> BTreeMap<&str, String> {
        let mut headers: BTreeMap<&str, String> = BTreeMap::new();
        for (name, value) in &self.head.headers {
            let Ok(value) = value.to_str() else { continue };
            let joined = headers.entry(name.as_str()).or_default();
            if !joined.is_empty() {
                joined.push(',');
            }
            joined.push_str(value);
        }
        headers.remove("cookie");
        headers.insert("host", DOMAIN_NAME.to_owned());
        headers.insert("x-forwarded-for", self.peer.ip().to_string());
        headers.insert("x-forwarded-proto", "http".to_owned());
        headers
    }
}

/// The time as API Gateway writes it.
#[must_use]
pub fn request_time() -> String {
    OffsetDateTime::now_utc().format(TIME).unwrap_or_default()
}

fn text<'a>(headers: &'a HeaderMap, name: &header::HeaderName) -> &'a str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

fn cookies(headers: &HeaderMap) -> Vec<&str> {
    let values = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split("; ")).filter(|cookie| !cookie.is_empty()).collect()
}

/// A query's parameters: decoded, repeated ones joined.
#[must_use]
pub fn query_parameters(query: &str) -> BTreeMap<String, String> {
    let parsed: QueryMap = query.parse().unwrap_or_default();
    parsed
        .iter()
        .map(|(name, _)| (name.to_owned(), parsed.all(name).unwrap_or_default().join(",")))
        .collect()
}

#[cfg(test)]
mod tests;
