//! What other systems have to say reaches its person. Called with the messages of the queue `gateway`, a lane for each person.
//!
//! Everything is held first and sent from there, in order, so that nothing overtakes what could not be sent. It stays held
//! until a device has confirmed it; each socket knows the last that was sent on it.

mod drain;

use std::sync::Arc;

use futures_util::future::join_all;
use shared::error::{Error, Result};
use shared::events::{BatchAnswer, QueueEvent, QueueRecord, by_group};
use shared::model::{Notification, UserId};
use shared::realtime::{GatewayMessage, Sockets, sockets_from_env};
use shared::store::{Connections, PendingNotifications, Store};

use drain::drain;

/// How often what could not be sent is tried. After that it waits for the next message or socket: it is held, and must not
/// end in the dead-letter queue.
const TRIES: u32 = 2;

/// What is held, and who is connected.
#[derive(Debug)]
pub struct Delivery {
    pending: PendingNotifications,
    connections: Connections,
    sockets: Sockets,
}

impl Delivery {
    /// Over the tables of `store`.
    #[must_use]
    pub fn new(store: &Store, sockets: Sockets) -> Self {
        Self {
            pending: PendingNotifications::new(store.clone()),
            connections: Connections::new(store.clone()),
            sockets,
        }
    }

    /// As the lambda's environment says: as [`Store::from_env`] and [`sockets_from_env`].
    ///
    /// # Errors
    /// Names the variable that is missing.
    pub async fn from_env() -> Result<Self, lambda_http::Error> {
        Ok(Self::new(&Store::from_env().await?, sockets_from_env().await?))
    }
}

/// Handles a batch, the people side by side.
pub async fn handle(delivery: Arc<Delivery>, event: QueueEvent) -> Result<BatchAnswer> {
    let lanes = by_group(event.records).into_iter().map(|lane| deliver(&delivery, lane));
    Ok(join_all(lanes).await.into_iter().flatten().collect())
}

/// Holds one person's messages and sends what is held. Answers the messages that are to come again.
async fn deliver(delivery: &Delivery, lane: Vec<QueueRecord>) -> Vec<String> {
    let Some(last) = lane.last().cloned() else { return Vec::new() };
    let failed = hold(delivery, lane).await;
    if !failed.is_empty() {
        return failed;
    }
    match send_held(delivery, &last).await {
        Ok(()) => Vec::new(),
        Err(error) => {
            shared::logging::report(&error);
            let tries: u32 = last.attributes.approximate_receive_count.parse().unwrap_or(u32::MAX);
            if tries > TRIES { Vec::new() } else { vec![last.message_id] }
        }
    }
}

/// Answers those that are not held: what cannot be held, and all that is behind it.
async fn hold(delivery: &Delivery, lane: Vec<QueueRecord>) -> Vec<String> {
    let mut lane = lane.into_iter();
    while let Some(record) = lane.next() {
        if let Err(error) = hold_one(delivery, &record).await {
            shared::logging::report(&error);
            let behind = lane.map(|record| record.message_id);
            return std::iter::once(record.message_id).chain(behind).collect();
        }
    }
    Vec::new()
}

async fn hold_one(delivery: &Delivery, record: &QueueRecord) -> Result<()> {
    let message: GatewayMessage = serde_json::from_str(&record.body).map_err(Error::internal)?;
    let GatewayMessage::Notification { message } = message else { return Ok(()) };
    let sequence_number = record.attributes.sequence_number.parse().map_err(Error::internal)?;
    let notification = Notification { sequence_number, message };
    Ok(delivery.pending.hold(&user(record)?, &notification).await?)
}

async fn send_held(delivery: &Delivery, record: &QueueRecord) -> Result<()> {
    drain(delivery, &user(record)?).await
}

/// Whose lane it is.
fn user(record: &QueueRecord) -> Result<UserId> {
    record.attributes.message_group_id.parse().map_err(Error::internal)
}
