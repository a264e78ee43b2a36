//! An open socket: frames in, answers and pushes out, until one side ends it.

use std::sync::Arc;

use axum::extract::ws::close_code::{AWAY, SIZE};
use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket};
use futures_util::future::{BoxFuture, OptionFuture};
use futures_util::{FutureExt, SinkExt};
use serde_json::json;
use tokio::time::{Instant, sleep_until, timeout};

use super::WebSocketApi;
use super::event::{ClientFrame, Connection};
use super::hub::Inbox;

/// How long the client may take to answer the end of a socket.
const GRACE: std::time::Duration = std::time::Duration::from_secs(1);

/// One socket.
pub struct Session {
    api: Arc<WebSocketApi>,
    connection: Connection,
}

/// Why a socket ends.
enum End {
    /// The client closed it, or is gone.
    Theirs(u16, String),
    /// It is closed from here.
    Ours(u16),
}

/// What the lambda says to a frame.
type Handling = BoxFuture<'static, Option<Utf8Bytes>>;

impl Session {
    pub fn new(api: Arc<WebSocketApi>, connection: Connection) -> Self {
        Self { api, connection }
    }

    /// Runs it to its end.
    pub async fn run(self: Arc<Self>, mut socket: WebSocket, mut inbox: Inbox) {
        let end = self.talk(&mut socket, &mut inbox).await;
        self.api.hub.close(&self.connection.id);
        let (code, reason) = match end {
            End::Theirs(code, reason) => (code, reason),
            End::Ours(code) => {
                let _ = timeout(GRACE, say_goodbye(&mut socket, code)).await;
                (code, String::new())
            }
        };
        drop(socket);
        self.closed(code, &reason).await;
        drop(inbox);
    }

    /// What is to be done when it is closed, however that came.
    pub async fn closed(&self, code: u16, reason: &str) {
        self.api.hub.close(&self.connection.id);
        // A failure is logged where it happens, and the row ends by itself.
        let _ = (self.api.handlers.disconnect)(self.connection.disconnect(code, reason)).await;
    }

    /// One frame of the client at a time; meanwhile it is sent to.
    async fn talk(self: &Arc<Self>, socket: &mut WebSocket, inbox: &mut Inbox) -> End {
        let longest = Instant::now() + self.api.limits.longest;
        let mut idle = Instant::now() + self.api.limits.idle;
        let mut handling: OptionFuture<Handling> = None.into();
        let mut busy = false;
        loop {
            tokio::select! {
                Some(code) = inbox.end.recv() => return End::Ours(code),
                () = sleep_until(idle.min(longest)) => return End::Ours(AWAY),
                answer = &mut handling, if busy => {
                    (handling, busy) = (None.into(), false);
                    if let Some(frame) = answer.flatten()
                        && let Err(end) = write(socket, inbox, frame).await
                    {
                        return end;
                    }
                }
                Some(frame) = inbox.frames.recv() => {
                    if let Err(end) = write(socket, inbox, frame).await {
                        return end;
                    }
                }
                message = socket.recv(), if !busy => match received(message) {
                    Ok(None) => {}
                    Ok(Some(message)) => {
                        idle = Instant::now() + self.api.limits.idle;
                        (handling, busy) = (Some(Arc::clone(self).handle(message)).into(), true);
                    }
                    Err(end) => return end,
                },
            }
        }
    }

    /// The lambda's answer to a frame, in a task of its own: it goes on when the client leaves.
    fn handle(self: Arc<Self>, message: Message) -> Handling {
        let invocation = tokio::spawn(async move {
            let (event, request_id) = match &message {
                Message::Binary(bytes) => self.connection.message(&ClientFrame::Binary(bytes)),
                message => {
                    let text = message.to_text().unwrap_or_default();
                    self.connection.message(&ClientFrame::Text(text))
                }
            };
            match (self.api.handlers.default)(event).await {
                Ok(answer) => answer["body"].as_str().map(Utf8Bytes::from),
                Err(_) => Some(self.failure(&request_id)),
            }
        });
        invocation.map(|answer| answer.ok().flatten()).boxed()
    }

    /// What API Gateway says when a lambda failed.
    fn failure(&self, request_id: &str) -> Utf8Bytes {
        let failure = json!({
            "message": "Internal server error",
            "connectionId": self.connection.id,
            "requestId": request_id,
        });
        failure.to_string().into()
    }
}

/// A frame that is for the lambda, if it is one.
fn received(message: Option<Result<Message, axum::Error>>) -> Result<Option<Message>, End> {
    match message {
        Some(Ok(Message::Close(frame))) => {
            let (code, reason) =
                frame.map_or((1005, String::new()), |frame| (frame.code, frame.reason.to_string()));
            Err(End::Theirs(code, reason))
        }
        Some(Ok(Message::Ping(_) | Message::Pong(_))) => Ok(None),
        Some(Ok(message)) => Ok(Some(message)),
        Some(Err(error)) if is_too_large(&error) => Err(End::Ours(SIZE)),
        Some(Err(_)) | None => Err(End::Theirs(1006, String::new())),
    }
}

/// The library does not name its errors to others.
fn is_too_large(error: &axum::Error) -> bool {
    error.to_string().contains("too long") || error.to_string().contains("too big")
}

/// Sends a frame and all that wait behind it at once. A client that does not read cannot keep the end from coming.
async fn write(socket: &mut WebSocket, inbox: &mut Inbox, first: Utf8Bytes) -> Result<(), End> {
    let Inbox { frames, end, .. } = inbox;
    let writing = async {
        socket.feed(Message::Text(first)).await?;
        while let Ok(frame) = frames.try_recv() {
            socket.feed(Message::Text(frame)).await?;
        }
        socket.flush().await
    };
    tokio::select! {
        written = writing => written.map_err(|_| End::Theirs(1006, String::new())),
        Some(code) = end.recv() => Err(End::Ours(code)),
    }
}

async fn say_goodbye(socket: &mut WebSocket, code: u16) {
    let frame = CloseFrame { code, reason: Utf8Bytes::default() };
    if socket.send(Message::Close(Some(frame))).await.is_ok() {
        while let Some(Ok(_)) = socket.recv().await {}
    }
}
