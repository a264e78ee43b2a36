//! A socket's beginning.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Json;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::ws::{WebSocket, WebSocketUpgrade};
use axum::extract::{ConnectInfo, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use tokio::sync::oneshot;

use super::Sockets;
use super::connection::Connection;
use super::end::End;
use super::event::{Identity, method_arn, new_request_id, query};
use super::outgoing::{Outgoing, Outlet};
use super::policy::Decision;

/// The most that a frame may hold.
pub const MAX_FRAME: usize = 32 * 1024;

/// The most that a message may hold, in one frame or several.
pub const MAX_MESSAGE: usize = 128 * 1024;

/// The library's own 128 KB twice would be most of what a silent socket needs.
const BUFFER: usize = 4 * 1024;

/// The status that the handshake is refused with.
struct Refused(StatusCode);

/// Where the socket goes when the handshake is over.
type Admitted = oneshot::Sender<WebSocket>;

/// Asks the authorizer, then the `$connect` lambda, and answers as they say.
pub async fn connect(
    State(sockets): State<Sockets>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
    head: Parts,
) -> Response {
    let upgrade = match upgrade {
        Ok(upgrade) => upgrade,
        Err(rejection) => return rejection.into_response(),
    };
    let request_id = new_request_id();
    let Ok(identity) = Identity::new(&head, peer) else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let connection_id = identity.connection_id.clone();
    let (decide, decision) = oneshot::channel();
    // In a task of its own, which goes on when the client leaves: a `$connect` that succeeded is followed by a
    // `$disconnect`.
    sockets.spawn(live(sockets.clone(), head, identity, request_id.clone(), decide));
    let refused = match decision.await {
        Ok(Ok(admitted)) => return accept(upgrade, admitted),
        Ok(Err(Refused(status))) => status,
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR,
    };
    let body = json!({
        "message": message(refused),
        "connectionId": connection_id,
        "requestId": request_id,
    });
    (refused, Json(body)).into_response()
}

fn accept(upgrade: WebSocketUpgrade, admitted: Admitted) -> Response {
    upgrade
        .read_buffer_size(BUFFER)
        .write_buffer_size(BUFFER)
        .max_frame_size(MAX_FRAME)
        .max_message_size(MAX_MESSAGE)
        .on_upgrade(async |socket| {
            let _ = admitted.send(socket);
        })
}

fn message(status: StatusCode) -> &'static str {
    match status {
        StatusCode::UNAUTHORIZED => "Unauthorized",
        StatusCode::INTERNAL_SERVER_ERROR | StatusCode::BAD_GATEWAY => "Internal server error",
        _ => "Forbidden",
    }
}

/// A socket's whole life. From the end of `$connect` on it can be sent to.
async fn live(
    sockets: Sockets,
    head: Parts,
    mut identity: Identity,
    request_id: String,
    decide: oneshot::Sender<Result<Admitted, Refused>>,
) {
    let (outlet, outgoing) = match admit(&sockets, &head, &mut identity, &request_id).await {
        Ok(ways) => ways,
        Err(refused) => {
            let _ = decide.send(Err(refused));
            return;
        }
    };
    drop((head, request_id));
    let connection = Connection::new(sockets, identity, outlet);
    let (admitted, socket) = oneshot::channel();
    let _ = decide.send(Ok(admitted));
    // Nobody sends a socket if the client is gone.
    connection.run(socket.await.ok(), outgoing).await;
}

async fn admit(
    sockets: &Sockets,
    head: &Parts,
    identity: &mut Identity,
    request_id: &str,
) -> Result<(Arc<Outlet>, Outgoing), Refused> {
    if query(head).first("token").is_none_or(str::is_empty) {
        return Err(Refused(StatusCode::UNAUTHORIZED));
    }
    let answer = sockets.authorize(identity.authorization(head, request_id)).await;
    let decision: Decision = answer
        .ok()
        .and_then(|answer| serde_json::from_value(answer).ok())
        .ok_or(Refused(StatusCode::INTERNAL_SERVER_ERROR))?;
    if !decision.allows(&method_arn()) {
        return Err(Refused(StatusCode::FORBIDDEN));
    }
    identity.authorizer = decision.into_context();
    let answer = sockets.route("$connect", identity.connect(head, request_id)).await;
    let status = answer.ok().as_ref().and_then(status).unwrap_or(StatusCode::BAD_GATEWAY);
    if !status.is_success() {
        return Err(Refused(status));
    }
    let (outlet, outgoing) = Outlet::new();
    let outlet = Arc::new(outlet);
    if !sockets.0.hub.add(&identity.connection_id, Arc::clone(&outlet)) {
        // The server stops; that, too, ends with a `$disconnect`.
        outlet.close(End::Stopping);
    }
    Ok((outlet, outgoing))
}

fn status(answer: &Value) -> Option<StatusCode> {
    StatusCode::from_u16(answer.get("statusCode")?.as_u64()?.try_into().ok()?).ok()
}
