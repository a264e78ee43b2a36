//! The open sockets.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::extract::ws::Utf8Bytes;
use axum::extract::ws::close_code::{AWAY, POLICY};
use tokio::sync::mpsc;

/// How many frames may wait for one socket. Whoever reads more slowly than that is cut off, and pages in what they missed:
/// they must not take the memory of all.
const MAX_WAITING: usize = 1_024;
/// How long sockets that end with the server are waited for.
const GRACE: Duration = Duration::from_secs(5);

/// Every open socket by its id.
#[derive(Debug)]
pub struct Hub {
    open: Mutex<HashMap<String, Ends>>,
    /// Held by every session; when the last is gone, so are they all.
    running: Mutex<Option<mpsc::Sender<()>>>,
    ended: tokio::sync::Mutex<mpsc::Receiver<()>>,
}

/// The other ends of a session's channels.
#[derive(Debug)]
struct Ends {
    frames: mpsc::Sender<Utf8Bytes>,
    end: mpsc::Sender<u16>,
}

/// What a session gets from others.
#[derive(Debug)]
pub struct Inbox {
    /// What is to be sent.
    pub frames: mpsc::Receiver<Utf8Bytes>,
    /// The code with which it is to end.
    pub end: mpsc::Receiver<u16>,
    _running: Option<mpsc::Sender<()>>,
}

impl Hub {
    /// Without sockets.
    #[must_use]
    pub fn new() -> Arc<Self> {
        let (running, ended) = mpsc::channel(1);
        Arc::new(Self {
            open: Mutex::default(),
            running: Mutex::new(Some(running)),
            ended: tokio::sync::Mutex::new(ended),
        })
    }

    /// From now on `id` can be sent to. A server that ends lets none in.
    pub(super) fn open(&self, id: &str) -> Option<Inbox> {
        let running = lock(&self.running).clone()?;
        let ((frames, inbox), (end, ending)) = (mpsc::channel(MAX_WAITING), mpsc::channel(1));
        lock(&self.open).insert(id.to_owned(), Ends { frames, end });
        Some(Inbox { frames: inbox, end: ending, _running: Some(running) })
    }

    /// From now on `id` is gone.
    pub(super) fn close(&self, id: &str) {
        lock(&self.open).remove(id);
    }

    /// Sends a frame; false where there is no such socket.
    pub(super) fn post(&self, id: &str, frame: Utf8Bytes) -> bool {
        let mut open = lock(&self.open);
        let Some(ends) = open.get(id) else { return false };
        if ends.frames.try_send(frame).is_ok() {
            return true;
        }
        if let Some(ends) = open.remove(id) {
            let _ = ends.end.try_send(POLICY);
        }
        false
    }

    /// Ends a socket; false where there is no such.
    pub(super) fn end(&self, id: &str) -> bool {
        let ends = lock(&self.open).remove(id);
        ends.is_some_and(|ends| ends.end.try_send(axum::extract::ws::close_code::NORMAL).is_ok())
    }

    /// Ends all sockets, lets no more in, and returns when they are closed.
    pub async fn end_all(&self) {
        lock(&self.running).take();
        for (_, ends) in lock(&self.open).drain() {
            let _ = ends.end.try_send(AWAY);
        }
        let mut ended = self.ended.lock().await;
        if tokio::time::timeout(GRACE, ended.recv()).await.is_err() {
            tracing::warn!("sockets that did not end were broken off");
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
