//! The AWS account that the environment says.

use aws_sdk_sqs::error::{DisplayErrorContext, ProvideErrorMetadata};

/// What AWS says to a call that it refuses, or why it could not be asked.
pub fn refused(error: impl ProvideErrorMetadata + std::error::Error) -> String {
    match (error.code(), error.message()) {
        (Some(code), Some(message)) => format!("{code}: {message}"),
        (Some(code), None) => code.to_owned(),
        _ => DisplayErrorContext(error).to_string(),
    }
}

/// Its configuration: credentials and region.
pub async fn account() -> aws_config::SdkConfig {
    aws_config::load_defaults(aws_config::BehaviorVersion::latest()).await
}
