//! `POST /v1/gateway/messages`: another system has something to say to a person.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use shared::error::{Error, Result};
use shared::http::{Answer, ByName, Input, required, valid};
use shared::model::{SequenceNumber, UserId};
use shared::queue::{Queue, QueueMessage};
use shared::realtime::GatewayMessage;
use shared::store::{Store, Users};
use uuid::Uuid;
use validator::{Validate, ValidationError};

/// The largest message, in bytes of JSON.
const MAX_MESSAGE_BYTES: usize = 64 * 1_024;
/// What is said of a message that was taken.
const QUEUED: &str = "Message sent to queue";
/// The longest id (SQS' limit).
const MAX_ID_LENGTH: usize = 128;

/// Who there is, and the queue of what is said to them.
#[derive(Debug)]
pub struct Gateway {
    users: Users,
    queue: Queue,
}

impl Gateway {
    /// Over the tables of `store`.
    #[must_use]
    pub fn new(store: Store, queue: Queue) -> Self {
        Self { users: Users::new(store), queue }
    }

    /// As the lambda's environment says: as [`Store::from_env`], and `GATEWAY_QUEUE_URL`.
    ///
    /// # Errors
    /// Names the variable that is missing.
    pub async fn from_env() -> Result<Self, lambda_http::Error> {
        let queue = Queue::from_env("GATEWAY_QUEUE_URL").await?;
        Ok(Self::new(Store::from_env().await?, queue))
    }
}

/// What is to be said to whom.
#[derive(Debug, Deserialize, Validate, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schemars(rename = "GatewayMessage", extend("required" = ["userId", "message"]))]
pub struct Post {
    /// To whom.
    #[validate(required, custom(function = "valid::<UserId>"))]
    #[schemars(with = "ByName<UserId>")]
    user_id: Option<String>,
    /// Any JSON of at most 64 KiB.
    #[serde(default, deserialize_with = "any")]
    #[validate(required, custom(function = "is_small"))]
    #[schemars(with = "Value")]
    message: Option<Value>,
    /// The producer's own id for it: sent again to the same person within 5 minutes, it is delivered once.
    #[validate(custom(function = "is_deduplication_id"))]
    #[schemars(extend("pattern" = "^[!-~]+$"), length(min = 1, max = MAX_ID_LENGTH))]
    deduplication_id: Option<String>,
}

/// What is answered.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "GatewayReceipt")]
pub struct Queued {
    /// Always this.
    #[schemars(extend("const" = QUEUED))]
    status: &'static str,
    /// Its id, by which a device confirms it.
    #[schemars(with = "SequenceNumber")]
    message_id: String,
}

/// Handles the route.
pub async fn handle(gateway: Arc<Gateway>, input: Input) -> Result<Answer> {
    let post: Post = input.body()?;
    let user: UserId = required("/userId", post.user_id.as_deref())?;
    let message = post.message.ok_or_else(|| Error::invalid("/message", "is required"))?;
    gateway.users.find(&user).await?.ok_or(Error::NotFound("user"))?;

    let message = GatewayMessage::Notification { message };
    let deduplication_id = post.deduplication_id.unwrap_or_else(|| Uuid::new_v4().to_string());
    let message = QueueMessage::new(user.to_string(), deduplication_id, &message)?;
    let place: SequenceNumber =
        gateway.queue.send(message).await?.parse().map_err(Error::internal)?;
    Answer::accepted_with(&Queued { status: QUEUED, message_id: place.to_string() })
}

/// Any JSON, null too.
fn any<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

fn is_small(message: &Value) -> Result<(), ValidationError> {
    let bytes = serde_json::to_string(message).map_or(usize::MAX, |text| text.len());
    if bytes <= MAX_MESSAGE_BYTES {
        return Ok(());
    }
    let reason = format!("must be at most {MAX_MESSAGE_BYTES} bytes of JSON");
    Err(ValidationError::new("size").with_message(reason.into()))
}

/// What SQS takes: letters, digits and punctuation of ASCII.
fn is_deduplication_id(id: &str) -> Result<(), ValidationError> {
    let plain = id.bytes().all(|byte| byte.is_ascii_graphic());
    if plain && (1..=MAX_ID_LENGTH).contains(&id.len()) {
        return Ok(());
    }
    let reason = format!("must be 1 to {MAX_ID_LENGTH} letters, digits and signs of ASCII");
    Err(ValidationError::new("id").with_message(reason.into()))
}
