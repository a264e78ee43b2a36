//! API Gateway's events for the lambdas of a WebSocket API.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use axum::extract::ws::CloseFrame;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE;
use lambda_http::aws_lambda_events::query_map::QueryMap;
use serde_json::{Map, Value, json};
use uuid::Uuid;

/// The stage, which stands in the path of the management API.
const STAGE: &str = "local";
use crate::clock::epoch_millis;
use crate::gateway::{DOMAIN_NAME, request_time};

const CONNECT: &str = "$connect";

/// Who is behind a socket.
#[derive(Debug, Clone)]
pub struct Identity {
    /// The socket's id.
    pub connection_id: String,
    /// When it was opened, in milliseconds since the epoch.
    pub connected_at: i64,
    /// Address and user agent.
    pub client: Value,
    /// What the authorizer said.
    pub authorizer: Map<String, Value>,
}

impl Identity {
    /// Somebody who wants to connect.
    ///
    /// # Errors
    /// When the system has no random numbers.
    pub fn new(head: &Parts, peer: SocketAddr) -> Result<Self, aws_lc_rs::error::Unspecified> {
        let agent = head.headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok());
        Ok(Self {
            connection_id: random_id()?,
            connected_at: epoch_millis(),
            client: json!({ "sourceIp": peer.ip(), "userAgent": agent.unwrap_or_default() }),
            authorizer: Map::new(),
        })
    }

    /// For the authorizer.
    #[must_use]
    pub fn authorization(&self, head: &Parts, request_id: &str) -> Value {
        let mut event = handshake(head);
        event["type"] = "REQUEST".into();
        event["methodArn"] = method_arn().into();
        event["stageVariables"] = json!({});
        event["requestContext"] = self.context(CONNECT, "CONNECT", request_id);
        event
    }

    /// For the `$connect` lambda.
    #[must_use]
    pub fn connect(&self, head: &Parts, request_id: &str) -> Value {
        let mut event = handshake(head);
        event["requestContext"] = self.context(CONNECT, "CONNECT", request_id);
        event["isBase64Encoded"] = false.into();
        event
    }

    /// For the `$default` lambda.
    #[must_use]
    pub fn message(&self, frame: &str, request_id: &str) -> Option<Value> {
        let mut context = self.context("$default", "MESSAGE", request_id);
        context["messageId"] = random_id().ok()?.into();
        Some(json!({ "requestContext": context, "body": frame, "isBase64Encoded": false }))
    }

    /// For the `$disconnect` lambda.
    #[must_use]
    pub fn disconnect(&self, end: &CloseFrame) -> Value {
        let mut context = self.context("$disconnect", "DISCONNECT", &new_request_id());
        context["disconnectStatusCode"] = end.code.into();
        context["disconnectReason"] = end.reason.as_str().into();
        json!({ "requestContext": context, "isBase64Encoded": false })
    }

    fn context(&self, route_key: &str, event_type: &str, request_id: &str) -> Value {
        let mut context = json!({
            "routeKey": route_key,
            "eventType": event_type,
            "extendedRequestId": request_id,
            "requestTime": request_time(),
            "messageDirection": "IN",
            "stage": STAGE,
            "connectedAt": self.connected_at,
            "requestTimeEpoch": epoch_millis(),
            "identity": self.client,
            "requestId": request_id,
            "domainName": DOMAIN_NAME,
            "connectionId": self.connection_id,
            "apiId": "local",
        });
        if !self.authorizer.is_empty() {
            context["authorizer"] = self.authorizer.clone().into();
        }
        context
    }
}

/// What the authorizer allows or denies.
#[must_use]
pub fn method_arn() -> String {
    format!("arn:aws:execute-api:us-east-1:000000000000:local/{STAGE}/{CONNECT}")
}

/// The query's parameters, decoded.
#[must_use]
pub fn query(head: &Parts) -> QueryMap {
    head.uri.query().unwrap_or_default().parse().unwrap_or_default()
}

/// A new name for what happens.
#[must_use]
pub fn new_request_id() -> String {
    Uuid::new_v4().to_string()
}

fn handshake(head: &Parts) -> Value {
    let (headers, query) = (headers(&head.headers), query(head));
    let mut all: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (name, _) in query.iter() {
        all.entry(name).or_insert_with(|| query.all(name).unwrap_or_default());
    }
    let last = |values: &BTreeMap<&str, Vec<&str>>| -> Value {
        values.iter().map(|(name, values)| ((*name).to_owned(), json!(values.last()))).collect()
    };
    json!({
        "headers": last(&headers),
        "multiValueHeaders": headers,
        "queryStringParameters": last(&all),
        "multiValueQueryStringParameters": all,
    })
}

fn headers(headers: &HeaderMap) -> BTreeMap<&str, Vec<&str>> {
    let mut all: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (name, value) in headers {
        if let Ok(value) = value.to_str() {
            all.entry(name.as_str()).or_default().push(value);
        }
    }
    all
}

/// As API Gateway's ids: sixteen characters, of which the last is `=`.
fn random_id() -> Result<String, aws_lc_rs::error::Unspecified> {
    let mut random = [0; 11];
    aws_lc_rs::rand::fill(&mut random)?;
    Ok(URL_SAFE.encode(random))
}
