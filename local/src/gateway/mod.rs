//! The HTTP API in front of the lambdas: routes, access tokens, sizes and CORS as on API Gateway.

mod body;
mod event;
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
use shared::http::Endpoint;
use shared::routes::{Authorizer, Functions};
use tower_http::cors::{Any, CorsLayer};
use uuid::Uuid;

pub use event::{DOMAIN_NAME, request_time};
pub use token::Verifier;

use self::event::{Caller, Event};
use self::refusal::Refusal;
use crate::error::StartError;

/// The routes of one path by method.
type Methods = BTreeMap<Method, Arc<Target>>;

/// Where a request goes.
struct Target {
    route_key: String,
    authorizer: Authorizer,
    endpoint: Endpoint,
}

/// What handles the requests of one path.
#[derive(Clone)]
struct Path {
    methods: Arc<Methods>,
    verifier: Arc<Verifier>,
}

/// The routes of `functions`, each in front of its endpoint.
///
/// # Errors
/// When a lambda has no endpoint.
pub fn router(
    functions: &Functions,
    endpoints: &BTreeMap<&'static str, Endpoint>,
    verifier: Verifier,
) -> Result<Router, StartError> {
    let verifier = Arc::new(verifier);
    let path = |methods| Path { methods: Arc::new(methods), verifier: Arc::clone(&verifier) };
    let routes = by_path(functions, endpoints)?;
    let router = routes.into_iter().fold(Router::new(), |router, (pattern, methods)| {
        router.route(&pattern, any(handle).with_state(path(methods)))
    });
    let unknown = any(handle).with_state(path(Methods::new()));
    Ok(router.fallback_service(unknown).layer(cors()))
}

fn by_path(
    functions: &Functions,
    endpoints: &BTreeMap<&'static str, Endpoint>,
) -> Result<BTreeMap<String, Methods>, StartError> {
    let mut paths: BTreeMap<String, Methods> = BTreeMap::new();
    for (name, function) in functions.iter().filter(|(_, function)| !function.routes.is_empty()) {
        let endpoint = endpoints.get(name.as_str());
        let endpoint = endpoint.ok_or_else(|| StartError::UnknownFunction(name.clone()))?;
        for route in &function.routes {
            let target = Target {
                route_key: route.to_string(),
                authorizer: function.authorizer,
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
        .allow_headers([header::AUTHORIZATION, header::CONTENT_TYPE])
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
        let caller = match target.authorizer {
            Authorizer::None => Caller::Anyone,
            Authorizer::Jwt => {
                let claims = self.verifier.verify(&head.headers);
                Caller::User(claims.ok_or(Refusal::Unauthorized)?)
            }
            Authorizer::Iam if signature::is_signed(&head, body.as_deref().unwrap_or_default()) => {
                Caller::Account(signature::signer())
            }
            Authorizer::Iam => return Err(Refusal::Forbidden),
        };
        let event = Event {
            route_key: &target.route_key,
            head: &head,
            parameters: parameters.iter().collect(),
            caller,
            body: &body?,
            peer,
            request_id,
        };
        invoke(Arc::clone(target), event.to_json()).await
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
