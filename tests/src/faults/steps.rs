//! Requests that go on only step by step: a step is a wave of calls side by side.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{oneshot, watch};
use tokio::task::{Id, JoinHandle};

use super::Call;

/// How long a step may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// Holds every call of each request that mentions a text in its first calls. When this is dropped, all go on.
#[derive(Debug)]
pub struct Steps(Track);

/// The side of it that the calls see.
#[derive(Debug, Clone)]
pub(super) struct Track(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    text: String,
    state: Mutex<State>,
    changed: watch::Sender<()>,
}

#[derive(Debug, Default)]
struct State {
    lanes: HashMap<Id, Calls>,
    ended: bool,
}

/// The calls of one request.
#[derive(Debug, Default)]
struct Calls {
    held: Vec<oneshot::Sender<()>>,
    running: usize,
    free: bool,
    known: bool,
}

/// A request that goes on step by step.
#[derive(Debug)]
pub struct Lane<T> {
    track: Track,
    id: Id,
    request: JoinHandle<T>,
    answer: Option<T>,
}

/// A call that waits for its step, and then is one of those that run.
#[derive(Debug)]
pub(super) struct Step {
    track: Track,
    id: Id,
    turn: Option<oneshot::Receiver<()>>,
}

impl Steps {
    pub(super) fn new(text: &str) -> (Self, Track) {
        let (state, changed) = (Mutex::default(), watch::Sender::default());
        let track = Track(Arc::new(Shared { text: text.to_owned(), state, changed }));
        (Self(track.clone()), track)
    }

    /// Begins a request; its first calls are held when this returns.
    ///
    /// # Panics
    /// When it makes no call that mentions the text.
    pub async fn begin<T: Send + 'static>(
        &self,
        request: impl Future<Output = T> + Send + 'static,
    ) -> Lane<T> {
        let request = tokio::spawn(request);
        let mut changed = self.0.0.changed.subscribe();
        let found = async {
            loop {
                if let Some(id) = self.0.newcomer() {
                    return id;
                }
                changed.changed().await.expect("the sender is kept");
            }
        };
        let id = tokio::time::timeout(PATIENCE, found).await.expect("a call of the request");
        Lane { track: self.0.clone(), id, request, answer: None }
    }
}

impl Drop for Steps {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.ended = true;
        state.lanes.clear();
    }
}

impl<T> Lane<T> {
    /// Lets the calls that are held be carried out, until the next are held or the request is answered.
    ///
    /// # Panics
    /// When neither happens.
    pub async fn step(&mut self) {
        let mut changed = self.track.0.changed.subscribe();
        self.track.release(self.id, false);
        let stepped = async {
            while self.answer.is_none() && !self.track.is_held(self.id) {
                tokio::select! {
                    changed = changed.changed() => changed.expect("the sender is kept"),
                    answer = &mut self.request => self.answer = Some(answer.expect("an answer")),
                }
            }
        };
        tokio::time::timeout(PATIENCE, stepped).await.expect("a step that ends");
    }

    /// Lets the request go on to its end.
    ///
    /// # Panics
    /// When the request itself does.
    pub async fn finish(self) -> T {
        self.track.release(self.id, true);
        match self.answer {
            Some(answer) => answer,
            None => self.request.await.expect("an answer"),
        }
    }
}

impl Track {
    /// A call of a request that goes by steps.
    pub fn enter(&self, call: &Call) -> Option<Step> {
        let id = call.request?;
        let mut state = self.state();
        if state.ended || !(state.lanes.contains_key(&id) || call.mentions(&self.0.text)) {
            return None;
        }
        let calls = state.lanes.entry(id).or_default();
        let turn = if calls.free || calls.running > 0 {
            calls.running += 1;
            None
        } else {
            let (release, turn) = oneshot::channel();
            calls.held.push(release);
            Some(turn)
        };
        drop(state);
        self.0.changed.send_replace(());
        Some(Step { track: self.clone(), id, turn })
    }

    fn newcomer(&self) -> Option<Id> {
        let mut state = self.state();
        let (id, calls) = state.lanes.iter_mut().find(|(_, calls)| !calls.known)?;
        calls.known = true;
        Some(*id)
    }

    fn release(&self, id: Id, for_good: bool) {
        let mut state = self.state();
        let Some(calls) = state.lanes.get_mut(&id) else { return };
        calls.free |= for_good;
        for turn in std::mem::take(&mut calls.held) {
            calls.running += usize::from(turn.send(()).is_ok());
        }
    }

    /// Whether the request waits for its next step.
    fn is_held(&self, id: Id) -> bool {
        let state = self.state();
        state.lanes.get(&id).is_some_and(|calls| {
            calls.running == 0 && calls.held.iter().any(|turn| !turn.is_closed())
        })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Step {
    /// Waits for the turn.
    pub async fn wait(mut self) -> Self {
        if let Some(turn) = &mut self.turn {
            // An error: the test is over, and everything goes on.
            let _ = turn.await;
            self.turn = None;
        }
        self
    }
}

impl Drop for Step {
    fn drop(&mut self) {
        let ran = self.turn.as_mut().is_none_or(|turn| turn.try_recv().is_ok());
        if ran && let Some(calls) = self.track.state().lanes.get_mut(&self.id) {
            calls.running = calls.running.saturating_sub(1);
        }
        self.track.0.changed.send_replace(());
    }
}
