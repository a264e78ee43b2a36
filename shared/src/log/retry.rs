//! What the loser of a swap does: wait for its turn, and not for ever.
//!
//! Each entry carries how long its writer had to try. Whoever loses to it has come to a line of about that length: who
//! came later waits until it has been there as long, who is as old tries on with short pauses. So a busy log has few
//! that try at any moment, and serves them about in the order in which they came.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::error::{Error, Result};
use crate::model::{Entry, Timestamp};

/// How long a request tries.
const PATIENCE: Duration = Duration::from_secs(10);
/// The longest pause of one whose turn has come, after its first lost swap; it grows with each.
const FIRST_PAUSE: Duration = Duration::from_millis(8);
const PAUSE_GROWTH: f64 = 1.3;
const LONGEST_PAUSE: Duration = Duration::from_millis(32);
/// The part of the line that a newcomer lets pass: less than all, so that the line gets shorter when it can.
const LINE: f64 = 0.9;
/// A line shorter than this is not worth standing in before the first try.
const SHORT_LINE: Duration = Duration::from_millis(100);
/// A log whose last entry is older than this has no line.
const BUSY_MILLIS: i64 = 100;
/// After meeting a transaction: longer, so that a change of members gets through a busy log.
const CONFLICT_PAUSE: Duration = Duration::from_millis(100);

/// The tries of one request.
#[derive(Debug)]
pub struct Retry {
    began: Instant,
    lost: u16,
}

impl Retry {
    /// The first try begins now.
    #[must_use]
    pub fn start() -> Self {
        Self { began: Instant::now(), lost: 0 }
    }

    /// Fails once the request has tried for 10 s.
    ///
    /// # Errors
    /// `Unavailable`.
    pub fn check(&self) -> Result<()> {
        if self.began.elapsed() < PATIENCE { Ok(()) } else { Err(Error::Unavailable) }
    }

    /// How long it has tried, in milliseconds, for the entry that it writes; nothing where it lost no swap.
    #[must_use]
    pub fn waited_millis(&self) -> Option<u32> {
        (self.lost > 0).then(|| self.began.elapsed().as_millis().try_into().unwrap_or(u32::MAX))
    }

    /// Waits before the first try where `tip` says that there is a line. Answers whether it did.
    pub async fn stand_in_line(&self, tip: Option<&Entry>) -> bool {
        let line = line_at(tip);
        let wait = line > SHORT_LINE;
        if wait {
            sleep(self.until_turn(line) + jitter(FIRST_PAUSE)).await;
        }
        wait
    }

    /// Waits after a swap that was lost to `winner`.
    ///
    /// # Errors
    /// `Unavailable` when the time is up.
    pub async fn after_lost_swap(&mut self, winner: Option<&Entry>) -> Result<()> {
        self.check()?;
        let until_turn = self.until_turn(line_at(winner));
        let longest = FIRST_PAUSE.mul_f64(PAUSE_GROWTH.powi(self.lost.min(100).into()));
        self.lost = self.lost.saturating_add(1);
        sleep(if until_turn.is_zero() {
            jitter(longest.min(LONGEST_PAUSE))
        } else {
            until_turn + jitter(FIRST_PAUSE)
        })
        .await;
        Ok(())
    }

    /// Waits after a swap that met a transaction.
    ///
    /// # Errors
    /// `Unavailable` when the time is up.
    pub async fn after_conflict(&mut self) -> Result<()> {
        self.check()?;
        self.lost = self.lost.saturating_add(1);
        sleep(jitter(CONFLICT_PAUSE)).await;
        Ok(())
    }

    /// About how long until this request has waited as long as those whose turn it is in a line of the length `line`.
    fn until_turn(&self, line: Duration) -> Duration {
        let rest = line.mul_f64(LINE).saturating_sub(self.began.elapsed());
        rest.mul_f64(0.6 + 0.4 * fastrand::f64())
    }
}

/// How long one waits at a log that ends with `tip`.
fn line_at(tip: Option<&Entry>) -> Duration {
    let now = Timestamp::now();
    let busy = tip.filter(|tip| now.millis_since(tip.created_at) < BUSY_MILLIS);
    let waited = busy.and_then(|tip| tip.waited_millis).unwrap_or(0);
    Duration::from_millis(waited.into()).min(PATIENCE / 4)
}

/// Full jitter: anything up to `longest`.
fn jitter(longest: Duration) -> Duration {
    longest.mul_f64(fastrand::f64())
}
