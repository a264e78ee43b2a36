//! For the lists that are read from an index, which may lag behind on AWS.

use std::time::{Duration, Instant};

/// How long an index may lag.
const PATIENCE: Duration = Duration::from_secs(10);

/// Asks until the answer satisfies `is_so`, and returns the last answer, also where time ran out: the caller asserts on
/// it. Each question is a request, so nothing needs to sleep in between.
pub async fn eventually<T>(ask: impl AsyncFn() -> T, is_so: impl Fn(&T) -> bool) -> T {
    let began = Instant::now();
    loop {
        let answer = ask().await;
        if is_so(&answer) || began.elapsed() > PATIENCE {
            return answer;
        }
    }
}
