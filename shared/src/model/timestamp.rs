//! A moment, to the millisecond, as every table and every answer writes it.

use std::fmt;
use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;
use time::{OffsetDateTime, PrimitiveDateTime};

/// RFC 3339 in UTC with exactly three digits after the second, so that the text sorts as the time does.
const FORMAT: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");

/// A moment in UTC with milliseconds, as RFC 3339 writes it.
// Milliseconds since the Unix epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, JsonSchema)]
#[schemars(extend(
    "format" = "date-time",
    "pattern" = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$",
))]
pub struct Timestamp(#[schemars(with = "String")] i64);

impl Timestamp {
    /// The clock's time.
    #[must_use]
    pub fn now() -> Self {
        let now = OffsetDateTime::now_utc();
        Self(now.unix_timestamp() * 1_000 + i64::from(now.millisecond()))
    }

    /// The moment `millis` milliseconds after the Unix epoch.
    #[must_use]
    pub fn from_epoch_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// This moment, `millis` later (earlier, where negative).
    #[must_use]
    pub fn plus_millis(self, millis: i64) -> Self {
        Self(self.0.saturating_add(millis))
    }

    /// This moment, `time` later.
    #[must_use]
    pub fn plus(self, time: Duration) -> Self {
        self.plus_millis(time.as_millis().try_into().unwrap_or(i64::MAX))
    }

    /// Milliseconds from `earlier` to this moment; negative where `earlier` is the later one.
    #[must_use]
    pub fn millis_since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// Whole seconds since the Unix epoch, the unit of DynamoDB's time to live.
    #[must_use]
    pub fn epoch_seconds(self) -> i64 {
        self.0.div_euclid(1_000)
    }

    fn parse(text: &str) -> Option<Self> {
        let moment = PrimitiveDateTime::parse(text, FORMAT).ok()?.assume_utc();
        Some(Self(moment.unix_timestamp() * 1_000 + i64::from(moment.millisecond())))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let moment = OffsetDateTime::from_unix_timestamp_nanos(i128::from(self.0) * 1_000_000)
            .map_err(|_| fmt::Error)?;
        f.write_str(&moment.format(FORMAT).map_err(|_| fmt::Error)?)
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text)
            .ok_or_else(|| de::Error::custom("not an RFC 3339 time with milliseconds"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_keeps_the_millisecond_and_sorts_as_the_time_does() {
        let early = Timestamp(1_700_000_000_007);
        let late = early.plus_millis(1_000);
        assert_eq!(early.to_string(), "2023-11-14T22:13:20.007Z");
        assert_eq!(Timestamp::parse(&early.to_string()), Some(early));
        assert!(early.to_string() < late.to_string());
        assert_eq!(late.millis_since(early), 1_000);
    }

    #[test]
    fn another_form_of_time_is_no_timestamp() {
        assert_eq!(Timestamp::parse("2023-11-14T22:13:20Z"), None);
        assert_eq!(Timestamp::parse("yesterday"), None);
    }
}
