//! The management API: lambdas send to sockets, look at them and close them.

use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::Sockets;
use super::end::End;
use super::handshake::MAX_MESSAGE;
use super::outgoing::frame;

/// Sends a message to a socket, behind all others.
pub async fn post(
    State(sockets): State<Sockets>,
    Path(id): Path<String>,
    data: Result<Bytes, BytesRejection>,
) -> Response {
    let Some(data) = data.ok().filter(|data| data.len() <= MAX_MESSAGE) else {
        return refused(StatusCode::PAYLOAD_TOO_LARGE, "PayloadTooLargeException");
    };
    let Some(outlet) = sockets.find(&id) else { return gone() };
    if outlet.send(frame(data)).await.is_err() {
        sockets.close(&id, End::Unread);
        return gone();
    }
    outlet.touch();
    StatusCode::OK.into_response()
}

/// What is known of a socket.
pub async fn get(State(sockets): State<Sockets>, Path(id): Path<String>) -> Response {
    let Some(outlet) = sockets.find(&id) else { return gone() };
    Json(json!({
        "connectedAt": outlet.connected_at,
        "lastActiveAt": outlet.active_at(),
        "identity": outlet.identity,
    }))
    .into_response()
}

/// Closes a socket.
pub async fn delete(State(sockets): State<Sockets>, Path(id): Path<String>) -> Response {
    if sockets.close(&id, End::Deleted) { StatusCode::NO_CONTENT.into_response() } else { gone() }
}

fn gone() -> Response {
    refused(StatusCode::GONE, "GoneException")
}

fn refused(status: StatusCode, error: &'static str) -> Response {
    (status, [("x-amzn-errortype", error)], Json(json!({ "message": null }))).into_response()
}
