//! One runtime for the servers and all HTTP: each test has a runtime of its own, which ends with it, and a connection
//! must not end with the test that opened it.

use std::sync::OnceLock;

use tokio::runtime::Runtime;

/// Runs `future` to its end on the runtime that never ends.
pub(crate) async fn run<T: Send + 'static>(future: impl Future<Output = T> + Send + 'static) -> T {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    let runtime = RUNTIME.get_or_init(|| Runtime::new().expect("a runtime"));
    runtime.spawn(future).await.expect("a task that does not panic")
}
