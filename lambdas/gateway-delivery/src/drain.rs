//! Sending what is held.

use std::time::Duration;

use futures_util::future::join_all;
use shared::error::{Error, Result};
use shared::model::{Notification, SequenceNumber, Socket, Timestamp, UserId};
use shared::realtime::{Frame, Posted, Push};
use tokio::time::sleep;

use super::Delivery;

/// How often a socket that may still be in its handshake is tried.
const HANDSHAKE_PAUSE: Duration = Duration::from_millis(100);

/// Sends to each socket of `user` what is held and was not sent on it yet, in order.
///
/// # Errors
/// When a socket did not take something: it is still held.
pub async fn drain(delivery: &Delivery, user: &UserId) -> Result<()> {
    let sockets = delivery.connections.of_one(user).await?;
    let outcomes = join_all(sockets.iter().map(|socket| catch_up(delivery, user, socket))).await;
    outcomes.into_iter().collect()
}

async fn catch_up(delivery: &Delivery, user: &UserId, socket: &Socket) -> Result<()> {
    let mut sent = socket.notified;
    loop {
        let held = delivery.pending.behind(user, sent).await?;
        let Some(last) = held.last().map(|notification| notification.sequence_number) else {
            return Ok(());
        };
        match send(delivery, socket, held).await {
            Sending::Done => sent = Some(last),
            Sending::Gone => {
                let gone = std::slice::from_ref(&socket.id);
                return Ok(delivery.connections.remove(user, gone).await?);
            }
            Sending::Failed(up_to, error) => {
                if let Some(up_to) = up_to {
                    delivery.connections.note_notified(user, &socket.id, up_to).await?;
                }
                return Err(error);
            }
        }
        delivery.connections.note_notified(user, &socket.id, last).await?;
    }
}

/// How far the sending came.
enum Sending {
    /// All is sent.
    Done,
    /// The socket is closed.
    Gone,
    /// The rest was not taken.
    Failed(Option<SequenceNumber>, Error),
}

async fn send(delivery: &Delivery, socket: &Socket, held: Vec<Notification>) -> Sending {
    let mut up_to = None;
    for Notification { sequence_number, message } in held {
        let message_id = sequence_number.to_string();
        let posted = match Frame::new(&Push::Notification { message_id, message }) {
            Ok(frame) => post(delivery, socket, &frame).await,
            Err(error) => Err(error),
        };
        match posted {
            Ok(Posted::Done) => up_to = Some(sequence_number),
            Ok(Posted::Gone) => return Sending::Gone,
            Err(error) => return Sending::Failed(up_to, error),
        }
    }
    Sending::Done
}

/// A young socket that is gone is in its handshake: it is tried until it is open, or too old for that.
async fn post(delivery: &Delivery, socket: &Socket, frame: &Frame) -> Result<Posted> {
    loop {
        let posted = delivery.sockets.post(&socket.id, frame).await?;
        if posted == Posted::Done || !socket.may_be_opening(Timestamp::now()) {
            return Ok(posted);
        }
        sleep(HANDSHAKE_PAUSE).await;
    }
}
