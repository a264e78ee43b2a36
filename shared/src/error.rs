//! What can go wrong, without a word of HTTP; [`crate::http`] gives each its status once.

use std::time::Duration;

use crate::store::StoreError;

/// The result of everything that a handler calls.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A value that the request holds and that cannot be accepted.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct FieldError {
    /// Where it stands: a JSON pointer (RFC 6901) into the body, or `?name` of a query parameter.
    pub pointer: String,
    /// What it must be.
    pub detail: String,
}

impl FieldError {
    /// `detail` about the value at `pointer`.
    pub fn new(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { pointer: pointer.into(), detail: detail.into() }
    }
}

/// Why a request was not carried out.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Cannot be read: no JSON, a wrong type, an unknown field, a bad cursor.
    #[error("the request cannot be read")]
    Malformed(FieldError),
    /// Can be read, and says something that is not allowed; every such value is named.
    #[error("the request has values that are not allowed")]
    Invalid(Vec<FieldError>),
    /// The body is larger than any request may be.
    #[error("the body is larger than {0} bytes")]
    TooLarge(usize),
    /// The body is not declared as JSON.
    #[error("the body must be JSON, declared as application/json")]
    NotJson,
    /// No, or no valid, access token.
    #[error("sign in first: an access token is needed")]
    Unauthenticated,
    /// No, or no valid, API key.
    #[error("an API key is needed, in the header x-api-key")]
    UnknownApiKey,
    /// The user name or the password is wrong, or there is no such user; nobody can tell which.
    #[error("the user name or the password is wrong")]
    BadCredentials,
    /// What was brought to be let in is not good, or not any more.
    #[error("{0}")]
    SignInRefused(&'static str),
    /// The account waits for the code that was sent when it was registered.
    #[error("confirm the registration first")]
    NotConfirmed,
    /// The caller's role does not allow it.
    #[error("{0}")]
    Forbidden(&'static str),
    /// The caller does not belong to the group.
    #[error("only members of the group may do this")]
    NotAMember,
    /// One of the two people has blocked the other.
    #[error("a block stands between you and this person")]
    Blocked,
    /// There is none, or the caller may not know of it.
    #[error("there is no such {0}")]
    NotFound(&'static str),
    /// Someone has this user name.
    #[error("this user name is taken")]
    UsernameTaken,
    /// A second factor is there already.
    #[error("a second factor is on: switch it off first")]
    MfaOn,
    /// The client's id for a message or a group stands for another content already.
    #[error("this {0} was already used with another content")]
    ClientIdReused(&'static str),
    /// The sender's name for a request stands for another one already.
    #[error("this TraceId was already used with another body")]
    TraceIdReused,
    /// A group keeps an owner.
    #[error("a group needs an owner: make somebody else owner first")]
    LastOwner,
    /// A group has as many members as it may.
    #[error("the group has as many members as it may have")]
    GroupFull,
    /// The message was deleted.
    #[error("the message was deleted")]
    Deleted,
    /// The caller is too fast.
    #[error("too many requests: wait and repeat")]
    TooMany(Quota),
    /// It may work when it is repeated.
    #[error("busy: wait and repeat")]
    Unavailable,
    /// A fault of ours.
    #[error("something went wrong on our side")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// How many a caller may do in which time, and when the next is allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    /// How many in one window.
    pub limit: u32,
    /// The window.
    pub window: Duration,
    /// When the next one is allowed.
    pub retry_after: Duration,
}

impl Error {
    /// One value that is not allowed.
    pub fn invalid(pointer: &str, detail: impl Into<String>) -> Self {
        Self::Invalid(vec![FieldError::new(pointer, detail)])
    }

    /// A fault of ours, kept for the log and never shown.
    pub fn internal(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Internal(source.into())
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Busy => Self::Unavailable,
            StoreError::Fault(source) => Self::Internal(source),
        }
    }
}
