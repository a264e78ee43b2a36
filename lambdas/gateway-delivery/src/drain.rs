//! Sending what is held.

use std::time::Instant;

use futures_util::future::join_all;
use shared::error::Result;
use shared::model::{Notification, SequenceNumber, Socket, Timestamp, UserId};
use shared::realtime::{Frame, Posted, Push, Sockets};
use tokio::time::sleep;

use super::Delivery;

/// How far it came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Drained {
    /// Everything is sent.
    All,
    /// The time was over.
    Part,
}

/// Sends to each socket of `user` what is held and was not sent on it yet, in order, until `deadline`.
///
/// # Errors
/// When a socket, or DynamoDB, could not be asked: what was not sent is still held.
pub async fn drain(delivery: &Delivery, user: &UserId, deadline: Instant) -> Result<Drained> {
    let sockets = delivery.connections.of_one(user).await?;
    let catching_up = sockets.iter().map(|socket| catch_up(delivery, user, socket, deadline));
    let outcomes: Result<Vec<Drained>> = join_all(catching_up).await.into_iter().collect();
    Ok(if outcomes?.contains(&Drained::Part) { Drained::Part } else { Drained::All })
}

async fn catch_up(
    delivery: &Delivery,
    user: &UserId,
    socket: &Socket,
    deadline: Instant,
) -> Result<Drained> {
    let Delivery { pending, connections, sockets, .. } = delivery;
    let mut sent = socket.notified;
    loop {
        let held = pending.behind(user, sent).await?;
        if held.is_empty() {
            return Ok(Drained::All);
        }
        let (up_to, end) = send(delivery, socket, held, deadline).await;
        if let Some(up_to) = up_to {
            connections.note_notified(user, &socket.id, up_to).await?;
            sent = Some(up_to);
        }
        match end {
            End::Done => continue,
            End::Late => return Ok(Drained::Part),
            End::Gone => connections.remove(user, std::slice::from_ref(&socket.id)).await?,
            // Its client connects anew, and gets what it did not read.
            End::Unread => sockets.end(connections, user, socket).await?,
            End::Failed(error) => return Err(error),
        }
        return Ok(Drained::All);
    }
}

/// Why no more was sent.
enum End {
    /// All is sent.
    Done,
    /// The time is over.
    Late,
    /// The socket is closed.
    Gone,
    /// The socket does not take it.
    Unread,
    /// The WebSocket API could not be asked.
    Failed(shared::error::Error),
}

/// Answers the last that was sent.
async fn send(
    delivery: &Delivery,
    socket: &Socket,
    held: Vec<Notification>,
    deadline: Instant,
) -> (Option<SequenceNumber>, End) {
    let mut up_to = None;
    for Notification { sequence_number, message } in held {
        if Instant::now() >= deadline {
            return (up_to, End::Late);
        }
        let message_id = sequence_number.to_string();
        let posted = match Frame::new(&Push::Notification { message_id, message }) {
            Ok(frame) => post(delivery, socket, &frame).await,
            Err(error) => Err(error),
        };
        match posted {
            Ok(Posted::Done) => up_to = Some(sequence_number),
            Ok(Posted::Gone) => return (up_to, End::Gone),
            Ok(Posted::Unread) => return (up_to, End::Unread),
            Err(error) => return (up_to, End::Failed(error)),
        }
    }
    (up_to, End::Done)
}

/// A young socket that is gone is in its handshake: it is tried until it is open, or too old for that.
async fn post(delivery: &Delivery, socket: &Socket, frame: &Frame) -> Result<Posted> {
    loop {
        let posted = delivery.sockets.post(&socket.id, frame).await?;
        if posted != Posted::Gone || !socket.may_be_opening(Timestamp::now()) {
            return Ok(posted);
        }
        sleep(Sockets::HANDSHAKE_PAUSE).await;
    }
}
