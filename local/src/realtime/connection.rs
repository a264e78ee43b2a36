//! A socket while it is open.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::ws::{Message, Utf8Bytes, WebSocket};
use futures_util::future::{BoxFuture, OptionFuture};
use futures_util::{FutureExt, SinkExt, Stream, StreamExt};
use serde_json::{Value, json};
use tokio::time::{Instant, sleep_until, timeout};

use super::Sockets;
use super::end::End;
use super::event::{Identity, new_request_id};
use super::outgoing::{Outgoing, Outlet, Stuck, write};

/// How many frames are read ahead of the one that is handled.
const READ_AHEAD: usize = 16;

/// How long a client has to answer that the socket is closed.
const FAREWELL: Duration = Duration::from_secs(1);

/// A socket that the `$connect` lambda let in.
pub struct Connection {
    sockets: Sockets,
    identity: Arc<Identity>,
    outlet: Arc<Outlet>,
}

/// The frame that is handled, if any; its answer.
type Handling = OptionFuture<BoxFuture<'static, Option<String>>>;

impl Connection {
    /// Its `identity` is known, its `outlet` can be found.
    pub fn new(sockets: Sockets, identity: Identity, outlet: Arc<Outlet>) -> Self {
        Self { sockets, identity: Arc::new(identity), outlet }
    }

    /// Until its end, which the `$disconnect` lambda is told of.
    pub async fn run(self, socket: Option<WebSocket>, outgoing: Outgoing) {
        let mut handling = Handling::default();
        let mut socket = socket;
        let end = match &mut socket {
            Some(socket) => self.exchange(socket, outgoing, &mut handling).await,
            None => End::Broken,
        };
        self.sockets.0.hub.remove(&self.identity.connection_id);
        if let Some(socket) = &mut socket {
            let farewell = async {
                let _ = timeout(FAREWELL, close(socket, &end)).await;
            };
            // A frame that is being handled is handled to its end.
            tokio::join!(farewell, handling);
        }
        let event = self.identity.disconnect(&end.frame());
        if self.sockets.route("$disconnect", event).await.is_err() {
            tracing::error!("the lambda of $disconnect failed");
        }
    }

    /// Reads and writes side by side.
    async fn exchange(
        &self,
        socket: &mut WebSocket,
        mut outgoing: Outgoing,
        handling: &mut Handling,
    ) -> End {
        let (sink, stream) = socket.split();
        tokio::select! {
            end = self.read(stream, handling) => end,
            _ = write(sink, &mut outgoing.messages) => End::Broken,
            end = &mut outgoing.close => end.unwrap_or(End::Broken),
        }
    }

    /// Hands the frames to the lambda, one at a time, in the order of their arrival.
    async fn read(
        &self,
        mut stream: impl Stream<Item = Result<Message, axum::Error>> + Unpin,
        handling: &mut Handling,
    ) -> End {
        let limits = self.sockets.0.limits;
        let old = Instant::now() + limits.age;
        let (mut idle, mut waiting) = (Instant::now() + limits.idle, VecDeque::new());
        let mut end = None;
        let mut busy = false;
        loop {
            if !busy && let Some(frame) = waiting.pop_front() {
                *handling = Some(self.handle(frame)).into();
                busy = true;
            }
            if !busy && let Some(end) = end {
                return end;
            }
            tokio::select! {
                Some(answer) = &mut *handling, if busy => {
                    (*handling, busy) = (Handling::default(), false);
                    if self.answer(answer).await.is_err() {
                        return End::Unread;
                    }
                }
                frame = stream.next(), if end.is_none() && waiting.len() < READ_AHEAD => {
                    match frame {
                        Some(Ok(Message::Text(frame))) => {
                            idle = Instant::now() + limits.idle;
                            waiting.push_back(frame);
                        }
                        Some(Ok(Message::Binary(_))) => end = Some(End::Binary),
                        Some(Ok(Message::Close(frame))) => end = Some(End::Left(frame)),
                        Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                        Some(Err(error)) => end = Some(broken(&error)),
                        None => end = Some(End::Broken),
                    }
                }
                () = sleep_until(idle.min(old)) => {
                    return if idle < old { End::Idle } else { End::Old };
                }
            }
        }
    }

    async fn answer(&self, answer: Option<String>) -> Result<(), Stuck> {
        match answer {
            Some(text) => self.outlet.send(Message::Text(text.into())).await,
            None => Ok(()),
        }
    }

    fn handle(&self, frame: Utf8Bytes) -> BoxFuture<'static, Option<String>> {
        let (sockets, identity) = (self.sockets.clone(), Arc::clone(&self.identity));
        async move {
            let request_id = new_request_id();
            let event = identity.message(&frame, &request_id)?;
            match sockets.route("$default", event).await {
                Ok(answer) => answer.get("body").and_then(Value::as_str).map(str::to_owned),
                Err(_) => Some(failure(&identity.connection_id, &request_id)),
            }
        }
        .boxed()
    }
}

fn failure(connection_id: &str, request_id: &str) -> String {
    json!({
        "message": "Internal server error",
        "connectionId": connection_id,
        "requestId": request_id,
    })
    .to_string()
}

/// The library names its errors in words alone once axum has wrapped them.
fn broken(error: &axum::Error) -> End {
    let words = error.to_string();
    let says = |what| words.contains(what);
    if says("too long") {
        End::TooLarge
    } else if says("UTF-8") {
        End::NotText
    } else {
        End::Broken
    }
}

/// Tells the client, where it does not know yet, and waits until it has heard.
async fn close(socket: &mut WebSocket, end: &End) {
    if end.is_ours() && socket.send(Message::Close(Some(end.frame()))).await.is_err() {
        return;
    }
    if matches!(end, End::TooLarge) {
        // What is left of the frame cannot be read; a client that is reset before it has read would not see why.
        return std::future::pending().await;
    }
    let _ = socket.flush().await;
    while let Some(Ok(_)) = socket.next().await {}
}
