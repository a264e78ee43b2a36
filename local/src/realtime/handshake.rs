//! Opening a socket: the authorizer, then `$connect`, then the upgrade.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::{ConnectInfo, FromRequestParts, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::WebSocketApi;
use super::event::{Connection, authorized};
use super::hub::Inbox;
use super::session::Session;

/// The largest frame and the largest message that a client may send, in bytes (API Gateway's limits).
const MAX_FRAME_BYTES: usize = 32 * 1_024;
const MAX_MESSAGE_BYTES: usize = 128 * 1_024;
/// Buffers for what is usual; what is larger grows them while it lasts.
const BUFFER_BYTES: usize = 4 * 1_024;

/// `GET /ws?token=…`.
pub async fn shake_hands(
    State(api): State<Arc<WebSocketApi>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request,
) -> Response {
    let (mut head, _) = request.into_parts();
    let upgrade = WebSocketUpgrade::from_request_parts(&mut head, &()).await;
    let mut connection = Connection::new(&head, peer.ip().to_string());
    match admit(&api, upgrade, &mut connection, &head).await {
        Ok((upgrade, inbox)) => open(api, upgrade, connection, inbox),
        Err(refusal) => refusal,
    }
}

async fn admit(
    api: &WebSocketApi,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
    connection: &mut Connection,
    head: &axum::http::request::Parts,
) -> Result<(WebSocketUpgrade, Inbox), Response> {
    let upgrade = upgrade.map_err(IntoResponse::into_response)?;
    let event = connection.authorization(head);
    if event["queryStringParameters"]["token"].as_str().is_none_or(str::is_empty) {
        return Err(refused(StatusCode::UNAUTHORIZED, "Unauthorized"));
    }
    let verdict = (api.handlers.authorizer)(event).await.map_err(|_| failed())?;
    let Some(authorizer) = authorized(&verdict).map_err(|()| failed())? else {
        return Err(refused(StatusCode::FORBIDDEN, "Forbidden"));
    };
    connection.authorizer = authorizer;
    let answer = (api.handlers.connect)(connection.connect(head)).await.map_err(|_| failed())?;
    let status = answer["statusCode"].as_u64().and_then(|code| u16::try_from(code).ok());
    let status = status.and_then(|code| StatusCode::from_u16(code).ok()).ok_or_else(failed)?;
    if !status.is_success() {
        return Err(refused(status, "Forbidden"));
    }
    // From here on it can be sent to: nothing is lost between the client's view of its opening and ours.
    let inbox = api.hub.open(&connection.id);
    Ok((
        upgrade,
        inbox.ok_or_else(|| refused(StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable"))?,
    ))
}

fn open(
    api: Arc<WebSocketApi>,
    upgrade: WebSocketUpgrade,
    connection: Connection,
    inbox: Inbox,
) -> Response {
    let session = Arc::new(Session::new(api, connection));
    let lost = Arc::clone(&session);
    upgrade
        .max_frame_size(MAX_FRAME_BYTES)
        .max_message_size(MAX_MESSAGE_BYTES)
        .read_buffer_size(BUFFER_BYTES)
        .write_buffer_size(BUFFER_BYTES)
        .on_failed_upgrade(move |_| {
            tokio::spawn(async move { lost.closed(1006, "the handshake broke off").await });
        })
        .on_upgrade(move |socket| async move { session.run(socket, inbox).await })
}

fn refused(status: StatusCode, message: &str) -> Response {
    (status, axum::Json(json!({ "message": message }))).into_response()
}

fn failed() -> Response {
    (StatusCode::INTERNAL_SERVER_ERROR, axum::Json(json!({ "message": Value::Null })))
        .into_response()
}
