//! The HTTP edge: a gateway's event becomes an [`Input`], what a handler says becomes a response.
//!
//! A handler is `async fn(Arc<Context>, Input) -> Result<Answer>`. It knows neither Lambda nor status codes of errors:
//! [`endpoint`] turns it into a function from request to response, which the Lambda runtime and the local server
//! both call.

mod access_token;
mod answer;
mod cursor;
mod input;
mod problem;

use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use lambda_http::aws_lambda_events::apigw::ApiGatewayV2httpRequestContext;
use lambda_http::request::RequestContext;
use lambda_http::{Body, Request, RequestExt, Response};
use tracing::Instrument;

pub use access_token::AccessToken;
pub use answer::Answer;
pub use cursor::{Page, PageRequest};
pub use input::{
    ByName, Caller, DEFAULT_LIMIT, Input, MAX_BODY_BYTES, MAX_LIMIT, Principal, optional,
    optional_number, required, valid, valid_number,
};
pub use problem::{Code, Problem, problem};

use crate::error::Result;
use crate::logging;

/// A lambda as a function from request to response.
pub type Endpoint = Arc<dyn Fn(Request) -> BoxFuture<'static, Response<Body>> + Send + Sync>;

/// Lifts a handler: reads the event, logs one line, and answers errors as problem+json.
pub fn endpoint<C, F, Fut>(context: Arc<C>, handle: F) -> Endpoint
where
    C: Send + Sync + 'static,
    F: Fn(Arc<C>, Input) -> Fut + Send + Sync + Clone + 'static,
    Fut: Future<Output = Result<Answer>> + Send,
{
    Arc::new(move |request| {
        let (context, handle) = (Arc::clone(&context), handle.clone());
        let id = request_id(&request);
        // Of the highest level: a fault must say whose it was, however little is logged.
        let span = tracing::error_span!("request", id, route = route_key(&request));
        let respond = async move {
            let response = match handle(context, Input::new(request)).await {
                Ok(answer) => answer.into_response(),
                Err(error) => {
                    logging::report(&error);
                    problem(&error, &id)
                }
            };
            tracing::info!(status = response.status().as_u16(), "answered");
            response
        };
        respond.instrument(span).boxed()
    })
}

fn request_id(request: &Request) -> String {
    gateway_context(request).and_then(|context| context.request_id.clone()).unwrap_or_default()
}

fn route_key(request: &Request) -> &str {
    gateway_context(request).and_then(|context| context.route_key.as_deref()).unwrap_or_default()
}

/// What the gateway says about a request besides the request itself.
fn gateway_context(request: &Request) -> Option<&ApiGatewayV2httpRequestContext> {
    match request.request_context_ref() {
        Some(RequestContext::ApiGatewayV2(context)) => Some(context),
        _ => None,
    }
}
