//! How a socket ends.

use axum::extract::ws::{CloseCode, CloseFrame, close_code};

/// Why a socket ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// The client said so.
    Left(Option<CloseFrame>),
    /// The client is gone without a word.
    Broken,
    /// The client sent more than a frame or a message may hold.
    TooLarge,
    /// The client sent text that is none.
    NotText,
    /// The client sent bytes, which API Gateway takes from nobody.
    Binary,
    /// The client was silent for too long.
    Idle,
    /// It was open for as long as a socket may be.
    Old,
    /// The client does not read what it is sent.
    Unread,
    /// The management API was told to.
    Deleted,
    /// The server ends.
    Stopping,
}

impl End {
    /// Code and reason, as they are told to the client (unless it is gone) and to the `$disconnect` lambda.
    #[must_use]
    pub fn frame(&self) -> CloseFrame {
        let (code, reason): (CloseCode, _) = match self {
            Self::Left(Some(frame)) => return frame.clone(),
            Self::Left(None) => (close_code::STATUS, ""),
            Self::Broken => (close_code::ABNORMAL, ""),
            Self::TooLarge => (close_code::SIZE, "Message too long"),
            Self::NotText => (close_code::INVALID, "Invalid UTF-8"),
            Self::Binary => (close_code::UNSUPPORTED, "Binary frames are not supported"),
            Self::Unread => (close_code::POLICY, "Too slow"),
            Self::Deleted => (close_code::NORMAL, "Connection Closed Normally"),
            Self::Idle | Self::Old | Self::Stopping => (close_code::AWAY, "Going away"),
        };
        CloseFrame { code, reason: reason.into() }
    }

    /// Whether there is a client to be told.
    #[must_use]
    pub fn is_ours(&self) -> bool {
        !matches!(self, Self::Left(_) | Self::Broken)
    }
}
