//! What failed sign-ins cost: after five of them, whoever gives that name has to wait, twice as long each time. Names
//! that nobody has are locked like any other: that tells nothing.

use serde::{Deserialize, Serialize};

use super::UserPool;
use super::error::{Error, Result};
use super::names::hash_of_name;

const KIND: &str = "lockout";

/// How many sign-ins may fail without a wait.
const FREE: u32 = 4;

/// The longest wait, in seconds; as long without an attempt, and all is forgotten.
const LONGEST: i64 = 15 * 60;

/// The failed sign-ins of one name. Times are in seconds since the epoch.
#[derive(Clone, Copy, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Lockout {
    failures: u32,
    last: i64,
}

impl Lockout {
    /// Whether sign-ins are refused without a look at the password.
    pub fn is_locked(self, now: i64) -> bool {
        now < self.until()
    }

    fn until(self) -> i64 {
        match self.failures.checked_sub(FREE + 1) {
            Some(doublings) => self.last + 2_i64.saturating_pow(doublings).min(LONGEST),
            None => self.last,
        }
    }

    fn forgotten_at(self) -> i64 {
        self.until() + LONGEST
    }

    fn after_failure(self, now: i64) -> Self {
        let failures = if now < self.forgotten_at() { self.failures } else { 0 };
        Self { failures: failures.saturating_add(1), last: now }
    }
}

impl UserPool {
    /// Lets nobody pass who has to wait.
    ///
    /// # Errors
    /// `AttemptsExceeded`.
    pub(super) fn admit_sign_in(&self, username: &str, now: i64) -> Result<()> {
        let lockout: Option<Lockout> = self.documents.get(KIND, &hash_of_name(username))?;
        match lockout {
            Some(lockout) if lockout.is_locked(now) => Err(Error::AttemptsExceeded),
            _ => Ok(()),
        }
    }

    /// Counts a wrong password or a wrong code of a second factor; to be called while `changing` is held.
    pub(super) fn count_failed_sign_in(&self, username: &str, now: i64) -> Result<()> {
        let id = hash_of_name(username);
        let lockout: Lockout = self.documents.get(KIND, &id)?.unwrap_or_default();
        let lockout = lockout.after_failure(now);
        let end = lockout.forgotten_at().unsigned_abs();
        Ok(self.documents.put_until(KIND, &id, &lockout, end)?)
    }

    /// Forgets the failures: a sign-in succeeded.
    pub(super) fn forget_failed_sign_ins(&self, username: &str) -> Result<()> {
        let id = hash_of_name(username);
        if self.documents.get::<Lockout>(KIND, &id)?.is_some() {
            self.documents.delete(KIND, &id)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_800_000_000;

    fn after(failures: u32) -> Lockout {
        (0..failures).fold(Lockout::default(), |lockout, _| lockout.after_failure(NOW))
    }

    #[test]
    fn the_wait_doubles_from_the_fifth_failure_on_up_to_15_minutes() {
        assert!(!after(4).is_locked(NOW));
        for (failures, wait) in [(5, 1), (6, 2), (7, 4), (14, 512), (15, 900), (200, 900)] {
            assert!(after(failures).is_locked(NOW + wait - 1), "{failures}");
            assert!(!after(failures).is_locked(NOW + wait), "{failures}");
        }
    }

    #[test]
    fn fifteen_minutes_without_an_attempt_begin_anew() {
        let six = after(6);
        assert!(six.after_failure(NOW + 2 + 899).is_locked(NOW + 2 + 899 + 3));
        assert!(!six.after_failure(NOW + 2 + 900).is_locked(NOW + 2 + 900));
    }
}
