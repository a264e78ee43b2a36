//! API Gateway's event for a lambda, payload format 2.0.

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

use super::token::Claims;
use crate::clock::epoch_millis;

/// The gateway's own name. A lambda builds URLs from it, so that the sender's `Host` is not to be trusted with it.
pub const DOMAIN_NAME: &str = "localhost";

const TIME: &[BorrowedFormatItem<'_>] =
    format_description!("[day]/[month repr:short]/[year]:[hour]:[minute]:[second] +0000");

/// A request that is let through to its handler.
pub struct Event<'a> {
    /// The route that it matched.
    pub route_key: &'a str,
    /// Everything but the body.
    pub head: &'a Parts,
    /// The path's parameters.
    pub parameters: BTreeMap<&'a str, &'a str>,
    /// Who calls, as the authorizer says.
    pub caller: Caller,
    /// The body.
    pub body: &'a [u8],
    /// Who sent it.
    pub peer: SocketAddr,
    /// The gateway's name for it.
    pub request_id: &'a str,
}

/// Who calls.
pub enum Caller {
    /// Nobody was asked.
    Anyone,
    /// The claims of their access token.
    User(Claims),
    /// Who signed the request.
    Account(Value),
}

impl Event<'_> {
    /// The event as the lambda's runtime reads it. What there is none of is left out.
    #[must_use]
    pub fn to_json(&self) -> String {
        let (path, query) = (self.head.uri.path(), self.head.uri.query().unwrap_or_default());
        let mut event = json!({
            "version": "2.0",
            "routeKey": self.route_key,
            "rawPath": path,
            "rawQueryString": query,
            "headers": self.headers(),
            "requestContext": self.context(path),
            "isBase64Encoded": false,
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
        match str::from_utf8(self.body) {
            Ok("") => {}
            Ok(text) => event["body"] = text.into(),
            Err(_) => {
                event["body"] = STANDARD.encode(self.body).into();
                event["isBase64Encoded"] = true.into();
            }
        }
        event.to_string()
    }

    fn context(&self, path: &str) -> Value {
        let mut context = json!({
            "accountId": "000000000000",
            "apiId": "local",
            "domainName": DOMAIN_NAME,
            "domainPrefix": "local",
            "http": {
                "method": self.head.method.as_str(),
                "path": path,
                "protocol": format!("{:?}", self.head.version),
                "sourceIp": self.peer.ip(),
                "userAgent": text(&self.head.headers, &header::USER_AGENT),
            },
            "requestId": self.request_id,
            "routeKey": self.route_key,
            "stage": "$default",
            "time": request_time(),
            "timeEpoch": epoch_millis(),
        });
        match &self.caller {
            Caller::Anyone => {}
            Caller::User(claims) => {
                context["authorizer"] = json!({ "jwt": { "claims": claims, "scopes": null } });
            }
            Caller::Account(signer) => context["authorizer"] = json!({ "iam": signer }),
        }
        context
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
mod tests {
    use super::*;
    use axum::http::Request;
    use lambda_http::RequestExt;

    fn event(request: Request<&[u8]>, caller: Caller) -> String {
        let (head, body) = request.into_parts();
        Event {
            route_key: "GET /v1/users/{userId}",
            head: &head,
            parameters: BTreeMap::from([("userId", "a b")]),
            caller,
            body,
            peer: "127.0.0.1:5000".parse().unwrap(),
            request_id: "r-1",
        }
        .to_json()
    }

    #[test]
    fn an_event_has_the_shape_of_payload_format_2() {
        let request = Request::get("/v1/users/a%20b?x=1&x=2&y=%C3%A4")
            .header("X-Twice", "1")
            .header("X-Twice", "2")
            .header("Host", "not a host")
            .header("Cookie", "a=1; b=2")
            .header("User-Agent", "test")
            .body(&b""[..])
            .unwrap();
        let claims = BTreeMap::from([("sub".to_owned(), "me".to_owned())]);
        let event: Value = serde_json::from_str(&event(request, Caller::User(claims))).unwrap();
        assert_eq!(event["version"], "2.0");
        assert_eq!(event["rawPath"], "/v1/users/a%20b");
        assert_eq!(event["rawQueryString"], "x=1&x=2&y=%C3%A4");
        assert_eq!(event["queryStringParameters"], json!({ "x": "1,2", "y": "ä" }));
        assert_eq!(event["pathParameters"], json!({ "userId": "a b" }));
        assert_eq!(event["cookies"], json!(["a=1", "b=2"]));
        assert_eq!(event["headers"]["x-twice"], "1,2");
        assert_eq!(event["headers"]["host"], "localhost");
        assert!(event["headers"].get("cookie").is_none() && event.get("body").is_none());
        let context = &event["requestContext"];
        assert_eq!(
            context["authorizer"],
            json!({ "jwt": { "claims": { "sub": "me" }, "scopes": null } })
        );
        assert_eq!(context["http"]["sourceIp"], "127.0.0.1");
        assert_eq!(context["http"]["protocol"], "HTTP/1.1");
        assert_eq!((&context["requestId"], &context["stage"]), (&json!("r-1"), &json!("$default")));
    }

    #[test]
    fn a_lambda_reads_it() {
        let body = "{\"name\":\"ä\"}".as_bytes();
        let request = Request::post("/v1/users/a%20b?limit=5").body(body).unwrap();
        let request = lambda_http::request::from_str(&event(request, Caller::Anyone)).unwrap();
        assert_eq!(request.path_parameters().first("userId"), Some("a b"));
        assert_eq!(request.query_string_parameters().first("limit"), Some("5"));
        assert_eq!(&request.body()[..], body);
    }

    #[test]
    fn a_lambda_is_told_who_signed() {
        let caller = Caller::Account(json!({ "accessKey": "local", "userArn": "arn" }));
        let request = event(Request::post("/").body(&b""[..]).unwrap(), caller);
        let event: Value = serde_json::from_str(&request).unwrap();
        assert_eq!(event["requestContext"]["authorizer"]["iam"]["accessKey"], "local");
        lambda_http::request::from_str(&request).unwrap();
    }

    #[test]
    fn a_body_that_is_no_text_arrives_byte_for_byte() {
        let request = Request::post("/").body(&b"\xff\x00"[..]).unwrap();
        let request = lambda_http::request::from_str(&event(request, Caller::Anyone)).unwrap();
        assert_eq!(&request.body()[..], b"\xff\x00");
    }
}
