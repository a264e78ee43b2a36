//! What a table can answer besides rows.

use std::fmt::Debug;

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};

/// The result of every call to a table.
pub type Result<T, E = StoreError> = std::result::Result<T, E>;

/// Why a call to AWS did not go through.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Throttled, timed out or cut off, also after the SDK's own retries.
    #[error("AWS is busy")]
    Busy,
    /// Refused in a way that repeating does not mend.
    #[error("the call to AWS failed")]
    Fault(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl StoreError {
    pub(crate) fn fault(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Fault(source.into())
    }

    /// Logged here: who is told that AWS is busy need not know why, but an operator does.
    fn busy(cause: &str) -> Self {
        tracing::warn!(cause, "AWS is busy");
        Self::Busy
    }
}

/// The codes that say "later": DynamoDB's, Cognito's, SQS' and those that all services share.
const BUSY: [&str; 11] = [
    "InternalServerError",
    "InternalErrorException",
    "InternalServiceError",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "RequestThrottled",
    "ServiceUnavailable",
    "ThrottlingException",
    "TooManyRequestsException",
    "TransactionConflictException",
    "TransactionInProgressException",
];

impl<E, R> From<SdkError<E, R>> for StoreError
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
    R: Debug + Send + Sync + 'static,
{
    fn from(error: SdkError<E, R>) -> Self {
        match &error {
            SdkError::TimeoutError(_) => Self::busy("no answer in time"),
            SdkError::DispatchFailure(_) => Self::busy("not reached"),
            SdkError::ResponseError(_) => Self::busy("an answer that broke off"),
            SdkError::ServiceError(service) => {
                let code = service.err().code().unwrap_or("no code");
                if BUSY.contains(&code) {
                    Self::busy(code)
                } else {
                    // Code and message only: the rest of the error may hold the row.
                    Self::fault(format!("{code}: {}", service.err().message().unwrap_or_default()))
                }
            }
            _ => Self::fault(error),
        }
    }
}
