//! A lambda's `main`.

use std::sync::Arc;

use lambda_http::{Request, service_fn};
use lambda_runtime::LambdaEvent;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tracing_subscriber::util::SubscriberInitExt;

use crate::error::Result;
use crate::events::event_handler;
use crate::http::{Answer, Input, endpoint};
use crate::logging;

/// Runs `handle` on the Lambda runtime over the context that `init` makes, once, before the first request.
///
/// # Errors
/// When `init` fails or the runtime ends.
pub fn run<C, I, InitFuture, F, Fut>(init: I, handle: F) -> Result<(), lambda_http::Error>
where
    C: Send + Sync + 'static,
    I: FnOnce() -> InitFuture,
    InitFuture: Future<Output = Result<C, lambda_http::Error>>,
    F: Fn(Arc<C>, Input) -> Fut + Send + Sync + Clone + 'static,
    Fut: Future<Output = Result<Answer>> + Send + 'static,
{
    block_on(async {
        let endpoint = endpoint(Arc::new(init().await?), handle);
        lambda_http::run(service_fn(|request: Request| {
            let response = endpoint(request);
            async { Ok::<_, lambda_http::Error>(response.await) }
        }))
        .await
    })
}

/// As [`run`], for a lambda that no HTTP request calls.
///
/// # Errors
/// As [`run`].
pub fn run_events<C, I, InitFuture, E, A, F, Fut>(
    init: I,
    handle: F,
) -> Result<(), lambda_http::Error>
where
    C: Send + Sync + 'static,
    I: FnOnce() -> InitFuture,
    InitFuture: Future<Output = Result<C, lambda_http::Error>>,
    E: DeserializeOwned,
    A: Serialize,
    F: Fn(Arc<C>, E) -> Fut + Send + Sync + Clone + 'static,
    Fut: Future<Output = Result<A>> + Send + 'static,
{
    block_on(async {
        let handler = event_handler(Arc::new(init().await?), handle);
        lambda_runtime::run(service_fn(|event: LambdaEvent<Value>| {
            let answer = handler(event.payload);
            async { answer.await.map_err(lambda_http::Error::from) }
        }))
        .await
    })
}

/// On one thread: a lambda has one request at a time and a share of one processor.
fn block_on(
    lambda: impl Future<Output = Result<(), lambda_http::Error>>,
) -> Result<(), lambda_http::Error> {
    logging::json(std::io::stdout, logging::filter("warn")).init();
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(lambda)
}
