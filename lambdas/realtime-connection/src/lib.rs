//! `$connect` and `$disconnect`: a socket opens, a socket is closed.

use std::sync::Arc;

use futures_util::future::try_join_all;
use shared::error::{Error, Result};
use shared::events::{SocketAnswer, SocketAuthorizer, SocketEvent, SocketEventType};
use shared::model::{ConnectionId, Socket, Timestamp, UserId};
use shared::queue::{Queue, QueueMessage};
use shared::realtime::{GatewayMessage, Sockets, sockets_from_env};
use shared::store::{Connections, PendingNotifications, Store};

/// Who is connected, and what waits for them.
#[derive(Debug)]
pub struct Door {
    connections: Connections,
    pending: PendingNotifications,
    sockets: Sockets,
    gateway: Queue,
}

impl Door {
    /// Over the tables of `store`; `gateway` is the queue of the notifications.
    #[must_use]
    pub fn new(store: &Store, sockets: Sockets, gateway: Queue) -> Self {
        Self {
            connections: Connections::new(store.clone()),
            pending: PendingNotifications::new(store.clone()),
            sockets,
            gateway,
        }
    }

    /// As the lambda's environment says: as [`Store::from_env`] and [`sockets_from_env`], and `GATEWAY_QUEUE_URL`.
    ///
    /// # Errors
    /// Names the variable that is missing.
    pub async fn from_env() -> Result<Self, lambda_http::Error> {
        let gateway = Queue::from_env("GATEWAY_QUEUE_URL").await?;
        Ok(Self::new(&Store::from_env().await?, sockets_from_env().await?, gateway))
    }
}

/// Handles both.
pub async fn handle(door: Arc<Door>, event: SocketEvent) -> Result<SocketAnswer> {
    let context = event.request_context;
    let SocketAuthorizer { user_id: user, session_began } = context.authorizer;
    let id = ConnectionId::from(context.connection_id);
    match context.event_type {
        SocketEventType::Disconnect => door.connections.remove(&user, &[id]).await?,
        SocketEventType::Connect => {
            let session_began = session_began.parse().map_err(Error::internal)?;
            return connect(&door, &user, &id, session_began).await;
        }
        // A frame may call itself `$connect`.
        SocketEventType::Message => {}
    }
    Ok(SocketAnswer::ok())
}

/// The row comes before the look at what waits: who holds a notification after that look finds the row. Whose session has ended
/// is turned away: its access token may still be good at the gateway, which looks at its signature alone.
async fn connect(
    door: &Door,
    user: &UserId,
    id: &ConnectionId,
    session_began: i64,
) -> Result<SocketAnswer> {
    let now = Timestamp::now();
    let Some(sockets) = door.connections.add(user, id, now, session_began).await? else {
        return Ok(SocketAnswer::refused());
    };
    let (made_room, waits) =
        tokio::join!(make_room(door, user, sockets, now), door.pending.any(user));
    if let Err(error) = made_room {
        // The next socket will try again; it is no reason to turn this one away.
        shared::logging::report(&error);
    }
    if waits? {
        // In the person's own lane, behind what is being delivered and before what is not yet.
        let (lane, repeat) = (user.to_string(), id.to_string());
        let marker = QueueMessage::new(lane, repeat, &GatewayMessage::Connected)?;
        door.gateway.send(marker).await?;
    }
    Ok(SocketAnswer::ok())
}

/// Forgets the sockets that must be closed by now, and ends the oldest where there are too many.
async fn make_room(
    door: &Door,
    user: &UserId,
    mut sockets: Vec<Socket>,
    now: Timestamp,
) -> Result<()> {
    let open: Vec<Socket> = sockets.extract_if(.., |socket| socket.may_be_open(now)).collect();
    let too_many = open.len().saturating_sub(Socket::MAX_PER_USER);
    let ended = &open[..too_many];
    // Only what is closed is forgotten: an open socket that is in no row would wait for ever.
    try_join_all(ended.iter().map(|socket| door.sockets.close(socket))).await?;
    let forgotten: Vec<ConnectionId> =
        sockets.iter().chain(ended).map(|socket| socket.id.clone()).collect();
    Ok(door.connections.remove(user, &forgotten).await?)
}
