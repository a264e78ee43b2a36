//! Cognito, Secrets Manager, SQS, End User Messaging and SES behind one loopback address. SES has a path of its own; the
//! others are told apart by `X-Amz-Target`.

use std::sync::Arc;

use axum::Json;
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};

use super::aws_json::{Refusal, respond, target};
use super::cognito::{self, UserPool};
use super::messaging::{self, Messaging};
use super::secrets::{self, Secrets};
use super::sqs::{self, Sqs};

/// What answers there.
#[derive(Clone)]
pub struct Services {
    /// Cognito.
    pub pool: Arc<UserPool>,
    /// Secrets Manager.
    pub secrets: Arc<Secrets>,
    /// SQS.
    pub sqs: Arc<Sqs>,
    /// End User Messaging and SES.
    pub messaging: Arc<Messaging>,
}

impl Services {
    /// The HTTP side of it.
    pub fn router(self) -> Router {
        let keys = format!("/{}/.well-known/jwks.json", self.pool.id());
        Router::new()
            .route("/", post(call))
            .route(messaging::EMAIL_PATH, post(send_email))
            .route(&keys, get(jwks))
            .with_state(self)
    }
}

async fn jwks(State(services): State<Services>) -> Response {
    Json(services.pool.jwks()).into_response()
}

/// Off the runtime's threads: a password takes its time, and so does the database.
async fn call(State(services): State<Services>, headers: HeaderMap, body: Bytes) -> Response {
    if target(&headers).is_some_and(|(service, _)| service == messaging::SMS_SERVICE) {
        services.messaging.delay().await;
    }
    let outcome = tokio::task::spawn_blocking(move || match target(&headers) {
        Some((cognito::SERVICE, operation)) => services.pool.call(operation, &body),
        Some((secrets::SERVICE, operation)) => services.secrets.call(operation, &body),
        Some((sqs::SERVICE, operation)) => services.sqs.call(operation, &body),
        Some((messaging::SMS_SERVICE, operation)) => services.messaging.call(operation, &body),
        _ => Err(Refusal::unknown_operation()),
    });
    respond(outcome.await.unwrap_or_else(|_| Err(Refusal::internal("InternalFailure"))))
}

async fn send_email(State(services): State<Services>, body: Bytes) -> Response {
    services.messaging.delay().await;
    let outcome = tokio::task::spawn_blocking(move || services.messaging.send_email(&body)).await;
    messaging::respond(outcome.unwrap_or_else(|_| Err(Refusal::internal("InternalFailure"))))
}
