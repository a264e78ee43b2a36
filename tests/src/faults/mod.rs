//! The wire between the SDK and the DynamoDB engine, in a test's hands: every call can be seen, held, changed, lost.
//!
//! ```no_run
//! # async fn example() {
//! use tests::faults::{Fault, When, Wire, start};
//! use tests::people;
//!
//! let (backend, wire) = Wire::backend(|_| {}).await;
//! let [alice, bob] = people(&backend).await;
//! let put = wire.on(When::put("Messages").with(&alice.id)).hold();
//! let sent = start(async move { alice.send(&bob, "hi").await });
//! put.reached().await;
//! // Whatever happens here happens between what the request has read and its put.
//! put.fail(Fault::Conflict);
//! sent.await.expect("an answer").expect(201);
//! # }
//! ```
//!
//! Nothing sleeps: a gate is reached, a request answers.

mod call;
mod chaos;
mod cost;
mod dynamodb_local;
mod fault;
mod gate;
mod http;
mod plan;
mod posts;
mod steps;

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aws_smithy_runtime_api::client::http::SharedHttpClient;
use local::Options;
use tokio::task::{Id, JoinHandle};

pub use call::{Call, Done, When};
pub use chaos::Chaos;
pub use cost::{Cost, cost};
pub use fault::{Change, Fault};
pub use gate::Gate;
pub use plan::Planned;
pub use posts::{Post, PostFault, Posts};
pub use steps::{Lane, Steps};

use crate::backend::Backend;
use chaos::Dice;
use plan::{Action, Rule};
use steps::{Step, Track};

/// The wire of one backend. Clones are the same wire.
#[derive(Debug, Clone, Default)]
pub struct Wire(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    rules: Vec<Rule>,
    steps: Vec<Track>,
    crashed: HashSet<Id>,
    chaos: Option<Dice>,
    recording: Option<Vec<Done>>,
}

impl Wire {
    /// A local server of one test's own whose calls to DynamoDB go over a wire.
    pub async fn backend(set: impl FnOnce(&mut Options)) -> (Backend, Self) {
        let wire = Self::default();
        let backend = Backend::private(|options| {
            options.http_clients.routes = Some(wire.client());
            set(options);
        });
        (backend.await, wire)
    }

    /// As [`Wire::backend`], for the lambdas that no route calls: what pushes and delivers.
    pub async fn behind_events(set: impl FnOnce(&mut Options)) -> (Backend, Self) {
        let wire = Self::default();
        let backend = Backend::private(|options| {
            options.http_clients.events = Some(wire.client());
            set(options);
        });
        (backend.await, wire)
    }

    /// The HTTP client that is this wire.
    #[must_use]
    pub fn client(&self) -> SharedHttpClient {
        SharedHttpClient::new(http::Client::new(self.clone()))
    }

    /// What shall happen to calls like `when`. Earlier plans come first, and a call counts for one plan only.
    pub fn on(&self, when: When) -> Planned {
        Planned::new(self.clone(), when)
    }

    /// Lets the requests whose calls mention `text` go on only step by step, until the answer is dropped.
    #[must_use]
    pub fn steps(&self, text: &str) -> Steps {
        let (steps, track) = Steps::new(text);
        self.state().steps.push(track);
        steps
    }

    /// Faults at random from now on; none: no more.
    pub fn chaos(&self, chaos: Option<Chaos>) {
        self.state().chaos = chaos.map(Dice::new);
    }

    /// Whether something that was planned has not happened yet.
    #[must_use]
    pub fn is_waiting(&self) -> bool {
        self.state().rules.iter().any(plan::Rule::is_left)
    }

    /// Forgets every plan. What is held stays held.
    pub fn clear(&self) {
        self.state().rules.clear();
    }

    /// Carries out `work` and answers the calls that were made meanwhile, in the order in which they began.
    pub async fn record<T>(&self, work: impl Future<Output = T>) -> (T, Vec<Done>) {
        self.state().recording = Some(Vec::new());
        let answer = work.await;
        let mut calls = self.state().recording.take().unwrap_or_default();
        calls.sort_by_key(|done| done.began);
        (answer, calls)
    }

    fn step(&self, call: &Call) -> Option<Step> {
        self.state().steps.iter().find_map(|track| track.enter(call))
    }

    fn action(&self, call: &Call) -> Action {
        self.state().action(call)
    }

    fn is_recording(&self) -> bool {
        self.state().recording.is_some()
    }

    fn note(&self, done: impl FnOnce() -> Done) {
        if let Some(recording) = &mut self.state().recording {
            recording.push(done());
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Begins a request that the test answers to later.
pub fn start<T: Send + 'static>(
    request: impl Future<Output = T> + Send + 'static,
) -> JoinHandle<T> {
    tokio::spawn(request)
}
