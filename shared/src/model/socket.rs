//! A person's open socket.

use super::{ConnectionId, SequenceNumber, Timestamp};

/// For how long a socket can be open: API Gateway ends it after 2 hours; 10 minutes are for clocks and for TTL.
const LONGEST_MILLIS: i64 = (2 * 60 + 10) * 60 * 1_000;
/// For how long the handshake may still be under way.
const HANDSHAKE_MILLIS: i64 = 10 * 1_000;

/// A socket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Socket {
    /// Which.
    pub id: ConnectionId,
    /// Since when it is open, or about to be.
    pub since: Timestamp,
    /// The last notification that was sent on it.
    pub notified: Option<SequenceNumber>,
}

impl Socket {
    /// The most that one person may have open.
    pub const MAX_PER_USER: usize = 20;

    /// When a socket that opened at `since` is surely closed.
    #[must_use]
    pub fn ends(since: Timestamp) -> Timestamp {
        since.plus_millis(LONGEST_MILLIS)
    }

    /// Whether it can still be open at `now`. The row that names it may outlive it.
    #[must_use]
    pub fn may_be_open(&self, now: Timestamp) -> bool {
        Self::ends(self.since) > now
    }

    /// Whether it may still be in its handshake at `now`: then the WebSocket API says that it is gone, which it is not.
    #[must_use]
    pub fn may_be_opening(&self, now: Timestamp) -> bool {
        now.millis_since(self.since) < HANDSHAKE_MILLIS
    }
}
