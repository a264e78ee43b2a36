//! A lambda's `main`.

use std::sync::Arc;

use lambda_http::{Request, service_fn};
use tracing_subscriber::util::SubscriberInitExt;

use crate::error::Result;
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
    logging::json(std::io::stdout, logging::filter("warn")).init();

    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
        let endpoint = endpoint(Arc::new(init().await?), handle);
        lambda_http::run(service_fn(|request: Request| {
            let response = endpoint(request);
            async { Ok::<_, lambda_http::Error>(response.await) }
        }))
        .await
    })
}
