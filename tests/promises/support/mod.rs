//! What these tests stand on.

pub mod ask;
pub mod replay;
pub mod tables;

use shared::model::Timestamp;

/// An hour from now: what a clock that is ahead would write.
pub fn in_an_hour() -> String {
    hours_from_now(1)
}

/// So many hours from now; ago, where negative.
pub fn hours_from_now(hours: i64) -> String {
    Timestamp::now().plus_millis(hours * 60 * 60 * 1_000).to_string()
}
