//! API Gateway's events for the lambdas of a WebSocket API.

use std::collections::BTreeMap;

use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use serde_json::{Map, Value, json};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::gateway::query_parameters;

/// What is allowed or denied at a handshake.
pub const METHOD_ARN: &str = "arn:aws:execute-api:us-east-1:000000000000:local/local/$connect";

/// A socket, as its events name it.
#[derive(Debug)]
pub struct Connection {
    /// Its id.
    pub id: String,
    connected_at: i64,
    source_ip: String,
    user_agent: String,
    /// What the authorizer said.
    pub authorizer: Value,
}

/// A frame of a client.
pub enum ClientFrame<'a> {
    /// Text.
    Text(&'a str),
    /// Anything else.
    Binary(&'a [u8]),
}

impl Connection {
    /// A new one, from its handshake.
    pub fn new(head: &Parts, source_ip: String) -> Self {
        Self {
            id: connection_id(),
            connected_at: now(),
            source_ip,
            user_agent: text(&head.headers, &header::USER_AGENT).to_owned(),
            authorizer: Value::Null,
        }
    }

    /// The authorizer's event.
    pub fn authorization(&self, head: &Parts) -> Value {
        let mut event = self.handshake(head);
        event["type"] = "REQUEST".into();
        event["methodArn"] = METHOD_ARN.into();
        event["stageVariables"] = json!({});
        event
    }

    /// The event of `$connect`.
    pub fn connect(&self, head: &Parts) -> Value {
        self.handshake(head)
    }

    /// The event of a frame, and the request id in it.
    pub fn message(&self, frame: &ClientFrame<'_>) -> (Value, String) {
        let (mut context, request_id) = self.context("$default", "MESSAGE");
        context["messageId"] = Uuid::new_v4().to_string().into();
        let (body, is_base64_encoded) = match frame {
            ClientFrame::Text(text) => ((*text).to_owned(), false),
            ClientFrame::Binary(bytes) => (STANDARD.encode(bytes), true),
        };
        let event = json!({
            "requestContext": context,
            "body": body,
            "isBase64Encoded": is_base64_encoded,
        });
        (event, request_id)
    }

    /// The event of `$disconnect`.
    pub fn disconnect(&self, code: u16, reason: &str) -> Value {
        let (mut context, _) = self.context("$disconnect", "DISCONNECT");
        context["disconnectStatusCode"] = code.into();
        context["disconnectReason"] = reason.into();
        json!({ "requestContext": context, "isBase64Encoded": false })
    }

    fn handshake(&self, head: &Parts) -> Value {
        let (context, _) = self.context("$connect", "CONNECT");
        let headers: BTreeMap<&str, &str> = head
            .headers
            .iter()
            .filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)))
            .collect();
        let query = head.uri.query().filter(|query| !query.is_empty()).map(query_parameters);
        json!({
            "headers": headers,
            "queryStringParameters": query,
            "requestContext": context,
            "isBase64Encoded": false,
        })
    }

    fn context(&self, route_key: &str, event_type: &str) -> (Value, String) {
        let request_id = Uuid::new_v4().to_string();
        let mut context = json!({
            "routeKey": route_key,
            "eventType": event_type,
            "messageDirection": "IN",
            "stage": "local",
            "connectedAt": self.connected_at,
            "requestTimeEpoch": now(),
            "identity": { "sourceIp": self.source_ip, "userAgent": self.user_agent },
            "requestId": request_id,
            "extendedRequestId": request_id,
            "domainName": "localhost",
            "connectionId": self.id,
            "apiId": "local",
        });
        if !self.authorizer.is_null() {
            context["authorizer"] = self.authorizer.clone();
        }
        (context, request_id)
    }
}

/// What a policy of an authorizer comes to: the context for the events, if it allows the handshake; none where it denies it.
///
/// # Errors
/// When it is no policy.
pub fn authorized(verdict: &Value) -> Result<Option<Value>, ()> {
    let statements = verdict["policyDocument"]["Statement"].as_array().ok_or(())?;
    let any = |effect: &str| statements.iter().any(|statement| statement["Effect"] == effect);
    if any("Deny") || !any("Allow") {
        return Ok(None);
    }
    let mut context: Map<String, Value> = verdict["context"].as_object().cloned().ok_or(())?;
    context.insert("principalId".to_owned(), verdict["principalId"].clone());
    Ok(Some(Value::Object(context)))
}

/// As API Gateway makes them: 11 random bytes, whose base64 ends with a `=`.
fn connection_id() -> String {
    URL_SAFE.encode(&Uuid::new_v4().as_bytes()[..11])
}

fn now() -> i64 {
    let now = OffsetDateTime::now_utc();
    now.unix_timestamp() * 1_000 + i64::from(now.millisecond())
}

fn text<'a>(headers: &'a HeaderMap, name: &header::HeaderName) -> &'a str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}
