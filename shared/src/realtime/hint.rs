//! What happens in passing and is stored nowhere, or can be read elsewhere: told to whoever is connected.

use futures_util::StreamExt;
use futures_util::stream::iter;

use super::post::{Met, Target};
use super::push::AT_ONCE;
use super::{Frame, Push, Realtime};
use crate::error::Result;
use crate::model::{ConnectionId, UserId};
use crate::store::Connected;

impl Realtime {
    /// Sends `push` on every socket of `users`.
    ///
    /// # Errors
    /// When somebody who is connected may have missed it.
    pub async fn hint(&self, users: &[UserId], push: &Push) -> Result<()> {
        let connected = self.connections.of(users).await?;
        self.hint_to(connected, None, push).await
    }

    /// As [`Realtime::hint`], to those whose sockets are known, without `except`.
    ///
    /// # Errors
    /// As [`Realtime::hint`].
    pub async fn hint_to(
        &self,
        connected: Connected,
        except: Option<&ConnectionId>,
        push: &Push,
    ) -> Result<()> {
        let frame = &Frame::new(push)?;
        let mut targets = Target::all(connected);
        targets.retain(|target| Some(&target.socket.id) != except);
        let tried = targets.len();
        let post = |target: Target| async move {
            let met = self.post(&target, frame).await;
            (target, met)
        };
        let posted: Vec<_> = iter(targets).map(post).buffer_unordered(AT_ONCE).collect().await;
        let mut unread = Vec::new();
        for (target, met) in posted {
            if met? == Met::Unread {
                unread.push(target);
            }
        }
        Ok(self.end(&unread, tried).await?)
    }
}
