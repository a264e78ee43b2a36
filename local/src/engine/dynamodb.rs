//! DynamoDB: dynoxide over one `SQLite` file, on threads of its own.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use dynoxide::{Database, DynoxideError};
use tokio::runtime::Builder;
use tokio::sync::oneshot;
use tokio::time::{Instant, MissedTickBehavior, interval_at};

use super::Result;

/// `SQLite` blocks the thread that it runs on, and lets one writer in at a time.
const WORKERS: usize = 2;

/// How often rows are deleted whose time to live is over.
const SWEEP_INTERVAL: Duration = Duration::from_mins(1);

/// How long calls that still run are waited for at the end.
const GRACE: Duration = Duration::from_secs(2);

/// Opens the database in `file`. `SQLite`'s write-ahead log is on and fully synchronous: what was acknowledged survives
/// a `kill -9` and a power cut.
///
/// # Errors
/// When the file is no database, cannot be read or written, or is newer than this engine.
pub fn open(file: &Path) -> Result<Database, DynoxideError> {
    let name = file.to_str().ok_or_else(|| {
        DynoxideError::InternalServerError("the name of the folder must be UTF-8".to_owned())
    })?;
    Database::new(name)
}

/// The running engine. Dropping it ends it, too, without waiting for its threads.
#[derive(Debug)]
pub struct DynamoDb {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    thread: JoinHandle<()>,
}

impl DynamoDb {
    /// Serves `database` on loopback.
    ///
    /// # Errors
    /// When there is no socket or no thread to be had.
    pub fn start(database: Database) -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let runtime = Builder::new_multi_thread()
            .worker_threads(WORKERS)
            .thread_name("dynamodb")
            .enable_all()
            .build()?;
        let (stop, stopped) = oneshot::channel();
        let thread = thread::Builder::new().name("dynamodb".to_owned()).spawn(move || {
            runtime.block_on(serve(listener, database, stopped));
            runtime.shutdown_timeout(GRACE);
        })?;
        Ok(Self { address, stop, thread })
    }

    /// Where it answers.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Ends it when the calls that still run are answered.
    pub async fn stop(self) {
        let _ = self.stop.send(());
        let _ = tokio::task::spawn_blocking(|| self.thread.join()).await;
    }
}

async fn serve(listener: TcpListener, database: Database, stopped: oneshot::Receiver<()>) {
    let sweeping = tokio::spawn(sweep(database.clone()));
    let (ending, ended) = oneshot::channel();
    let stopped = async {
        let _ = stopped.await;
        let _ = ending.send(());
    };
    let serving = async {
        let listener = tokio::net::TcpListener::from_std(listener).map_err(|e| e.to_string())?;
        dynoxide::server::serve_with_shutdown(listener, database, stopped).await
    };
    let overdue = async {
        let _ = ended.await;
        tokio::time::sleep(GRACE).await;
    };
    tokio::select! {
        outcome = serving => if let Err(error) = outcome {
            tracing::error!(%error, "the DynamoDB engine ended");
        },
        () = overdue => {}
    }
    sweeping.abort();
}

/// The engine itself never looks at the time to live.
async fn sweep(database: Database) {
    let mut ticks = interval_at(Instant::now() + SWEEP_INTERVAL, SWEEP_INTERVAL);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let database = database.clone();
        match tokio::task::spawn_blocking(move || database.sweep_ttl()).await {
            Ok(Ok(_)) => {}
            Ok(Err(error)) => tracing::error!(%error, "expired rows were not deleted"),
            Err(error) => tracing::error!(%error, "expired rows were not deleted"),
        }
    }
}
