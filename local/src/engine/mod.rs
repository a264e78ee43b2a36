//! The engines that stand in for AWS. The handlers reach them with the unmodified SDK over loopback, on ports that the
//! system chooses and nobody is told.

pub mod aws_json;
pub mod cognito;
pub mod documents;
pub mod dynamodb;
pub mod dynamodb_local;
pub mod messaging;
pub mod secrets;
pub mod services;
pub mod sqs;
pub mod streams;
pub mod tables;

use dynoxide::DynoxideError;

/// The result of what an engine does.
pub type Result<T, E = EngineError> = std::result::Result<T, E>;

/// A fault inside an engine.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The database refused.
    #[error("the database: {0}")]
    Database(#[from] DynoxideError),
    /// A file of ours cannot be read or written.
    #[error("the database: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// DynamoDB Local refused.
    #[error("DynamoDB Local: {0}")]
    DynamoDbLocal(String),
    /// A stored document is not as it was written.
    #[error("a stored document: {0}")]
    Document(#[from] serde_json::Error),
    /// A key or a token could not be made.
    #[error("cryptography failed")]
    Cryptography,
    /// No socket or no thread could be had.
    #[error(transparent)]
    System(#[from] std::io::Error),
}

impl From<aws_lc_rs::error::Unspecified> for EngineError {
    fn from(_: aws_lc_rs::error::Unspecified) -> Self {
        Self::Cryptography
    }
}
