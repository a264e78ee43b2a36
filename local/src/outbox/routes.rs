//! The outbox over HTTP, and what is to fail.

use std::ops::RangeInclusive;
use std::str::FromStr;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::from_fn;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use lambda_http::aws_lambda_events::apigw::ApiGatewayV2httpRequestContext;
use lambda_http::request::RequestContext;
use lambda_http::{Request, RequestExt};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Number, json};
use shared::error::{Error, Result};
use shared::http::{
    Answer, ByName, Endpoint, Input, endpoint, optional_number, required, valid, valid_number,
};
use shared::model::Rejected;
use uuid::Uuid;
use validator::Validate;

use crate::engine::messaging::{Failure, Messaging, is_mail_address, is_phone_number};
use crate::gateway::from_lambda;
use crate::this_machine;

/// How the next sends to an address are to fail.
#[derive(Debug, Deserialize, Validate, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "FailSends")]
pub struct Order {
    /// To which address.
    #[validate(required, custom(function = "valid::<Address>"))]
    #[schemars(with = "String")]
    address: Option<String>,
    /// How many sends: the next ones.
    #[validate(required, custom(function = "valid_number::<Times>"))]
    #[schemars(with = "u32", range(min = *TIMES.start(), max = *TIMES.end()))]
    times: Option<Number>,
    /// How they fail.
    #[validate(required, custom(function = "valid::<Failure>"))]
    #[schemars(with = "ByName<Failure>")]
    kind: Option<String>,
}

/// Where a message can go: a mail address or a phone number.
struct Address(String);

impl FromStr for Address {
    type Err = Rejected;

    fn from_str(text: &str) -> Result<Self, Rejected> {
        if is_mail_address(text) || is_phone_number(text) {
            Ok(Self(text.to_owned()))
        } else {
            Err(Rejected("must be a mail address, or a phone number as +18005550100"))
        }
    }
}

/// How many sends may be made to fail at once.
const TIMES: RangeInclusive<u32> = 1..=1_000_000;

/// How many sends.
struct Times(u32);

impl TryFrom<&Number> for Times {
    type Error = Rejected;

    fn try_from(number: &Number) -> Result<Self, Rejected> {
        match number.as_u64().and_then(|times| u32::try_from(times).ok()) {
            Some(times) if TIMES.contains(&times) => Ok(Self(times)),
            _ => Err(Rejected("must be a whole number from 1 to 1000000")),
        }
    }
}

/// The routes of it.
pub fn router(messaging: Arc<Messaging>) -> Router {
    let failures = endpoint(Arc::clone(&messaging), order);
    let failures = post(answer).with_state(failures);
    Router::new()
        .route("/local/outbox", get(list).delete(clear))
        .with_state(messaging)
        .route("/local/outbox/failures", failures)
        .method_not_allowed_fallback(async || StatusCode::NOT_FOUND)
        .layer(from_fn(this_machine::only))
}

async fn list(State(messaging): State<Arc<Messaging>>) -> Response {
    let messages = tokio::task::spawn_blocking(move || messaging.outbox().list()).await;
    match messages {
        Ok(Ok(messages)) => Json(json!({ "messages": messages })).into_response(),
        _ => failed("the outbox could not be read"),
    }
}

async fn clear(State(messaging): State<Arc<Messaging>>) -> Response {
    match tokio::task::spawn_blocking(move || messaging.clear()).await {
        Ok(Ok(())) => StatusCode::NO_CONTENT.into_response(),
        _ => failed("the outbox could not be emptied"),
    }
}

fn failed(what: &'static str) -> Response {
    tracing::error!("{what}");
    (StatusCode::INTERNAL_SERVER_ERROR, what).into_response()
}

async fn order(messaging: Arc<Messaging>, input: Input) -> Result<Answer> {
    let order: Order = input.body()?;
    let address: Address = required("/address", order.address.as_deref())?;
    let times: Option<Times> = optional_number("/times", order.times.as_ref())?;
    let times = times.ok_or_else(|| Error::invalid("/times", "is required"))?;
    let kind = required("/kind", order.kind.as_deref())?;
    messaging.fail(&address.0, times.0, kind);
    Ok(Answer::no_content())
}

