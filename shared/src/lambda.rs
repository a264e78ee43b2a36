//! A lambda's `main`.

use std::sync::Arc;

use lambda_http::{Request, service_fn};
use tracing_subscriber::EnvFilter;

use crate::error::Result;
use crate::http::{Answer, Input, endpoint};

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
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt().json().with_env_filter(filter).with_current_span(true).init();

    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
        let endpoint = endpoint(Arc::new(init().await?), handle);
        lambda_http::run(service_fn(|request: Request| {
            let response = endpoint(request);
            async { Ok::<_, lambda_http::Error>(response.await) }
        }))
        .await
    })
}
