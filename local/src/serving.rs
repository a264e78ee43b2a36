//! An HTTP server that can be told to end.

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::serve::ListenerExt;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// How long requests that still run are waited for at the end.
const GRACE: Duration = Duration::from_secs(10);

/// A router that answers on a socket until it is stopped.
#[derive(Debug)]
pub struct Serving {
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Serving {
    /// Answers on `listener`.
    pub fn start(listener: TcpListener, router: Router) -> Self {
        // Small answers and small frames go out at once.
        let listener = listener.tap_io(|connection| {
            let _ = connection.set_nodelay(true);
        });
        let (stop, stopped) = oneshot::channel();
        let service = router.into_make_service_with_connect_info::<SocketAddr>();
        let task = tokio::spawn(async move {
            let stopped = async {
                let _ = stopped.await;
            };
            let served = axum::serve(listener, service).with_graceful_shutdown(stopped);
            if let Err(error) = served.await {
                tracing::error!(%error, "the server ended");
            }
        });
        Self { stop, task }
    }

    /// Accepts nothing more and returns when what runs is answered, at most 10 s later.
    pub async fn stop(mut self) {
        let _ = self.stop.send(());
        if tokio::time::timeout(GRACE, &mut self.task).await.is_err() {
            tracing::warn!("requests that did not end were broken off");
            self.task.abort();
        }
    }
}
