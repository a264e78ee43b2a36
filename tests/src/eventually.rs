//! For the lists that are read from an index, which may lag behind on AWS.

use std::time::{Duration, Instant};

/// How long an index may lag.
const PATIENCE: Duration = Duration::from_secs(10);

/// Leaves the machine to those who are asked about.
const PAUSE: Duration = Duration::from_millis(20);

/// Asks until the answer satisfies `is_so`, and returns the last answer, also where time ran out: the caller asserts on
/// it.
pub async fn eventually<T>(ask: impl AsyncFn() -> T, is_so: impl Fn(&T) -> bool) -> T {
    within(PATIENCE, ask, is_so).await
}

/// As [`eventually`], for what takes its time.
pub async fn within<T>(
    patience: Duration,
    ask: impl AsyncFn() -> T,
    is_so: impl Fn(&T) -> bool,
) -> T {
    let began = Instant::now();
    loop {
        let answer = ask().await;
        if is_so(&answer) || began.elapsed() > patience {
            return answer;
        }
        tokio::time::sleep(PAUSE).await;
    }
}
