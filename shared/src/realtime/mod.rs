//! Reaching people while it happens: their sockets, what is sent on them, and who may see it.

mod frame;
mod group_end;
mod hint;
mod messages;
mod post;
mod push;
mod sockets;

pub use frame::{Frame, Push, Reply};
pub use group_end::{EndsWhen, end_group};
pub use messages::{GatewayMessage, PushChunk};
pub use push::{concerned, push};
pub use sockets::{Posted, Sockets};

use crate::app::App;
use crate::aws::{self, variable};
use crate::store::{Connections, PendingNotifications};

/// Everything that reaches people. Made once in a process, shared by all of its requests.
#[derive(Debug, Clone)]
pub struct Realtime {
    /// The tables of the chat.
    pub app: App,
    /// Who is connected.
    pub connections: Connections,
    /// What waits for a person's confirmation.
    pub pending: PendingNotifications,
    /// The sockets themselves.
    pub sockets: Sockets,
}

impl Realtime {
    /// Over the tables of `app`.
    #[must_use]
    pub fn new(app: App, sockets: Sockets) -> Self {
        Self {
            connections: Connections::new(app.store.clone()),
            pending: PendingNotifications::new(app.store.clone()),
            app,
            sockets,
        }
    }

    /// As the lambda's environment says: as [`App::from_env`] and [`sockets_from_env`].
    ///
    /// # Errors
    /// Names the variable that is missing or cannot be read.
    pub async fn from_env() -> Result<Self, lambda_http::Error> {
        let (app, sockets) = tokio::try_join!(App::from_env(), sockets_from_env())?;
        Ok(Self::new(app, sockets))
    }
}

/// As the lambda's environment says: `REALTIME_URL`. Opens a connection, so that the first frame does not wait for TLS.
///
/// # Errors
/// Names the variable.
pub async fn sockets_from_env() -> Result<Sockets, lambda_http::Error> {
    let sockets = Sockets::new(&aws::config().await, &management_url(&url_from_env()?));
    sockets.warm_up().await;
    Ok(sockets)
}

/// Where clients connect: `REALTIME_URL`.
///
/// # Errors
/// Names the variable.
pub fn url_from_env() -> Result<String, String> {
    variable("REALTIME_URL")
}

/// Where the sockets of the WebSocket API at `url` are managed: the same place over HTTP.
fn management_url(url: &str) -> String {
    url.replacen("ws", "http", 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sockets_are_managed_where_clients_connect() {
        assert_eq!(management_url("wss://a.example/live"), "https://a.example/live");
        assert_eq!(management_url("ws://127.0.0.1:1/live"), "http://127.0.0.1:1/live");
    }
}
