//! What other systems have to say reaches its person. Called with the messages of the queue `gateway`, a lane for each person.
//!
//! Everything is held first and sent from there, in order, so that nothing overtakes what could not be sent. It stays held
//! until a device has confirmed it; each socket knows the last that was sent on it.

mod drain;

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use shared::error::{Error, Result};
use shared::events::{BatchAnswer, QueueEvent, QueueRecord, by_group};
use shared::model::{Notification, UserId};
use shared::queue::{Queue, QueueMessage};
use shared::realtime::{GatewayMessage, Sockets, sockets_from_env};
use shared::store::{Connections, PendingNotifications, Store, Users};

use drain::{Drained, drain};

/// For how long a call sends: what is left is sent by another, well before the lambda would be broken off.
const PATIENCE: Duration = Duration::from_secs(12);
/// How often sending is tried again where the WebSocket API cannot be asked. After that it waits for the next message or
/// socket: it is held, and must not end in the dead-letter queue.
const TRIES: u32 = 2;

/// What is held, for whom, and who is connected.
#[derive(Debug)]
pub struct Delivery {
    users: Users,
    pending: PendingNotifications,
    connections: Connections,
    sockets: Sockets,
    queue: Queue,
}

impl Delivery {
    /// Over the tables of `store`; `queue` is the queue `gateway`.
    #[must_use]
    pub fn new(store: &Store, sockets: Sockets, queue: Queue) -> Self {
        Self {
            users: Users::new(store.clone()),
            pending: PendingNotifications::new(store.clone()),
            connections: Connections::new(store.clone()),
            sockets,
            queue,
        }
    }

    /// As the lambda's environment says: as [`Store::from_env`] and [`sockets_from_env`], and `GATEWAY_QUEUE_URL`.
    ///
    /// # Errors
    /// Names the variable that is missing.
    pub async fn from_env() -> Result<Self, lambda_http::Error> {
        let queue = Queue::from_env("GATEWAY_QUEUE_URL").await?;
        Ok(Self::new(&Store::from_env().await?, sockets_from_env().await?, queue))
    }
}

/// Handles a batch, the people side by side.
pub async fn handle(delivery: Arc<Delivery>, event: QueueEvent) -> Result<BatchAnswer> {
    let deadline = Instant::now() + PATIENCE;
    let lanes = by_group(event.records).into_iter().map(|lane| deliver(&delivery, lane, deadline));
    Ok(join_all(lanes).await.into_iter().flatten().collect())
}

/// Holds one person's messages and sends what is held. Answers the messages that are to come again: those that are not held,
/// and a marker where sending failed. What is held must not come again, or it would be held anew though a device may have
/// confirmed it by then: what was not sent of it gets a marker of its own.
async fn deliver(delivery: &Delivery, lane: Vec<QueueRecord>, deadline: Instant) -> Vec<String> {
    let Some(last) = lane.last().cloned() else { return Vec::new() };
    let mut again = hold(delivery, lane).await;
    let drained = match user(&last) {
        Ok(user) => drain(delivery, &user, deadline).await,
        Err(error) => Err(error),
    };
    let rest = match drained {
        Ok(Drained::All) => Ok(()),
        Ok(Drained::Part) => mark(delivery, &last).await,
        Err(error) => {
            shared::logging::report(&error);
            if is_marker(&last) {
                again.extend(may_come_again(&last).then_some(last.message_id));
                return again;
            }
            mark(delivery, &last).await
        }
    };
    if let Err(error) = rest {
        // It is held, and sent with the next message or on the next socket.
        shared::logging::report(&error);
    }
    again
}

/// Answers those that are not held. What cannot be read is alone in that; where a table fails, what is behind waits, too.
async fn hold(delivery: &Delivery, lane: Vec<QueueRecord>) -> Vec<String> {
    let mut failed = Vec::new();
    let mut is_erased = None;
    let mut lane = lane.into_iter();
    while let Some(record) = lane.next() {
        let held = match read(&record) {
            Ok(Some((user, notification))) => {
                hold_one(delivery, &user, &notification, &mut is_erased).await
            }
            Ok(None) => Ok(()),
            Err(error) => {
                shared::logging::report(&error);
                failed.push(record.message_id);
                continue;
            }
        };
        if let Err(error) = held {
            shared::logging::report(&error);
            failed.push(record.message_id);
            failed.extend(lane.map(|record| record.message_id));
            return failed;
        }
    }
    failed
}

/// Nothing is held for a person who is erased. `is_erased` is asked for the lane's first notification.
async fn hold_one(
    delivery: &Delivery,
    user: &UserId,
    notification: &Notification,
    is_erased: &mut Option<bool>,
) -> Result<()> {
    let erased = match *is_erased {
        Some(erased) => erased,
        None => *is_erased.insert(delivery.users.erased(user).await?.is_some()),
    };
    if erased {
        return Ok(());
    }
    Ok(delivery.pending.hold(user, notification).await?)
}

/// What is to be held for whom; nothing where a socket has opened.
fn read(record: &QueueRecord) -> Result<Option<(UserId, Notification)>> {
    let GatewayMessage::Notification { message } = message(record)? else { return Ok(None) };
    let sequence_number = record.attributes.sequence_number.parse().map_err(Error::internal)?;
    Ok(Some((user(record)?, Notification { sequence_number, message })))
}

/// Sends a marker, so that what is held is sent by another call.
async fn mark(delivery: &Delivery, behind: &QueueRecord) -> Result<()> {
    let (lane, repeat) = (behind.attributes.message_group_id.clone(), behind.message_id.clone());
    delivery.queue.send(QueueMessage::new(lane, repeat, &GatewayMessage::Connected)?).await?;
    Ok(())
}

fn is_marker(record: &QueueRecord) -> bool {
    message(record).is_ok_and(|message| message == GatewayMessage::Connected)
}

fn may_come_again(record: &QueueRecord) -> bool {
    record.attributes.approximate_receive_count.parse().is_ok_and(|tries: u32| tries <= TRIES)
}

fn message(record: &QueueRecord) -> Result<GatewayMessage> {
    serde_json::from_str(&record.body).map_err(Error::internal)
}

/// Whose lane it is.
fn user(record: &QueueRecord) -> Result<UserId> {
    record.attributes.message_group_id.parse().map_err(Error::internal)
}
