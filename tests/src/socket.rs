//! Sockets: what a device of somebody's sees while it happens.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use http::StatusCode;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::frames::{deviation, deviation_of_client};
use crate::person::{Person, unique};

/// How long a frame may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// An open socket.
#[derive(Debug)]
pub struct Socket {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
    /// What came while something else was waited for.
    waiting: Vec<Value>,
}

impl Person {
    /// Opens a socket.
    pub async fn connect(&self) -> Socket {
        Socket::open(&self.door().await).await.expect("the handshake succeeds")
    }

    /// A URL that opens one socket, once.
    pub async fn door(&self) -> String {
        let issued = self.post("/v1/realtime/token", None).await.expect(201);
        assert_eq!(issued["expiresIn"], 30);
        format!("{}?token={}", issued.text("url"), issued.text("token"))
    }
}

impl Socket {
    /// Connects.
    ///
    /// # Errors
    /// The status that the handshake was refused with.
    pub async fn open(url: &str) -> Result<Self, StatusCode> {
        match connect_async(url).await {
            Ok((stream, _)) => Ok(Self { stream, waiting: Vec::new() }),
            Err(Error::Http(response)) => Err(response.status()),
            Err(error) => panic!("no handshake: {error}"),
        }
    }

    /// Sends a frame as it stands.
    pub async fn tell(&mut self, frame: impl Into<Message>) {
        self.stream.send(frame.into()).await.expect("the socket is open");
    }

    /// Sends a frame with a name for it and waits for the answer. What comes meanwhile is kept.
    pub async fn ask(&mut self, mut frame: Value) -> Value {
        let name = unique("r");
        frame["requestId"] = name.as_str().into();
        self.tell(frame.to_string()).await;
        self.until(|answer| answer["requestId"] == name.as_str()).await
    }

    /// As [`Socket::ask`], for a frame that must be done.
    pub async fn done(&mut self, frame: Value) -> Value {
        assert_eq!(deviation_of_client(&frame), None, "{frame}");
        let answer = self.ask(frame).await;
        assert_eq!(answer["type"], "ack", "{answer}");
        answer
    }

    /// Checks that it can still be used.
    pub async fn done_ping(&mut self) {
        assert_eq!(self.ask(json!({ "action": "ping" })).await["type"], "pong");
    }

    /// As [`Socket::ask`], for a frame that must be refused: the problem.
    pub async fn refused(&mut self, frame: Value) -> Value {
        let answer = self.ask(frame).await;
        assert_eq!(answer["type"], "error", "{answer}");
        answer["problem"].clone()
    }

    /// The first frame that is so; the others are kept.
    pub async fn until(&mut self, is_so: impl Fn(&Value) -> bool) -> Value {
        if let Some(at) = self.waiting.iter().position(&is_so) {
            return self.waiting.remove(at);
        }
        loop {
            let frame = self.frame().await;
            if is_so(&frame) {
                return frame;
            }
            self.waiting.push(frame);
        }
    }

    /// The next frame of a type; the others are kept.
    pub async fn next(&mut self, kind: &str) -> Value {
        self.until(|frame| frame["type"] == kind).await
    }

    /// Everything that came until something is so, that included, in order.
    pub async fn all_until(&mut self, is_so: impl Fn(&Value) -> bool) -> Vec<Value> {
        let mut seen = std::mem::take(&mut self.waiting);
        if let Some(at) = seen.iter().position(&is_so) {
            self.waiting = seen.split_off(at + 1);
            return seen;
        }
        loop {
            seen.push(self.frame().await);
            if seen.last().is_some_and(&is_so) {
                return seen;
            }
        }
    }

    /// Closes the socket and waits until the other side has, too.
    pub async fn close(mut self) {
        self.stream.close(None).await.expect("the socket is open");
        while let Some(Ok(_)) = self.stream.next().await {}
    }

    /// Waits until the other side closes it; with the reason, if it gives one.
    pub async fn closed(mut self) -> Option<CloseFrame> {
        let closing = async {
            while let Some(Ok(message)) = self.stream.next().await {
                if let Message::Close(frame) = message {
                    return frame;
                }
            }
            None
        };
        tokio::time::timeout(PATIENCE, closing).await.expect("the socket is closed")
    }

    async fn frame(&mut self) -> Value {
        let next = async {
            loop {
                match self.stream.next().await.expect("the socket is open") {
                    Ok(Message::Text(text)) => return text,
                    Ok(Message::Close(frame)) => panic!("the socket was closed: {frame:?}"),
                    Ok(_) => {}
                    Err(error) => panic!("the socket broke: {error}"),
                }
            }
        };
        let Ok(text) = tokio::time::timeout(PATIENCE, next).await else {
            panic!("nothing came; before that: {:?}", self.waiting)
        };
        let frame = serde_json::from_str(&text).unwrap_or_else(|_| panic!("no JSON: {text}"));
        assert_eq!(deviation(&frame), None, "{frame}");
        frame
    }
}

/// For [`Socket::until`]: a message with this body was created.
pub fn says(body: &str) -> impl Fn(&Value) -> bool {
    move |frame| frame["type"] == "message.created" && frame["message"]["body"] == body
}
