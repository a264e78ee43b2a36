//! The WebSocket: what the server pushes, for as long as it lasts, and then a new one.

use std::collections::HashSet;
use std::time::Duration;

use backon::BackoffBuilder;
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};
use tokio_tungstenite::tungstenite::{self, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use super::transcript::Transcript;
use super::{frame, pauses};
use crate::client::{Call, Client, field};
use crate::entries::Entry;
use crate::error::{Error, Result};
use crate::output::{Output, aside, note, safe};
use crate::people::text;

/// How long nothing may come before the server is asked whether it is there: less than the 10 minutes that API Gateway gives.
const QUIET: Duration = Duration::from_mins(1);
/// How long a handshake may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// An open socket.
struct Socket {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
    /// Up to which entry the server was told that it is read.
    read: u64,
}

/// Why a socket is no more.
enum End {
    /// It broke: another one will do.
    Broken(String),
    /// There is nothing to go on with.
    Final(Error),
}

impl From<Error> for End {
    fn from(error: Error) -> Self {
        if error.may_pass() { Self::Broken(error.to_string()) } else { Self::Final(error) }
    }
}

impl From<tungstenite::Error> for End {
    fn from(error: tungstenite::Error) -> Self {
        Self::Broken(error.to_string())
    }
}

/// Prints what is pushed. A socket that ends is followed by another, with a new token, and what was missed in between.
pub async fn receive(client: &Client, transcript: &mut Transcript, output: Output) -> Result<()> {
    // The socket's TLS is told which cryptography to take; whoever was first has told it the same.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let (mut waits, mut notified) = (pauses().build(), HashSet::new());
    loop {
        let mut connected = false;
        let end = async {
            let mut socket = Socket::open(client).await?;
            transcript.catch_up().await?;
            connected = true;
            note("connected");
            socket.listen(transcript, &mut notified, output).await
        };
        let reason = match end.await {
            Ok(()) => return Err("the conversation is over".into()),
            Err(End::Final(error)) => return Err(error),
            Err(End::Broken(reason)) => reason,
        };
        if connected {
            waits = pauses().build();
        }
        note(format_args!("no connection, trying again: {}", safe(&reason)));
        sleep(waits.next().unwrap_or(QUIET)).await;
    }
}

impl Socket {
    /// With a token of its own, which is good once.
    async fn open(client: &Client) -> Result<Self, End> {
        let call = Call::new(http::Method::POST, "/v1/realtime/token").repeatable();
        let token = client.call(call).await?;
        let url = format!("{}?token={}", text(&token, "url")?, text(&token, "token")?);
        let connecting = timeout(PATIENCE, connect_async(url)).await;
        let connected = connecting.map_err(|_| End::Broken("no answer".to_owned()))?;
        Ok(Self { stream: connected?.0, read: 0 })
    }

    /// Until the conversation is over.
    async fn listen(
        &mut self,
        transcript: &mut Transcript,
        notified: &mut HashSet<String>,
        output: Output,
    ) -> Result<(), End> {
        loop {
            self.mark_read(transcript).await?;
            let Some(mut pushed) = self.next().await? else { continue };
            let entry = match pushed["type"].as_str().unwrap_or_default() {
                "notification" => {
                    self.notify(pushed, notified, output).await?;
                    continue;
                }
                "message.created" => field(&mut pushed, "message"),
                _ => field(&mut pushed, "entry"),
            };
            if transcript.take(Entry::from(entry)).await? {
                return Ok(());
            }
        }
    }

    /// What is pushed next; nothing for what only shows that the socket is open.
    async fn next(&mut self) -> Result<Option<Value>, End> {
        let mut message = timeout(QUIET, self.stream.next()).await;
        if message.is_err() {
            self.tell(frame("ping", json!({}))).await?;
            message = timeout(PATIENCE, self.stream.next()).await;
        }
        let message = message.map_err(|_| End::Broken("the server is silent".to_owned()))?;
        match message {
            Some(Ok(Message::Text(text))) => Ok(serde_json::from_str(&text).ok()),
            Some(Ok(Message::Close(_))) | None => {
                Err(End::Broken("the server has closed".to_owned()))
            }
            Some(Ok(_)) => Ok(None),
            Some(Err(error)) => Err(error.into()),
        }
    }

    /// What is printed is read.
    async fn mark_read(&mut self, transcript: &Transcript) -> Result<(), End> {
        let Some((conversation, seq)) = transcript.position() else { return Ok(()) };
        if seq > self.read {
            self.read = seq;
            self.tell(frame("read", json!({ "conversationId": conversation, "seq": seq }))).await?;
        }
        Ok(())
    }

    /// What another system says comes until it is confirmed, and may come twice.
    async fn notify(
        &mut self,
        mut pushed: Value,
        notified: &mut HashSet<String>,
        output: Output,
    ) -> Result<(), End> {
        let id = text(&pushed, "messageId")?;
        if notified.insert(id.clone()) {
            let message = field(&mut pushed, "message");
            let notification =
                json!({ "type": "notification", "messageId": id, "message": message });
            let words = || format!("{} {}", aside("notification:"), safe(&message.to_string()));
            output.answer(&notification, words)?;
        }
        self.tell(frame("received", json!({ "messageId": id }))).await
    }

    async fn tell(&mut self, frame: String) -> Result<(), End> {
        Ok(self.stream.send(Message::text(frame)).await?)
    }
}
