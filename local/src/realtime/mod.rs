//! The WebSocket API in front of the lambdas: handshake, frames, ends and `PostToConnection` as on API Gateway.

mod client;
mod connection;
mod end;
mod event;
mod handshake;
mod outgoing;
mod policy;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;

use axum::Router;
use axum::http::StatusCode;
use axum::routing::get;
use serde_json::Value;
use shared::events::{EventHandler, Failed};
use shared::routes::{Api, Functions};
use tokio::task::JoinSet;

use self::end::End;
use self::outgoing::Outlet;
pub use client::MANAGEMENT_URL;

use crate::error::StartError;
use crate::invocation::call;

/// Where clients connect.
pub const PATH: &str = "/ws";

/// How long sockets that are closed at the end are waited for.
const GRACE: Duration = Duration::from_secs(10);

/// What ends a socket that is otherwise well, as on API Gateway.
#[derive(Debug, Clone, Copy)]
pub struct SocketLimits {
    /// The longest that a client may be silent. A ping or pong of the protocol does not break the silence.
    pub idle: Duration,
    /// The longest that a socket may be open.
    pub age: Duration,
}

impl Default for SocketLimits {
    fn default() -> Self {
        Self { idle: Duration::from_mins(10), age: Duration::from_hours(2) }
    }
}

/// The lambdas behind the sockets.
struct Lambdas {
    authorizer: EventHandler,
    routes: BTreeMap<String, EventHandler>,
}

/// All sockets.
#[derive(Clone)]
pub struct Sockets(Arc<Inner>);

struct Inner {
    lambdas: Lambdas,
    limits: SocketLimits,
    hub: Hub,
    /// None once the server stops.
    tasks: Mutex<Option<JoinSet<()>>>,
}

/// The open sockets, for those who send to them.
#[derive(Clone, Default)]
pub struct Hub(Arc<RwLock<Open>>);

#[derive(Default)]
struct Open {
    outlets: HashMap<String, Arc<Outlet>>,
    stopping: bool,
}

impl Hub {
    fn find(&self, id: &str) -> Option<Arc<Outlet>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).outlets.get(id).map(Arc::clone)
    }

    /// Says whether it did: not while the server stops.
    fn add(&self, id: &str, outlet: Arc<Outlet>) -> bool {
        let mut open = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if !open.stopping {
            open.outlets.insert(id.to_owned(), outlet);
        }
        !open.stopping
    }

    fn remove(&self, id: &str) -> Option<Arc<Outlet>> {
        self.0.write().unwrap_or_else(PoisonError::into_inner).outlets.remove(id)
    }

    /// Ends a socket. It is gone at once for everyone else.
    fn close(&self, id: &str, end: End) -> bool {
        self.remove(id).map(|outlet| outlet.close(end)).is_some()
    }

    /// Ends all sockets, and lets no more in.
    fn stop(&self) {
        let mut open = self.0.write().unwrap_or_else(PoisonError::into_inner);
        open.stopping = true;
        for (_, outlet) in open.outlets.drain() {
            outlet.close(End::Stopping);
        }
    }
}

impl std::fmt::Debug for Sockets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sockets")
    }
}

impl Sockets {
    /// For the WebSocket API's lambdas among `functions`, by their `handlers`. Who is connected is in `hub`.
    ///
    /// # Errors
    /// When a lambda has no handler.
    pub fn new(
        functions: &Functions,
        handlers: &BTreeMap<&'static str, EventHandler>,
        limits: SocketLimits,
        hub: Hub,
    ) -> Result<Self, StartError> {
        let lambdas = Lambdas::new(functions, handlers)?;
        let tasks = Mutex::new(Some(JoinSet::new()));
        Ok(Self(Arc::new(Inner { lambdas, limits, hub, tasks })))
    }

    /// Where clients connect.
    pub fn router(&self) -> Router {
        Router::new()
            .route(PATH, get(handshake::connect))
            .method_not_allowed_fallback(async || StatusCode::NOT_FOUND)
            .with_state(self.clone())
    }

    /// Lets nobody in any more, closes every socket, and returns when the lambdas know of it, at most 10 s later.
    pub async fn stop(&self) {
        self.0.hub.stop();
        let mut tasks = self.tasks().take().unwrap_or_default();
        let ended = async { while tasks.join_next().await.is_some() {} };
        if tokio::time::timeout(GRACE, ended).await.is_err() {
            tracing::warn!("sockets that did not end were broken off");
        }
    }

    fn spawn(&self, socket: impl Future<Output = ()> + Send + 'static) {
        if let Some(tasks) = &mut *self.tasks() {
            while tasks.try_join_next().is_some() {}
            tasks.spawn(socket);
        }
    }

    fn tasks(&self) -> MutexGuard<'_, Option<JoinSet<()>>> {
        self.0.tasks.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn authorize(&self, event: Value) -> Result<Value, Failed> {
        call(&self.0.lambdas.authorizer, event).await
    }

    async fn route(&self, key: &str, event: Value) -> Result<Value, Failed> {
        match self.0.lambdas.routes.get(key) {
            Some(handler) => call(handler, event).await,
            None => Err(Failed),
        }
    }
}

impl Lambdas {
    fn new(
        functions: &Functions,
        handlers: &BTreeMap<&'static str, EventHandler>,
    ) -> Result<Self, StartError> {
        let (mut authorizer, mut routes) = (None, BTreeMap::new());
        for (name, function) in functions {
            let handler = || {
                let handler = handlers.get(name.as_str()).map(Arc::clone);
                handler.ok_or_else(|| StartError::UnknownFunction(name.clone()))
            };
            if function.authorizes == Some(Api::Websocket) {
                authorizer = Some(handler()?);
            }
            for route in &function.websocket_routes {
                routes.insert(route.clone(), handler()?);
            }
        }
        let missing = || StartError::UnknownFunction("websocket authorizer".to_owned());
        Ok(Self { authorizer: authorizer.ok_or_else(missing)?, routes })
    }
}
