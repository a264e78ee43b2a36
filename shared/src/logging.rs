//! What is logged.

use tracing::Subscriber;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt;

use crate::error::Error;

/// What the environment variable `RUST_LOG` says, such as `info` or `warn,dynoxide=error`; `otherwise`, in the same form,
/// where there is none or it cannot be read. Spans and fields cannot be named: that would bring a regex engine of 400 KB.
#[must_use]
pub fn filter(otherwise: &str) -> Targets {
    let said = std::env::var("RUST_LOG").ok().and_then(|levels| levels.parse().ok());
    said.or_else(|| otherwise.parse().ok()).unwrap_or_default()
}

/// What a lambda logs: JSON, a line each, with the request that it belongs to.
pub fn json<W>(writer: W, levels: Targets) -> impl Subscriber + Send + Sync
where
    W: for<'writer> MakeWriter<'writer> + Send + Sync + 'static,
{
    let lines = tracing_subscriber::fmt::layer().json().with_span_list(false);
    tracing_subscriber::registry().with(lines.with_writer(writer)).with(levels)
}

/// A failure is logged here and nowhere else. No variant but `Internal` holds anything of the request.
pub fn report(error: &Error) {
    match error {
        Error::Internal(source) => tracing::error!(cause = %Causes(source.as_ref()), "failed"),
        Error::Unavailable => tracing::warn!("gave up: busy"),
        _ => {}
    }
}

/// An error with its sources, in one line.
struct Causes<'a>(&'a (dyn std::error::Error + 'static));

impl std::fmt::Display for Causes<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0)?;
        let mut source = self.0.source();
        while let Some(error) = source {
            write!(f, ": {error}")?;
            source = error.source();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::{self, Write};
    use std::sync::{Arc, Mutex};

    use serde_json::{Value, json};

    use crate::error::{Error, Result};
    use crate::http::{Answer, Input, endpoint};

    /// Where lines are kept in place of standard output.
    #[derive(Clone, Default)]
    struct Log(Arc<Mutex<Vec<u8>>>);

    impl Write for Log {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    async fn fails(_: Arc<()>, _: Input) -> Result<Answer> {
        Err(Error::internal("the cause"))
    }

    #[test]
    fn a_fault_says_whose_request_it_was_and_why_at_any_level() {
        let event = json!({
            "version": "2.0",
            "routeKey": "GET /v1/users/me",
            "rawPath": "/v1/users/me",
            "rawQueryString": "",
            "headers": {},
            "requestContext": {
                "requestId": "request-1",
                "routeKey": "GET /v1/users/me",
                "http": {
                    "method": "GET",
                    "path": "/v1/users/me",
                    "protocol": "HTTP/1.1",
                    "sourceIp": "127.0.0.1",
                    "userAgent": "",
                },
                "timeEpoch": 0,
            },
            "isBase64Encoded": false,
        });
        for level in ["info", "warn", "error"] {
            let request = lambda_http::request::from_str(&event.to_string()).unwrap();
            let log = Log::default();
            let writer = log.clone();
            let lines = super::json(move || writer.clone(), level.parse().unwrap());
            tracing::subscriber::with_default(lines, || {
                let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
                runtime.block_on(endpoint(Arc::new(()), fails)(request));
            });
            let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
            let line: Value = serde_json::from_str(log.lines().next().unwrap()).unwrap();
            assert_eq!(line["span"]["id"], "request-1", "{log}");
            assert_eq!(line["span"]["route"], "GET /v1/users/me", "{log}");
            assert_eq!(line["fields"]["cause"], "the cause", "{log}");
        }
    }
}
