//! A gate that a call waits at.

use std::time::Duration;

use tokio::sync::watch;

use super::{Call, Fault};

/// How long a test waits for a call that does not come.
const PATIENCE: Duration = Duration::from_secs(20);

/// Holds one call until the test lets it go, or until it is dropped.
#[derive(Debug)]
pub struct Gate(Latch);

/// The side of the gate that the call sees.
#[derive(Debug, Clone)]
pub(super) struct Latch(watch::Sender<Stage>);

#[derive(Debug, Clone, Default)]
enum Stage {
    #[default]
    Empty,
    Held {
        invocation: String,
    },
    Open(Option<Fault>),
}

impl Gate {
    pub(super) fn new() -> (Self, Latch) {
        let latch = Latch(watch::Sender::default());
        (Self(latch.clone()), latch)
    }

    /// Comes true when a call is held here.
    ///
    /// # Panics
    /// When none comes.
    pub async fn reached(&self) {
        let mut stage = self.0.0.subscribe();
        let held = stage.wait_for(|stage| !matches!(stage, Stage::Empty));
        tokio::time::timeout(PATIENCE, held)
            .await
            .expect("a call that reaches the gate")
            .expect("the gate itself keeps it open");
    }

    /// Lets the call go on.
    pub fn release(self) {
        self.0.open(None);
    }

    /// Lets `fault` happen to the call.
    pub fn fail(self, fault: Fault) {
        self.0.open(Some(fault));
    }
}

impl Drop for Gate {
    fn drop(&mut self) {
        self.0.open(None);
    }
}

impl Latch {
    /// Waits; answers what shall happen to the call.
    pub async fn wait(&self, call: &Call) -> Option<Fault> {
        let invocation = call.invocation.clone();
        self.0.send_if_modified(|stage| {
            let empty = matches!(stage, Stage::Empty);
            if empty {
                *stage = Stage::Held { invocation };
            }
            empty
        });
        let mut stage = self.0.subscribe();
        match stage.wait_for(|stage| matches!(stage, Stage::Open(_))).await.as_deref() {
            Ok(Stage::Open(fault)) => fault.clone(),
            _ => None,
        }
    }

    /// Whether the call is held here already: the SDK gives up an attempt after a while, and makes another.
    pub fn holds(&self, call: &Call) -> bool {
        matches!(&*self.0.borrow(), Stage::Held { invocation } if *invocation == call.invocation)
    }

    fn open(&self, fault: Option<Fault>) {
        self.0.send_if_modified(|stage| {
            let closed = !matches!(stage, Stage::Open(_));
            if closed {
                *stage = Stage::Open(fault);
            }
            closed
        });
    }
}
