//! The WebSocket API in front of the lambdas: `/ws`, with handshake, limits and management calls as on API Gateway.

mod client;
mod event;
mod handshake;
mod hub;
mod session;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::http::StatusCode;
use axum::routing::any;
use shared::events::EventHandler;
use shared::routes::{Api, Functions};

pub use client::MANAGEMENT_URL;
pub use hub::Hub;

use crate::error::StartError;

/// The path of the API.
pub const PATH: &str = "/ws";

/// When a socket is ended, whatever happens on it: API Gateway's limits.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// How long it may be open.
    pub longest: Duration,
    /// How long the client may say nothing on it.
    pub idle: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { longest: Duration::from_hours(2), idle: Duration::from_mins(10) }
    }
}

/// The lambdas of the API.
struct Handlers {
    authorizer: EventHandler,
    connect: EventHandler,
    disconnect: EventHandler,
    default: EventHandler,
}

/// The API.
struct WebSocketApi {
    handlers: Handlers,
    hub: Arc<Hub>,
    limits: Limits,
}

/// The API's route, in front of the lambdas that `functions` names; its sockets are in `hub`.
///
/// # Errors
/// When a lambda is missing.
pub fn router(
    functions: &Functions,
    events: &BTreeMap<&'static str, EventHandler>,
    hub: Arc<Hub>,
    limits: Limits,
) -> Result<Router, StartError> {
    let of_route = |key: &str| {
        let named = functions.iter().find(|(_, row)| row.websocket_routes.iter().any(|k| k == key));
        handler(events, named.map(|(name, _)| name.as_str()), key)
    };
    let authorizer = functions.iter().find(|(_, row)| row.authorizes == Some(Api::Websocket));
    let handlers = Handlers {
        authorizer: handler(events, authorizer.map(|(name, _)| name.as_str()), "authorizer")?,
        connect: of_route("$connect")?,
        disconnect: of_route("$disconnect")?,
        default: of_route("$default")?,
    };
    let api = Arc::new(WebSocketApi { handlers, hub, limits });
    let not_found = async || StatusCode::NOT_FOUND;
    Ok(Router::new()
        .route(PATH, any(handshake::shake_hands))
        .method_not_allowed_fallback(not_found)
        .with_state(api))
}

fn handler(
    events: &BTreeMap<&'static str, EventHandler>,
    name: Option<&str>,
    role: &str,
) -> Result<EventHandler, StartError> {
    let found = name.and_then(|name| events.get(name)).map(Arc::clone);
    found.ok_or_else(|| StartError::UnknownFunction(name.unwrap_or(role).to_owned()))
}
