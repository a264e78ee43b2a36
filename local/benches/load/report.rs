//! The table that is printed, and how figures are made.

use std::fmt;
use std::time::Duration;

use crate::millis;

/// The rows so far.
#[derive(Debug, Default)]
pub struct Report(Vec<(String, String)>);

impl Report {
    /// Adds a row, and shows it at once: the whole takes minutes.
    pub fn add(&mut self, what: impl Into<String>, figure: impl Into<String>) {
        let (what, figure) = (what.into(), figure.into());
        eprintln!("{what}: {figure}");
        self.0.push((what, figure));
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| what | figure |\n| --- | --- |")?;
        self.0.iter().try_for_each(|(what, figure)| writeln!(f, "| {what} | {figure} |"))
    }
}

/// How long calls took.
#[derive(Debug, Default)]
pub struct Times(Vec<Duration>);

impl Times {
    /// One more.
    pub fn push(&mut self, time: Duration) {
        self.0.push(time);
    }

    /// Those of another caller, too.
    pub fn append(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// How many.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// The time that `percent` of the calls did not exceed, in milliseconds.
    pub fn percentile(&mut self, percent: usize) -> f64 {
        self.0.sort_unstable();
        let last = self.0.len().saturating_sub(1);
        self.0.get(last * percent / 100).copied().map_or(f64::NAN, millis)
    }

    /// The median in milliseconds.
    pub fn median(&mut self) -> f64 {
        self.percentile(50)
    }
}
