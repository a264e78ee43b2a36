//! A value that is read once in a while and shared by the requests in between.

use std::sync::{PoisonError, RwLock};
use std::time::{Duration, Instant};

use tokio::sync::Mutex;

use crate::error::{Error, Result};

/// How long nobody tries again what could not be read: each would wait for it.
const PAUSE: Duration = Duration::from_secs(1);

/// The value as it was last read.
#[derive(Debug)]
pub struct Cached<T> {
    last: RwLock<Option<Read<T>>>,
    /// Held by the one who reads: when that last failed.
    failed: Mutex<Option<Instant>>,
}

#[derive(Debug)]
struct Read<T> {
    value: T,
    at: Instant,
}

impl<T> Default for Cached<T> {
    fn default() -> Self {
        Self { last: RwLock::new(None), failed: Mutex::new(None) }
    }
}

impl<T: Clone> Cached<T> {
    /// The value, if `is_good` says so of it and its age; else what `read` reads. Of requests that want it at the same time
    /// one reads, and those for whom the value is good do not wait for it.
    ///
    /// # Errors
    /// As `read`; `Unavailable` for a second after that.
    pub async fn get(
        &self,
        is_good: impl Fn(&T, Duration) -> bool,
        read: impl Future<Output = Result<T>>,
    ) -> Result<T> {
        if let Some(value) = self.last(&is_good) {
            return Ok(value);
        }
        let mut failed = self.failed.lock().await;
        if let Some(value) = self.last(&is_good) {
            return Ok(value);
        }
        if failed.is_some_and(|at| at.elapsed() < PAUSE) {
            return Err(Error::Unavailable);
        }
        match read.await {
            Ok(value) => {
                *failed = None;
                let read = Read { value: value.clone(), at: Instant::now() };
                *self.last.write().unwrap_or_else(PoisonError::into_inner) = Some(read);
                Ok(value)
            }
            Err(error) => {
                *failed = Some(Instant::now());
                Err(error)
            }
        }
    }

    /// The value as it was last read, if `is_good` says so of it and its age.
    pub fn last(&self, is_good: impl Fn(&T, Duration) -> bool) -> Option<T> {
        let last = self.last.read().unwrap_or_else(PoisonError::into_inner);
        let good = last.as_ref().filter(|read| is_good(&read.value, read.at.elapsed()));
        good.map(|read| read.value.clone())
    }
}

#[cfg(test)]
mod tests {
    use std::future::ready;

    use super::*;

    fn fails() -> impl Future<Output = Result<u8>> {
        ready(Err(Error::internal("out of order")))
    }

    #[tokio::test]
    async fn a_good_value_is_not_read_again_and_waits_for_nobody() {
        let cached = Cached::default();
        let always = |_: &u8, _| true;
        assert_eq!(cached.get(always, async { Ok(1) }).await.unwrap(), 1);
        let reading = cached.failed.lock().await;
        assert_eq!(cached.get(always, fails()).await.unwrap(), 1);
        drop(reading);
        assert_eq!(cached.get(|value, _| *value > 1, async { Ok(2) }).await.unwrap(), 2);
    }

    #[tokio::test]
    async fn what_could_not_be_read_is_left_alone_for_a_while() {
        let cached = Cached::default();
        let never = |_: &u8, _| false;
        assert!(matches!(cached.get(never, fails()).await, Err(Error::Internal(_))));
        assert!(matches!(cached.get(never, async { Ok(1) }).await, Err(Error::Unavailable)));
        assert_eq!(cached.last(|_, _| true), None);
    }
}
