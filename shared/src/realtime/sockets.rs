//! The sockets, behind the WebSocket API's management calls.

use aws_config::SdkConfig;
use aws_sdk_apigatewaymanagement::Client;
use aws_sdk_apigatewaymanagement::error::SdkError;
use aws_sdk_apigatewaymanagement::operation::delete_connection::DeleteConnectionError;
use aws_sdk_apigatewaymanagement::operation::post_to_connection::PostToConnectionError;
use aws_sdk_apigatewaymanagement::primitives::Blob;

use super::Frame;
use crate::model::ConnectionId;
use crate::store::{Result, StoreError};

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
}

impl Sockets {
    /// Those that are managed at `url`.
    #[must_use]
    pub fn new(config: &SdkConfig, url: &str) -> Self {
        let config = aws_sdk_apigatewaymanagement::config::Builder::from(config);
        Self { client: Client::from_conf(config.endpoint_url(url).build()) }
    }

    /// Sends a frame.
    ///
    /// # Errors
    /// When the WebSocket API does not take it, also after the SDK's own retries.
    pub async fn post(&self, id: &ConnectionId, frame: &Frame) -> Result<Posted> {
        let request = self.client.post_to_connection().connection_id(id.as_str());
        match request.data(Blob::new(frame.as_bytes())).send().await {
            Ok(_) => Ok(Posted::Done),
            Err(SdkError::ServiceError(error)) => match error.err() {
                PostToConnectionError::GoneException(_) => Ok(Posted::Gone),
                PostToConnectionError::LimitExceededException(_) => Err(StoreError::Busy),
                _ => Err(SdkError::ServiceError(error).into()),
            },
            Err(error) => Err(error.into()),
        }
    }

    /// Closes a socket, if it is open.
    ///
    /// # Errors
    /// As [`Sockets::post`].
    pub async fn close(&self, id: &ConnectionId) -> Result<()> {
        match self.client.delete_connection().connection_id(id.as_str()).send().await {
            Err(SdkError::ServiceError(error))
                if matches!(error.err(), DeleteConnectionError::GoneException(_)) =>
            {
                Ok(())
            }
            Err(error) => Err(error.into()),
            Ok(_) => Ok(()),
        }
    }

    /// Opens a connection ahead of the first frame, as [`crate::store::Store::from_env`] does: a call for a socket that
    /// does not exist, and whose answer does not matter.
    pub async fn warm_up(&self) {
        let _ =
            self.client.post_to_connection().connection_id("-").data(Blob::new("")).send().await;
    }
}
