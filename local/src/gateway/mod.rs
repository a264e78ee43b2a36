//! The HTTP API in front of the lambdas: routes, who may call them, sizes and CORS as on API Gateway.

mod authorizer;
mod body;
mod event;
mod guard;
mod refusal;
mod signature;
#[cfg(test)]
mod tests;
mod token;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::rejection::RawPathParamsRejection;
use axum::extract::{ConnectInfo, RawPathParams, Request, State};
use axum::http::{HeaderName, HeaderValue, Method, header};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use shared::events::EventHandler;
use shared::http::Endpoint;
use shared::routes::Functions;
use tower_http::cors::{Any, CorsLayer};
use uuid::Uuid;

pub use body::from_lambda;
pub use event::{DOMAIN_NAME, request_time};
pub use token::Verifier;

use self::event::Incoming;
use self::guard::{Guard, Guards};
pub(crate) use self::refusal::Refusal;
use crate::error::StartError;
use crate::this_machine;

/// The routes of one path by method.
type Methods = BTreeMap<Method, Arc<Target>>;

/// Where a request goes.
struct Target {
    route_key: String,
    for_this_machine: bool,
    guard: Guard,
    endpoint: Endpoint,
}

/// What handles the requests of one path.
#[derive(Clone)]
struct Path {
    methods: Arc<Methods>,
}

/// The routes of `functions`, each in front of its endpoint. Of `handlers`, one lets callers in.
///
/// # Errors
/// When a lambda has no endpoint or no handler.
pub fn router(
    functions: &Functions,
    endpoints: &BTreeMap<&'static str, Endpoint>,
    handlers: &BTreeMap<&'static str, EventHandler>,
    verifier: Verifier,
) -> Result<Router, StartError> {
    let guards = Guards::new(functions, handlers, verifier)?;
    let path = |methods| Path { methods: Arc::new(methods) };
    let routes = by_path(functions, endpoints, &guards)?;
    let router = routes.into_iter().fold(Router::new(), |router, (pattern, methods)| {
        router.route(&pattern, any(handle).with_state(path(methods)))
    });
    let unknown = any(handle).with_state(path(Methods::new()));
    Ok(router.fallback_service(unknown).layer(cors()))
}

fn by_path(
    functions: &Functions,
    endpoints: &BTreeMap<&'static str, Endpoint>,
    guards: &Guards,
) -> Result<BTreeMap<String, Methods>, StartError> {
    let mut paths: BTreeMap<String, Methods> = BTreeMap::new();
    for (name, function) in functions.iter().filter(|(_, function)| !function.routes.is_empty()) {
        let endpoint = endpoints.get(name.as_str());
        let endpoint = endpoint.ok_or_else(|| StartError::UnknownFunction(name.clone()))?;
        for route in &function.routes {
            let target = Target {
                route_key: route.to_string(),
                for_this_machine: this_machine::has_known_callers(function),
                guard: guards.of(function.authorizer)?,
                endpoint: Arc::clone(endpoint),
            };
            let methods = paths.entry(route.path.clone()).or_default();
            methods.insert(route.method.clone(), Arc::new(target));
        }
    }
    Ok(paths)
}

/// As the HTTP API's CORS configuration: any web page may call, with the token that it holds itself.
fn cors() -> CorsLayer {
    let exposed = ["location", "retry-after", "ratelimit", "ratelimit-policy"];
    CorsLayer::new()
        .allow_origin(Any)
        .allow_methods([Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE])
        .allow_headers([
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            HeaderName::from_static("x-api-key"),
        ])
        .expose_headers(exposed.map(HeaderName::from_static))
}

async fn handle(
    State(path): State<Path>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    parameters: Result<RawPathParams, RawPathParamsRejection>,
    request: Request,
) -> Response {
    let request_id = Uuid::new_v4().to_string();
    let mut response = match path.answer(request, parameters.ok(), peer, &request_id).await {
        Ok(response) => response,
        Err(refusal) => refusal.response(&request_id),
    };
    if let Ok(id) = HeaderValue::try_from(request_id) {
        response.headers_mut().insert("apigw-requestid", id);
    }
    response
}

impl Path {
    async fn answer(
        &self,
        request: Request,
        parameters: Option<RawPathParams>,
        peer: SocketAddr,
        request_id: &str,
    ) -> Result<Response, Refusal> {
        let (head, body) = request.into_parts();
        // Read in any case: a client that is still writing would not see the answer.
        let body = body::read(body).await;
        let (Some(target), Some(parameters)) = (self.methods.get(&head.method), parameters) else {
            return Err(Refusal::NotFound);
        };
        if target.for_this_machine && !this_machine::is_asking(peer, &head.uri, &head.headers) {
            return Err(Refusal::Elsewhere);
        }
        let incoming = Incoming {
            route_key: &target.route_key,
            head: &head,
            parameters: parameters.iter().collect(),
            peer,
            request_id,
        };
        let caller = target.guard.admit(&incoming, body.as_deref().unwrap_or_default()).await?;
        invoke(Arc::clone(target), incoming.event(caller, &body?)).await
    }
}

/// In a task of its own: the handler goes on when the client leaves, as a lambda does, and its panic ends there.
async fn invoke(target: Arc<Target>, event: String) -> Result<Response, Refusal> {
    let invocation = tokio::spawn(async move {
        let request = lambda_http::request::from_str(&event)?;
        Ok::<_, serde_json::Error>((target.endpoint)(request).await)
    });
    match invocation.await {
        Ok(Ok(response)) => Ok(response.map(body::from_lambda).into_response()),
        Ok(Err(error)) => {
            tracing::error!(%error, "the event cannot be read");
            Err(Refusal::Internal)
        }
        Err(error) => {
            tracing::error!(%error, "the handler broke off");
            Err(Refusal::Internal)
        }
    }
}