/// Lets `endpoint` answer, as if behind the gateway.
async fn answer(State(endpoint): State<Endpoint>, headers: HeaderMap, body: Bytes) -> Response {
    let mut context = ApiGatewayV2httpRequestContext::default();
    context.request_id = Some(Uuid::new_v4().to_string());
    context.route_key = Some("POST /local/outbox/failures".to_owned());
    let mut request = Request::new(body.to_vec().into());
    *request.headers_mut() = headers;
    let request = request.with_request_context(RequestContext::ApiGatewayV2(context));
    endpoint(request).await.map(from_lambda).into_response()
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use super::*;
    use ::tests::http::Http;
    use dynoxide::Database;
    use serde_json::Value;

    use crate::engine::documents::Documents;
    use crate::engine::messaging::EMAIL_SENDER;
    use crate::outbox::Outbox;

    fn messaging() -> Arc<Messaging> {
        let documents = Documents::open(Database::memory().unwrap()).unwrap();
        let outbox = Arc::new(Outbox::open(documents.clone()).unwrap());
        Arc::new(Messaging::open(documents, outbox, None).unwrap())
    }

    async fn serve(messaging: &Arc<Messaging>) -> String {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/local/outbox", listener.local_addr().unwrap());
        let router = router(Arc::clone(messaging));
        let service = router.into_make_service_with_connect_info::<SocketAddr>();
        tokio::spawn(axum::serve(listener, service).into_future());
        url
    }

    async fn call(method: &str, url: &str, body: &str) -> (u16, Value) {
        let request = http::Request::builder().method(method).uri(url);
        let request = request.header("content-type", "application/json");
        let response = Http::new().unwrap().send(request.body(body.into()).unwrap()).await.unwrap();
        let body = serde_json::from_slice(response.body()).unwrap_or_default();
        (response.status().as_u16(), body)
    }

    fn send(messaging: &Messaging, to: &str) -> Result<(), &'static str> {
        let text = json!({ "Data": "hi" });
        let mail = json!({
            "FromEmailAddress": EMAIL_SENDER,
            "Destination": { "ToAddresses": [to] },
            "Content": { "Simple": { "Subject": text, "Body": { "Text": text } } },
        });
        messaging.send_email(mail.to_string().as_bytes()).map(drop).map_err(|refusal| refusal.code)
    }

    #[tokio::test]
    async fn sends_fail_as_was_asked_until_all_is_emptied() {
        let messaging = messaging();
        let url = serve(&messaging).await;
        let body = json!({ "address": "a@example.com", "times": 2, "kind": "throttle" });
        let failures = format!("{url}/failures");
        assert_eq!(call("POST", &failures, &body.to_string()).await, (204, Value::Null));
        assert_eq!(send(&messaging, "a@example.com"), Err("TooManyRequestsException"));
        assert_eq!(send(&messaging, "b@example.com"), Ok(()));
        let (status, outbox) = call("GET", &url, "").await;
        assert_eq!((status, &outbox["messages"][0]["to"]), (200, &json!("b@example.com")));

        assert_eq!(call("DELETE", &url, "").await.0, 204);
        assert_eq!(call("GET", &url, "").await.1, json!({ "messages": [] }));
        assert_eq!(send(&messaging, "a@example.com"), Ok(()));
        assert_eq!(call("PUT", &url, "").await.0, 404);
        assert_eq!(call("GET", &failures, "").await.0, 404);
    }

    #[tokio::test]
    async fn every_bad_value_is_named() {
        let url = format!("{}/failures", serve(&messaging()).await);
        for (body, status, pointers) in [
            (json!({}), 422, &["/address", "/kind", "/times"][..]),
            (
                json!({ "address": "nobody", "times": 0, "kind": "x" }),
                422,
                &["/address", "/kind", "/times"],
            ),
            (
                json!({ "address": "+18005550100", "times": 1_000_001, "kind": "bounce" }),
                422,
                &["/times"],
            ),
            (
                json!({ "address": "a@example.com", "times": 1.5, "kind": "bounce" }),
                422,
                &["/times"],
            ),
            (
                json!({ "address": "a@example.com", "times": "1", "kind": "bounce" }),
                400,
                &["/times"],
            ),
            (json!({ "adress": "a@example.com" }), 400, &["/adress"]),
            (json!([]), 400, &[""]),
        ] {
            let (refused, problem) = call("POST", &url, &body.to_string()).await;
            let named = problem["errors"].as_array().unwrap().iter();
            let named: Vec<_> = named.map(|error| error["pointer"].as_str().unwrap()).collect();
            assert_eq!((refused, &named[..]), (status, pointers), "{body}");
            assert_eq!(problem["requestId"].as_str().unwrap().len(), 36);
        }
        assert_eq!(call("POST", &url, "no JSON").await.0, 400);
        let most = json!({ "address": "+18005550100", "times": 1_000_000, "kind": "bounce" });
        assert_eq!(call("POST", &url, &most.to_string()).await.0, 204);
    }
}
