//! The AWS SDK, pointed at the engines on loopback.

use std::net::SocketAddr;

use aws_config::stalled_stream_protection::StalledStreamProtectionConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_dynamodb::config::{Credentials, SharedCredentialsProvider};
use aws_smithy_async::rt::sleep::{SharedAsyncSleep, TokioSleep};
use aws_smithy_async::time::SystemTimeSource;
use aws_smithy_runtime_api::client::http::SharedHttpClient;

/// As [`shared::aws::config`], with nothing taken from the environment. `http_client` is the plain one unless a test
/// brings its own.
pub fn config(engine: SocketAddr, http_client: Option<SharedHttpClient>) -> SdkConfig {
    let credentials = Credentials::new("local", "local", None, None, "local");
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static("us-east-1"))
        .endpoint_url(format!("http://{engine}"))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .http_client(http_client.unwrap_or_else(plain_http))
        .sleep_impl(SharedAsyncSleep::new(TokioSleep::new()))
        .time_source(SystemTimeSource::new())
        .retry_config(shared::aws::retries())
        .timeout_config(shared::aws::timeouts())
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
        .build()
}

fn plain_http() -> SharedHttpClient {
    aws_smithy_http_client::Builder::new().build_http()
}
