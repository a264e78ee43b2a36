//! Cognito's errors: its names and its sentences.

use crate::engine::EngineError;
use crate::engine::aws_json::Refusal;

/// Why the user pool refuses a call.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No such app client.
    #[error("User pool client {0} does not exist.")]
    UnknownClient(String),
    /// No such pool.
    #[error("User pool {0} does not exist.")]
    UnknownPool(String),
    /// A parameter is missing or not allowed.
    #[error("{0}")]
    InvalidParameter(String),
    /// The password breaks a rule of the policy.
    #[error("Password did not conform with policy: {0}")]
    InvalidPassword(&'static str),
    /// The name is taken.
    #[error("User already exists")]
    UsernameExists,
    /// No such user; said to administrators only.
    #[error("User does not exist.")]
    UserNotFound,
    /// Wrong name or password.
    #[error("Incorrect username or password.")]
    IncorrectPassword,
    /// Too many wrong passwords; the next one is looked at later.
    #[error("Password attempts exceeded")]
    AttemptsExceeded,
    /// A token or a session that is none, or nobody may do that now.
    #[error("{0}")]
    NotAuthorized(&'static str),
    /// The password is right, the account waits for its code.
    #[error("User is not confirmed.")]
    UserNotConfirmed,
    /// Another code.
    #[error("Invalid verification code provided, please try again.")]
    CodeMismatch,
    /// Another code of a second factor.
    #[error("Invalid code received for user")]
    FactorMismatch,
    /// The code of a software token was taken before.
    #[error("Your software token has already been used once.")]
    SoftwareTokenUsed,
    /// The code does not show that the app has the secret.
    #[error("Code mismatch and fail enable Software Token MFA")]
    EnableSoftwareToken,
    /// The account has no software token.
    #[error("Software Token MFA does not exist for the user.")]
    SoftwareTokenNotFound,
    /// The code is too old.
    #[error("Invalid code provided, please request a code again.")]
    ExpiredCode,
    /// The refresh token was replaced by another one some time ago.
    #[error("Refresh token has been invalidated by rotation.")]
    RefreshTokenReuse,
    /// Only refresh tokens can be revoked.
    #[error("Unsupported token type")]
    UnsupportedTokenType,
    /// Too many wrong codes.
    #[error("Attempt limit exceeded, please try after some time.")]
    LimitExceeded,
    /// The pool has no such operation.
    #[error("")]
    UnknownOperation,
    /// A fault of the pool's.
    #[error("the user pool failed")]
    Internal(#[from] EngineError),
}

/// The result of a call to the user pool.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    fn code(&self) -> &'static str {
        match self {
            Self::UnknownClient(_) | Self::UnknownPool(_) => "ResourceNotFoundException",
            Self::InvalidParameter(_) => "InvalidParameterException",
            Self::InvalidPassword(_) => "InvalidPasswordException",
            Self::UsernameExists => "UsernameExistsException",
            Self::UserNotFound => "UserNotFoundException",
            Self::IncorrectPassword | Self::AttemptsExceeded | Self::NotAuthorized(_) => {
                "NotAuthorizedException"
            }
            Self::UserNotConfirmed => "UserNotConfirmedException",
            Self::CodeMismatch | Self::FactorMismatch => "CodeMismatchException",
            Self::ExpiredCode | Self::SoftwareTokenUsed => "ExpiredCodeException",
            Self::EnableSoftwareToken => "EnableSoftwareTokenMFAException",
            Self::SoftwareTokenNotFound => "SoftwareTokenMFANotFoundException",
            Self::RefreshTokenReuse => "RefreshTokenReuseException",
            Self::UnsupportedTokenType => "UnsupportedTokenTypeException",
            Self::LimitExceeded => "LimitExceededException",
            Self::UnknownOperation => "UnknownOperationException",
            Self::Internal(_) => "InternalErrorException",
        }
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        if let Error::Internal(source) = &error {
            tracing::error!(cause = %source, "the user pool failed");
        }
        Self { code: error.code(), message: error.to_string() }
    }
}
