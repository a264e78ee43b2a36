//! What is logged.

use tracing_subscriber::filter::Targets;

/// What the environment variable `RUST_LOG` says, such as `info` or `warn,dynoxide=error`; `otherwise`, in the same form,
/// where there is none or it cannot be read. Spans and fields cannot be named: that would bring a regex engine of 400 KB.
#[must_use]
pub fn filter(otherwise: &str) -> Targets {
    let said = std::env::var("RUST_LOG").ok().and_then(|levels| levels.parse().ok());
    said.or_else(|| otherwise.parse().ok()).unwrap_or_default()
}
