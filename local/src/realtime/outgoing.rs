//! What waits to be sent on a socket.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::ws::{Message, Utf8Bytes};
use futures_util::{Sink, SinkExt};
use tokio::sync::{mpsc, oneshot};

use super::end::End;

/// How many messages may wait for one client: more than it is told at once in any burst, and at 128 KB each a bound of
/// 32 MB for one that reads nothing.
const WAITING: usize = 256;

/// How long a message waits for room.
const PATIENCE: Duration = Duration::from_millis(250);

/// The way to one client.
pub struct Outlet {
    messages: mpsc::Sender<Message>,
    close: Mutex<Option<oneshot::Sender<End>>>,
}

/// The other end of an [`Outlet`].
pub struct Outgoing {
    /// What waits.
    pub messages: mpsc::Receiver<Message>,
    /// Comes true when the socket is to end.
    pub close: oneshot::Receiver<End>,
}

/// The socket was closed, or did not take the message in time.
#[derive(Debug)]
pub struct Stuck;

impl Outlet {
    /// A new way to a client.
    pub fn new() -> (Self, Outgoing) {
        let (sender, messages) = mpsc::channel(WAITING);
        let (closer, close) = oneshot::channel();
        let outlet = Self { messages: sender, close: Mutex::new(Some(closer)) };
        (outlet, Outgoing { messages, close })
    }

    /// Queues a message behind all others.
    ///
    /// # Errors
    /// When there is no room, or none in time.
    pub async fn send(&self, message: Message) -> Result<(), Stuck> {
        match self.messages.try_send(message) {
            Err(mpsc::error::TrySendError::Full(message)) => {
                self.messages.send_timeout(message, PATIENCE).await.map_err(|_| Stuck)
            }
            outcome => outcome.map_err(|_| Stuck),
        }
    }

    /// Ends the socket.
    pub fn close(&self, end: End) {
        let close = self.close.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(close) = close {
            let _ = close.send(end);
        }
    }
}

/// A frame of what is posted: text, unless it is none.
pub fn frame(data: Bytes) -> Message {
    match Utf8Bytes::try_from(data.clone()) {
        Ok(text) => Message::Text(text),
        Err(_) => Message::Binary(data),
    }
}

/// Sends what waits, all of it at once, until the client is gone.
pub async fn write<S>(mut sink: S, messages: &mut mpsc::Receiver<Message>) -> Result<(), S::Error>
where
    S: Sink<Message> + Unpin,
{
    while let Some(message) = messages.recv().await {
        sink.feed(message).await?;
        while let Ok(message) = messages.try_recv() {
            sink.feed(message).await?;
        }
        sink.flush().await?;
    }
    Ok(())
}
