//! `POST /v1/graphql`: one message to one address, and what was sent, for callers with an API key.

mod keys;
mod limits;
mod messages;
mod schema;

use std::sync::Arc;
use std::time::Duration;

use async_graphql::{Request, Response, Variables};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};
use shared::aws::{self, variable};
use shared::error::Result;
use shared::http::{Answer, Input};
use shared::messaging::{Courier, Providers, Senders};
use shared::queue::Queue;
use shared::store::{Deliveries, Store};
use validator::Validate;

pub use keys::ApiKeys;
pub use messages::{BACKUP, MAX_OWN_ID};
pub use schema::sdl;

use messages::Messages;
use schema::{IdempotencyKey, Schema};

/// The keys and the schema.
pub struct GraphQl {
    keys: ApiKeys,
    schema: Schema,
}

/// What the schema works with.
#[derive(Debug)]
pub struct Parts {
    /// The API keys.
    pub keys: ApiKeys,
    /// What was sent.
    pub deliveries: Deliveries,
    /// Who sends.
    pub courier: Courier,
    /// Where what cannot be sent at once waits: the queue `notifications`.
    pub queue: Queue,
    /// When it goes out from there.
    pub backup: Duration,
    /// Whether callers may ask for the schema.
    pub introspection: bool,
}

impl std::fmt::Debug for GraphQl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("GraphQl").field("keys", &self.keys).finish_non_exhaustive()
    }
}

impl GraphQl {
    /// Of `parts`.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        let Parts { keys, deliveries, courier, queue, backup, introspection } = parts;
        let messages = Messages::new(deliveries, courier, queue, backup);
        Self { keys, schema: schema::new(messages, introspection) }
    }

    /// As the lambda's environment says: as [`Store::from_env`], [`Providers::from_env`] and [`Senders::from_env`], `API_KEYS_SECRET`,
    /// `NOTIFICATIONS_QUEUE_URL`, and `GRAPHQL_INTROSPECTION`, which lets callers ask for the schema where it is `on`.
    ///
    /// # Errors
    /// Names the variable that is missing.
    pub async fn from_env() -> Result<Self, lambda_http::Error> {
        let (store, providers) =
            tokio::try_join!(Store::from_env(), async { Ok(Providers::from_env().await?) })?;
        let client = aws_sdk_secretsmanager::Client::new(&aws::config().await);
        let keys = ApiKeys::new(client, variable("API_KEYS_SECRET")?, Senders::from_env()?);
        keys.warm_up().await;
        let deliveries = Deliveries::new(store);
        Ok(Self::new(Parts {
            keys,
            courier: Courier::new(deliveries.clone(), providers, Courier::CLAIM),
            deliveries,
            queue: Queue::from_env("NOTIFICATIONS_QUEUE_URL").await?,
            backup: BACKUP,
            introspection: std::env::var("GRAPHQL_INTROSPECTION").is_ok_and(|value| value == "on"),
        }))
    }
}

/// A request as GraphQL over HTTP has it.
#[derive(Debug, Deserialize, Validate, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "GraphQlRequest")]
pub struct Body {
    /// The document.
    #[validate(required)]
    query: Option<String>,
    /// Which of its operations.
    operation_name: Option<String>,
    /// Their values.
    variables: Option<Map<String, Value>>,
}

/// Handles the route. What is wrong within the document is said as GraphQL says it, with status 200.
pub async fn handle(graphql: Arc<GraphQl>, input: Input) -> Result<Answer> {
    let key = graphql.keys.find(input.header("x-api-key")).await?;
    let idempotency_key = input.header("idempotency-key").map(|key| IdempotencyKey(key.to_owned()));
    let Body { query, operation_name, variables } = input.body()?;
    let mut request = Request::new(query.unwrap_or_default()).data(key);
    request.operation_name = operation_name;
    request.variables =
        variables.map(|variables| Variables::from_json(variables.into())).unwrap_or_default();
    request = request.data(idempotency_key);
    if let Some(refusal) = limits::refusal(&mut request) {
        return Answer::ok(&Response::from_errors(vec![refusal]));
    }
    let answer = Answer::ok(&graphql.schema.execute(request).await)?;
    if answer.body_length() > limits::MAX_ANSWER {
        return Answer::ok(&Response::from_errors(vec![limits::too_much()]));
    }
    Ok(answer)
}
