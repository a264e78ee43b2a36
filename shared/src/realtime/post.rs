//! Frames to many sockets, and what becomes of a socket that does not take one.

use futures_util::future::try_join_all;

use super::{Frame, Posted, Realtime};
use crate::error::Error;
use crate::logging::report;
use crate::model::{Socket, Timestamp, UserId};
use crate::store::{Connected, Result, StoreError};

/// How many sockets may refuse a frame before the WebSocket API itself may be what is too busy.
const FEW: usize = 8;

/// A person's socket.
#[derive(Debug, Clone)]
pub(super) struct Target {
    pub user: UserId,
    pub socket: Socket,
}

impl Target {
    /// All sockets of `connected`.
    pub fn all(connected: Connected) -> Vec<Self> {
        let of_one = |(user, sockets): (UserId, Vec<Socket>)| {
            sockets.into_iter().map(move |socket| Self { user: user.clone(), socket })
        };
        connected.into_iter().flat_map(of_one).collect()
    }
}

/// What a frame met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Met {
    /// A socket that takes it.
    Open,
    /// None, or one that is opening.
    Nobody,
    /// A socket that does not take it.
    Unread,
}

impl Realtime {
    /// Sends a frame, and forgets a socket that is gone, unless it may be in its handshake.
    ///
    /// # Errors
    /// When DynamoDB cannot be asked.
    pub(super) async fn post(&self, to: &Target, frame: &Frame) -> Result<Met> {
        match self.sockets.post(&to.socket.id, frame).await {
            Ok(Posted::Done) => Ok(Met::Open),
            Ok(Posted::Unread) => Ok(Met::Unread),
            Ok(Posted::Gone) => {
                if !to.socket.may_be_opening(Timestamp::now()) {
                    self.connections.remove(&to.user, std::slice::from_ref(&to.socket.id)).await?;
                }
                Ok(Met::Nobody)
            }
            Err(error) => {
                report(&Error::from(error));
                Ok(Met::Unread)
            }
        }
    }

    /// Ends the sockets among `tried` that did not take a frame: their clients connect anew and read what they missed. A
    /// socket that is left open would refuse the next frame, too, for as long as its client does not read.
    ///
    /// # Errors
    /// [`StoreError::Busy`], with all sockets left open, when so many refused that it must be the WebSocket API: closing
    /// them would bring it all of those clients at once. Else when a socket cannot be ended.
    pub(super) async fn end(&self, unread: &[Target], tried: usize) -> Result<()> {
        if unread.len() > FEW && unread.len() * 2 > tried {
            return Err(StoreError::Busy);
        }
        let ends = unread
            .iter()
            .map(|Target { user, socket }| self.sockets.end(&self.connections, user, socket));
        try_join_all(ends).await?;
        Ok(())
    }
}
