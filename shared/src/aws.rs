//! How the AWS SDK is set up in a lambda.

use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, SdkConfig};
use tokio::sync::OnceCell;

/// The region and the credentials of the environment, with [`retries`] and [`timeouts`]. Loaded once: all clients of a
/// process share what it holds, an HTTP client among it.
pub async fn config() -> SdkConfig {
    static CONFIG: OnceCell<SdkConfig> = OnceCell::const_new();
    let load = || {
        aws_config::defaults(BehaviorVersion::latest())
            .retry_config(retries())
            .timeout_config(timeouts())
            .load()
    };
    CONFIG.get_or_init(load).await.clone()
}

/// A lambda's caller waits: the SDK's first pause of a second would be most of their patience.
#[must_use]
pub fn retries() -> RetryConfig {
    RetryConfig::standard()
        .with_max_attempts(4)
        .with_initial_backoff(Duration::from_millis(50))
        .with_max_backoff(Duration::from_secs(1))
}

/// Calls that take longer than this are lost: DynamoDB answers in milliseconds, Cognito within a second.
#[must_use]
pub fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(1))
        .operation_attempt_timeout(Duration::from_secs(4))
        .build()
}

/// A variable of the environment that the lambda cannot do without.
///
/// # Errors
/// Names the variable.
pub fn variable(name: &'static str) -> Result<String, String> {
    std::env::var(name).map_err(|_| format!("the environment variable {name} is not set"))
}
