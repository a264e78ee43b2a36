//! A value that is read once in a while and shared by the requests in between.

use std::time::{Duration, Instant};

use tokio::sync::RwLock;

/// The value as it was last read.
#[derive(Debug)]
pub struct Cached<T>(RwLock<Option<Read<T>>>);

#[derive(Debug)]
struct Read<T> {
    value: T,
    at: Instant,
}

impl<T> Default for Cached<T> {
    fn default() -> Self {
        Self(RwLock::new(None))
    }
}

impl<T: Clone> Cached<T> {
    /// The value, if `is_good` says so of it and its age; else what `read` reads. Of requests that want it at the same time
    /// one reads.
    ///
    /// # Errors
    /// As `read`.
    pub async fn get<E>(
        &self,
        is_good: impl Fn(&T, Duration) -> bool,
        read: impl Future<Output = Result<T, E>>,
    ) -> Result<T, E> {
        let good = |cached: &Option<Read<T>>| {
            let cached = cached.as_ref().filter(|read| is_good(&read.value, read.at.elapsed()));
            cached.map(|read| read.value.clone())
        };
        if let Some(value) = good(&*self.0.read().await) {
            return Ok(value);
        }
        let mut cached = self.0.write().await;
        if let Some(value) = good(&cached) {
            return Ok(value);
        }
        let value = read.await?;
        *cached = Some(Read { value: value.clone(), at: Instant::now() });
        Ok(value)
    }
}
