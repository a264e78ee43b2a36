//! What happens in passing and is stored nowhere, or can be read elsewhere: sent once, to whoever is connected.

use futures_util::StreamExt;
use futures_util::stream::iter;

use super::push::AT_ONCE;
use super::{Frame, Posted, Push, Realtime};
use crate::logging::report;
use crate::model::{ConnectionId, Socket, Timestamp, UserId};
use crate::store::{Connected, StoreError};

impl Realtime {
    /// Sends `push` on every socket of `users` but `except`. Whoever cannot be reached misses it: that fails nothing.
    pub async fn hint(&self, users: &[UserId], except: Option<&ConnectionId>, push: &Push) {
        match self.connections.of(users).await {
            Ok(connected) => self.hint_to(&connected, except, push).await,
            Err(error) => report(&error.into()),
        }
    }

    /// As [`Realtime::hint`], to those whose sockets are known.
    pub async fn hint_to(&self, connected: &Connected, except: Option<&ConnectionId>, push: &Push) {
        let frame = match Frame::new(push) {
            Ok(frame) => frame,
            Err(error) => return report(&error),
        };
        let mut posts = Vec::new();
        for (user, sockets) in connected {
            let others = sockets.iter().filter(|socket| Some(&socket.id) != except);
            posts.extend(others.map(|socket| self.post(user, socket, &frame)));
        }
        let posted: Vec<_> = iter(posts).buffer_unordered(AT_ONCE).collect().await;
        for error in posted.into_iter().filter_map(Result::err) {
            report(&error.into());
        }
    }

    /// Sends a frame. A socket that is gone is removed from its person's row, unless it may be in its handshake.
    ///
    /// # Errors
    /// When the WebSocket API or DynamoDB cannot be asked.
    pub async fn post(
        &self,
        user: &UserId,
        socket: &Socket,
        frame: &Frame,
    ) -> Result<Posted, StoreError> {
        let posted = self.sockets.post(&socket.id, frame).await?;
        if posted == Posted::Gone && !socket.may_be_opening(Timestamp::now()) {
            self.connections.remove(user, std::slice::from_ref(&socket.id)).await?;
        }
        Ok(posted)
    }
}
