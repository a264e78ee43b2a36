//! Sends that are to fail, since somebody asked for it.

use std::collections::HashMap;
use std::str::FromStr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use schemars::JsonSchema;
use shared::model::Rejected;

/// How a send fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, JsonSchema)]
#[schemars(rename_all = "camelCase")]
pub enum Failure {
    /// It is taken, and comes back.
    Bounce,
    /// It is refused: there are too many.
    Throttle,
}

impl FromStr for Failure {
    type Err = Rejected;

    fn from_str(text: &str) -> Result<Self, Rejected> {
        match text {
            "bounce" => Ok(Self::Bounce),
            "throttle" => Ok(Self::Throttle),
            _ => Err(Rejected("must be 'bounce' or 'throttle'")),
        }
    }
}

/// What is to fail by address, and how often still.
#[derive(Default)]
pub struct Failures(Mutex<HashMap<String, (u32, Failure)>>);

impl Failures {
    /// Lets the next `times` sends to `address` fail.
    pub fn order(&self, address: String, times: u32, failure: Failure) {
        self.all().insert(address, (times, failure));
    }

    /// How a send to `address` is to fail now, if at all.
    pub fn take(&self, address: &str) -> Option<Failure> {
        let mut all = self.all();
        let (times, failure) = all.get_mut(address)?;
        let failure = *failure;
        *times -= 1;
        if *times == 0 {
            all.remove(address);
        }
        Some(failure)
    }

    /// Forgets all.
    pub fn clear(&self) {
        self.all().clear();
    }

    fn all(&self) -> MutexGuard<'_, HashMap<String, (u32, Failure)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_fail_as_were_asked_for_and_the_last_word_counts() {
        let failures = Failures::default();
        failures.order("a".to_owned(), 9, Failure::Bounce);
        failures.order("a".to_owned(), 2, Failure::Throttle);
        assert_eq!(failures.take("b"), None);
        assert_eq!(failures.take("a"), Some(Failure::Throttle));
        assert_eq!(failures.take("a"), Some(Failure::Throttle));
        assert_eq!(failures.take("a"), None);
        failures.order("a".to_owned(), 1, Failure::Bounce);
        failures.clear();
        assert_eq!(failures.take("a"), None);
    }
}
