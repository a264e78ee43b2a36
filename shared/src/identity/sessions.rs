//! Ending what a person has open.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::try_join_all;

use super::Identity;
use crate::error::Result;
use crate::model::{Timestamp, UserId};
use crate::realtime::{Sockets, sockets_from_env};
use crate::store::{Connections, Store};

/// After this time an access token of now, which is good for 15 minutes, is surely good no more: the rest is for clocks and for
/// requests under way.
pub const ACCESS_TOKEN_OUTLIVED: Duration = Duration::from_mins(16);

/// The accounts, and the sockets of those who are connected. Made once in a process, shared by all of its requests.
#[derive(Debug)]
pub struct Sessions {
    /// The accounts and the profiles.
    pub identity: Arc<Identity>,
    connections: Connections,
    sockets: Sockets,
}

impl Sessions {
    /// Over the tables of `store`.
    #[must_use]
    pub fn new(identity: Arc<Identity>, store: Store, sockets: Sockets) -> Self {
        Self { identity, connections: Connections::new(store), sockets }
    }

    /// As the lambda's environment says: as [`Identity::from_env`], [`Store::from_env`] and [`sockets_from_env`].
    ///
    /// # Errors
    /// Names the variable that is missing or cannot be read.
    pub async fn from_env() -> Result<Self, lambda_http::Error> {
        let (identity, store, sockets) =
            tokio::try_join!(Identity::from_env(), Store::from_env(), sockets_from_env())?;
        Ok(Self::new(Arc::new(identity), store, sockets))
    }

    /// Ends everything that `user`, whose account Cognito calls `account`, has open, on all devices: refresh tokens and
    /// sockets. An access token stays good at the gateway, which looks at its signature alone, for the rest of its 15 minutes, but
    /// opens no socket.
    ///
    /// # Errors
    /// When Cognito, DynamoDB or the WebSocket API cannot be asked; what was not ended then is when it is repeated.
    pub async fn end(&self, account: &str, user: &UserId) -> Result<()> {
        // Sockets last: no device comes back by a refresh token that was about to end.
        if self.is_theirs(account, user).await? {
            self.identity.pool.sign_out(account).await?;
        }
        self.end_sockets(user, Timestamp::now()).await
    }

    /// As [`Sessions::end`], for an account that is to be erased: nobody signs in with it, and nothing of it opens a socket any more.
    ///
    /// # Errors
    /// As [`Sessions::end`].
    pub async fn close(&self, account: &str, user: &UserId) -> Result<()> {
        if self.is_theirs(account, user).await? {
            self.identity.pool.disable(account).await?;
            self.identity.pool.sign_out(account).await?;
        }
        self.end_sockets(user, Timestamp::now().plus(ACCESS_TOKEN_OUTLIVED)).await
    }

    /// Whether Cognito still calls `user` so: of an account that is gone somebody else may have the name.
    async fn is_theirs(&self, account: &str, user: &UserId) -> Result<bool> {
        let held = self.identity.pool.held(account).await?;
        Ok(held.is_some_and(|held| held.user_id == *user))
    }

    /// Ends the sockets of `user`; no session that began before `began_before`, in whole seconds, opens one any more.
    async fn end_sockets(&self, user: &UserId, began_before: Timestamp) -> Result<()> {
        let open = self.connections.end_sessions(user, began_before.epoch_seconds()).await?;
        let ends = open.iter().map(|socket| self.sockets.end(&self.connections, user, socket));
        try_join_all(ends).await?;
        Ok(())
    }
}
