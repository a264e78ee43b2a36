//! What the loser of a swap does: wait, a little longer each time, and not for ever.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::error::{Error, Result};

/// How long a request tries.
const PATIENCE: Duration = Duration::from_secs(10);
/// Tries that follow a lost one at once.
const EAGER_TRIES: u32 = 2;
/// The longest pause after the first try that waits; it doubles with each.
const FIRST_PAUSE: Duration = Duration::from_millis(2);
/// The longest pause of all.
const LONGEST_PAUSE: Duration = Duration::from_millis(32);
/// After meeting a transaction: longer, so that a change of members gets through a busy log.
const CONFLICT_PAUSE: Duration = Duration::from_millis(100);

/// The tries of one request.
#[derive(Debug)]
pub struct Retry {
    began: Instant,
    lost: u32,
}

impl Retry {
    /// The first try begins now.
    #[must_use]
    pub fn start() -> Self {
        Self { began: Instant::now(), lost: 0 }
    }

    /// Fails once the request has tried for [`PATIENCE`].
    ///
    /// # Errors
    /// `Unavailable`.
    pub fn check(&self) -> Result<()> {
        if self.began.elapsed() < PATIENCE { Ok(()) } else { Err(Error::Unavailable) }
    }

    /// Waits after a swap that was lost to another entry: not at all at first, then with full jitter.
    ///
    /// # Errors
    /// `Unavailable` when the time is up.
    pub async fn after_lost_swap(&mut self) -> Result<()> {
        self.check()?;
        self.lost += 1;
        if self.lost > EAGER_TRIES {
            let doublings = (self.lost - EAGER_TRIES - 1).min(8);
            jitter((FIRST_PAUSE * (1 << doublings)).min(LONGEST_PAUSE)).await;
        }
        Ok(())
    }

    /// Waits after a swap that met a transaction.
    ///
    /// # Errors
    /// `Unavailable` when the time is up.
    pub async fn after_conflict(&mut self) -> Result<()> {
        self.check()?;
        self.lost += 1;
        jitter(CONFLICT_PAUSE).await;
        Ok(())
    }
}

/// Full jitter: anything up to `longest`.
async fn jitter(longest: Duration) {
    sleep(longest.mul_f64(fastrand::f64())).await;
}
