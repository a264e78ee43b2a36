//! The clock in the unit that AWS writes most times in.

use time::OffsetDateTime;

/// The time in milliseconds since the epoch.
#[must_use]
pub fn epoch_millis() -> i64 {
    let now = OffsetDateTime::now_utc();
    now.unix_timestamp() * 1_000 + i64::from(now.millisecond())
}
