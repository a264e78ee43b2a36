//! The events of lambdas that no HTTP request calls: what of them is read here, and how a batch is answered.
//!
//! Such a handler is `async fn(Arc<Context>, Event) -> Result<Answer>`. [`event_handler`] turns it into a function from JSON
//! to JSON, which the Lambda runtime and the local server both call.

use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_dynamo::Item;
use serde_json::Value;
use tracing::Instrument;

use crate::error::{Error, Result};
use crate::logging;
use crate::model::UserId;

/// A lambda as a function from event to answer. What fails is logged before it is returned.
pub type EventHandler =
    Arc<dyn Fn(Value) -> BoxFuture<'static, std::result::Result<Value, Failed>> + Send + Sync>;

/// The invocation failed. Why is in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the event could not be handled")]
pub struct Failed;

/// Lifts a handler: reads the event, logs a failure, writes the answer.
pub fn event_handler<C, E, A, F, Fut>(context: Arc<C>, handle: F) -> EventHandler
where
    C: Send + Sync + 'static,
    E: DeserializeOwned,
    A: Serialize,
    F: Fn(Arc<C>, E) -> Fut + Send + Sync + Clone + 'static,
    Fut: Future<Output = Result<A>> + Send + 'static,
{
    Arc::new(move |event| {
        let (context, handle) = (Arc::clone(&context), handle.clone());
        let answer = async move {
            let event = serde_json::from_value(event).map_err(Error::internal)?;
            serde_json::to_value(handle(context, event).await?).map_err(Error::internal)
        };
        let respond = async move {
            answer.await.map_err(|error| {
                logging::report(&error);
                Failed
            })
        };
        respond.instrument(tracing::error_span!("event")).boxed()
    })
}

/// Changes of a table, in the order in which they happened to each row.
#[derive(Debug, Deserialize)]
pub struct StreamEvent {
    /// The changes.
    #[serde(rename = "Records")]
    pub records: Vec<StreamRecord>,
}

/// One change.
#[derive(Debug, Deserialize)]
pub struct StreamRecord {
    /// What changed.
    pub dynamodb: StreamChange,
}

/// What changed.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct StreamChange {
    /// Its place in the stream, by which a failure is reported.
    pub sequence_number: String,
    /// The row as it was right after the change.
    pub new_image: Item,
}

/// Messages of a queue; those of a group in their order.
#[derive(Debug, Deserialize)]
pub struct QueueEvent {
    /// The messages.
    #[serde(rename = "Records")]
    pub records: Vec<QueueRecord>,
}

/// One message.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct QueueRecord {
    /// Its id, by which a failure is reported.
    pub message_id: String,
    /// What it says.
    pub body: String,
    /// What SQS adds.
    pub attributes: QueueAttributes,
}

/// What SQS says of a message; what only FIFO queues have is empty in others.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct QueueAttributes {
    /// The group within which the order is kept.
    #[serde(default)]
    pub message_group_id: String,
    /// Its place in the queue: a number of up to 128 bits that grows within its group.
    #[serde(default)]
    pub sequence_number: String,
    /// How often it was received, this time included: a number.
    pub approximate_receive_count: String,
}

/// The messages of each group, in their order.
#[must_use]
pub fn by_group(records: Vec<QueueRecord>) -> Vec<Vec<QueueRecord>> {
    let mut groups: Vec<Vec<QueueRecord>> = Vec::new();
    for record in records {
        let group = &record.attributes.message_group_id;
        let of_group = |lane: &&mut Vec<QueueRecord>| {
            lane.first().is_some_and(|first| first.attributes.message_group_id == *group)
        };
        match groups.iter_mut().find(of_group) {
            Some(lane) => lane.push(record),
            None => groups.push(vec![record]),
        }
    }
    groups
}

/// Which parts of a batch failed; the rest is done.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BatchAnswer {
    /// They come again; of a stream, everything from the first of them on.
    pub batch_item_failures: Vec<BatchItemFailure>,
}

/// A part that failed.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BatchItemFailure {
    /// A message's id, or a change's sequence number.
    pub item_identifier: String,
}

impl FromIterator<String> for BatchAnswer {
    fn from_iter<I: IntoIterator<Item = String>>(failed: I) -> Self {
        let failure = |item_identifier| BatchItemFailure { item_identifier };
        Self { batch_item_failures: failed.into_iter().map(failure).collect() }
    }
}

/// Something happened on a socket: it opened, it sent a frame, it closed.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SocketEvent {
    /// What the WebSocket API says of it.
    pub request_context: SocketContext,
    /// The frame. It is text: API Gateway ends a socket that sends bytes.
    pub body: Option<String>,
}

/// What the WebSocket API says of a socket.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SocketContext {
    /// Which socket.
    pub connection_id: String,
    /// What happened.
    pub event_type: SocketEventType,
    /// The gateway's name for this event.
    pub request_id: String,
    /// Whose socket it is, as the authorizer said when it opened.
    pub authorizer: SocketAuthorizer,
}

/// What happened on a socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum SocketEventType {
    /// It opens: the handshake goes on if the lambda answers 200.
    Connect,
    /// A frame came.
    Message,
    /// It is closed.
    Disconnect,
}

/// What the authorizer said.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SocketAuthorizer {
    /// Whose token it was.
    pub user_id: UserId,
    /// When the session began in which it was issued: seconds of the Unix epoch, as digits. Read when a socket opens.
    #[serde(default)]
    pub session_began: String,
}

/// What a lambda of the WebSocket API answers: a status, and a frame for the socket.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SocketAnswer {
    /// 200 lets a socket open.
    pub status_code: u16,
    /// The frame, if the route has a response.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
}

impl SocketAnswer {
    /// All is well, with nothing to say.
    #[must_use]
    pub fn ok() -> Self {
        Self { status_code: 200, body: None }
    }

    /// The socket may not open.
    #[must_use]
    pub fn refused() -> Self {
        Self { status_code: 401, body: None }
    }
}
