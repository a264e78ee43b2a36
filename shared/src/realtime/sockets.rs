//! The sockets, behind the WebSocket API's management calls.

use std::time::Duration;

use aws_config::SdkConfig;
use aws_sdk_apigatewaymanagement::Client;
use aws_sdk_apigatewaymanagement::error::SdkError;
use aws_sdk_apigatewaymanagement::operation::delete_connection::DeleteConnectionError;
use aws_sdk_apigatewaymanagement::operation::post_to_connection::PostToConnectionError;
use aws_sdk_apigatewaymanagement::primitives::Blob;
use tokio::time::sleep;

use super::Frame;
use crate::model::{ConnectionId, Socket, Timestamp, UserId};
use crate::store::{Connections, Result};

/// Sends frames to sockets and closes them.
#[derive(Debug, Clone)]
pub struct Sockets {
    client: Client,
}

/// What became of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Posted {
    /// It is on its way.
    Done,
    /// There is no such socket, or not yet.
    Gone,
    /// It is open and does not take the frame, also when that is repeated: what its client has not read fills its buffer,
    /// or the WebSocket API has more to do than its quota allows. The API's answer, 429, does not tell which.
    Unread,
}

impl Sockets {
    /// How often a socket that may still be in its handshake is tried.
    pub const HANDSHAKE_PAUSE: Duration = Duration::from_millis(100);

    /// Those that are managed at `url`.
    #[must_use]
    pub fn new(config: &SdkConfig, url: &str) -> Self {
        let config = aws_sdk_apigatewaymanagement::config::Builder::from(config);
        Self { client: Client::from_conf(config.endpoint_url(url).build()) }
    }

    /// Sends a frame.
    ///
    /// # Errors
    /// When the WebSocket API cannot be asked, also after the SDK's own retries.
    pub async fn post(&self, id: &ConnectionId, frame: &Frame) -> Result<Posted> {
        let request = self.client.post_to_connection().connection_id(id.as_str());
        match request.data(Blob::new(frame.as_bytes())).send().await {
            Ok(_) => Ok(Posted::Done),
            Err(SdkError::ServiceError(error)) => match error.err() {
                PostToConnectionError::GoneException(_) => Ok(Posted::Gone),
                PostToConnectionError::LimitExceededException(_) => Ok(Posted::Unread),
                _ => Err(SdkError::ServiceError(error).into()),
            },
            Err(error) => Err(error.into()),
        }
    }

    /// Closes a socket, if it is open. One that is gone and may be in its handshake is tried until it is open, or too old for
    /// that.
    ///
    /// # Errors
    /// As [`Sockets::post`].
    pub async fn close(&self, socket: &Socket) -> Result<()> {
        loop {
            match self.client.delete_connection().connection_id(socket.id.as_str()).send().await {
                Ok(_) => return Ok(()),
                Err(SdkError::ServiceError(error))
                    if matches!(error.err(), DeleteConnectionError::GoneException(_)) =>
                {
                    if !socket.may_be_opening(Timestamp::now()) {
                        return Ok(());
                    }
                }
                Err(error) => return Err(error.into()),
            }
            sleep(Self::HANDSHAKE_PAUSE).await;
        }
    }

    /// Closes a socket of `user`, and only then forgets it: an open one that is in no row would wait for ever.
    ///
    /// # Errors
    /// As [`Sockets::post`], and when DynamoDB cannot be asked.
    pub async fn end(
        &self,
        connections: &Connections,
        user: &UserId,
        socket: &Socket,
    ) -> Result<()> {
        self.close(socket).await?;
        connections.remove(user, std::slice::from_ref(&socket.id)).await
    }

    /// Opens a connection ahead of the first frame, as [`crate::store::Store::from_env`] does: a call for a socket that
    /// does not exist, and whose answer does not matter. Closing is what all who have sockets may do.
    pub async fn warm_up(&self) {
        let _ = self.client.delete_connection().connection_id("-").send().await;
    }
}
