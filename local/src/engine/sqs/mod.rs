//! SQS: the queues of `queues.json` and their dead-letter queues. Clients send over HTTP; receiving and deleting are for
//! the event source mapping alone, which is in this process.
//!
//! What was acknowledged is on disk. What is in flight is known to this process only: after its end, of whatever kind,
//! such a message comes again at once, and one that was delayed comes at once, too. Receives are counted on disk, so that a message which ends the process each time
//! is set aside, too.

mod call;
mod lanes;
mod queue;
mod request;
mod store;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use shared::queues::Queues;

pub use queue::sequence_number;
pub use request::{NewMessage, Sent};
pub use store::Stored;

use self::lanes::Lanes;
use self::queue::Queue;
use self::store::Store;
use super::Result;
use crate::clock::epoch_millis;

/// The service's name in `X-Amz-Target`.
pub const SERVICE: &str = "AmazonSQS";

const ACCOUNT: &str = "000000000000";

/// All queues.
pub struct Sqs {
    queues: BTreeMap<String, Queue>,
    state: Mutex<State>,
}

struct State {
    store: Store,
    lanes: BTreeMap<String, Lanes>,
}

/// A message that is in flight until its visibility timeout ends.
#[derive(Debug, Clone)]
pub struct Received {
    /// The message.
    pub message: Stored,
    /// Names this receive among all of the queue's.
    receive: u64,
}

impl Received {
    /// What names the message and this receive of it.
    #[must_use]
    pub fn receipt_handle(&self) -> String {
        format!("{}.{}", self.message.sequence, self.receive)
    }
}

impl Sqs {
    /// The queues, with the messages that `file` holds. `visibility` takes the place of every queue's own timeout.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn open(file: &Path, queues: &Queues, visibility: Option<Duration>) -> Result<Self> {
        let queues = queue::with_dead_letters(queues, visibility);
        let store = Store::open(file)?;
        let mut lanes: BTreeMap<String, Lanes> =
            queues.keys().map(|name| (name.clone(), Lanes::default())).collect();
        for (queue, sequence, message_id, group_id) in store.kept(epoch_millis())? {
            if let (Some(queue), Some(lanes)) = (queues.get(&queue), lanes.get_mut(&queue)) {
                lanes.add(sequence, queue.lane(group_id.as_deref(), &message_id));
            }
        }
        Ok(Self { queues, state: Mutex::new(State { store, lanes }) })
    }

    /// The URLs by the queues' names, where the service listens at `address`.
    #[must_use]
    pub fn urls(&self, address: SocketAddr) -> BTreeMap<String, String> {
        let url = |name: &str| format!("http://{address}/{ACCOUNT}/{}", self.full_name(name));
        self.queues.keys().map(|name| (name.clone(), url(name))).collect()
    }

    /// The queue's ARN.
    #[must_use]
    pub fn arn(&self, name: &str) -> String {
        format!("arn:aws:sqs:us-east-1:{ACCOUNT}:{}", self.full_name(name))
    }

    fn full_name(&self, name: &str) -> String {
        let suffix =
            if self.queues.get(name).is_some_and(|queue| queue.fifo) { ".fifo" } else { "" };
        format!("{name}{suffix}")
    }

    /// Puts messages into a queue, all of them or none; they are on disk when this returns.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn send(&self, name: &str, messages: &[NewMessage]) -> Result<Vec<Sent>> {
        let Some(queue) = self.queues.get(name) else { return Ok(Vec::new()) };
        let now = epoch_millis();
        let mut state = self.state();
        let State { store, lanes } = &mut *state;
        let sent = store.durably(|database| {
            let send = |message| queue.send(database, name, message, now);
            messages.iter().map(send).collect::<rusqlite::Result<Vec<_>>>()
        })?;
        if let Some(lanes) = lanes.get_mut(name) {
            for ((_, added), message) in sent.iter().zip(messages) {
                match added {
                    Some((sequence, lane)) if message.delay.is_zero() => {
                        lanes.add(*sequence, Arc::clone(lane));
                    }
                    Some((sequence, lane)) => {
                        let begins = Instant::now() + message.delay;
                        lanes.add_later(*sequence, Arc::clone(lane), begins);
                    }
                    None => {}
                }
            }
        }
        queue.arrived.notify_one();
        Ok(sent.into_iter().map(|(sent, _)| sent).collect())
    }

    /// Takes up to `limit` messages for the queue's visibility timeout: of each group those that are there, in order, and
    /// none of a group of which one is in flight. A message that came too often goes to the dead-letter queue instead.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn receive(&self, name: &str, limit: usize) -> Result<Vec<Received>> {
        let Some(queue) = self.queues.get(name) else { return Ok(Vec::new()) };
        let mut state = self.state();
        loop {
            let Some(lanes) = state.lanes.get_mut(name) else { return Ok(Vec::new()) };
            let taken = lanes.take(limit, Instant::now(), queue.visibility);
            if taken.sequences.is_empty() {
                return Ok(Vec::new());
            }
            let found = state.store.lazily(|database| {
                let look = |sequence| queue.receive(database, sequence, epoch_millis());
                taken.sequences.iter().copied().map(look).collect::<rusqlite::Result<Vec<_>>>()
            })?;
            let mut received = Vec::new();
            for (sequence, found) in taken.sequences.into_iter().zip(found) {
                match found {
                    Some(message) => received.push(Received { message, receive: taken.receive }),
                    None => self.set_aside(&mut state, name, sequence),
                }
            }
            if !received.is_empty() {
                return Ok(received);
            }
        }
    }

    /// The message is in this queue no more, but may be in its dead-letter queue.
    fn set_aside(&self, state: &mut State, name: &str, sequence: i64) {
        let lane = state.lanes.get_mut(name).and_then(|lanes| lanes.remove(sequence));
        let redrive = self.queues.get(name).and_then(|queue| queue.redrive.as_ref());
        if let (Some(lane), Some((_, dead_letters))) = (lane, redrive)
            && let Some(lanes) = state.lanes.get_mut(dead_letters)
        {
            tracing::error!(queue = name, "a message was set aside: it came too often");
            lanes.add(sequence, lane);
        }
    }

    /// Deletes messages, each unless it was received anew since.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn delete<'a>(
        &self,
        name: &str,
        received: impl IntoIterator<Item = &'a Received>,
    ) -> Result<()> {
        let mut state = self.state();
        let State { store, lanes } = &mut *state;
        let (Some(lanes), Some(queue)) = (lanes.get_mut(name), self.queues.get(name)) else {
            return Ok(());
        };
        let held = |each: &&Received| lanes.holds(each.message.sequence, each.receive);
        let held: Vec<i64> =
            received.into_iter().filter(held).map(|each| each.message.sequence).collect();
        store.lazily(|database| {
            held.iter().try_for_each(|sequence| store::delete(database, *sequence))?;
            store::forget(database, epoch_millis())
        })?;
        for sequence in held {
            lanes.remove(sequence);
        }
        queue.arrived.notify_one();
        Ok(())
    }

    /// Comes true when there may be something to receive: at once if something was sent or deleted since the last time, else
    /// then, or when a visibility timeout ends.
    pub async fn wait(&self, name: &str) {
        let Some(queue) = self.queues.get(name) else { return };
        let next_end = self.state().lanes.get(name).and_then(Lanes::next_end);
        let visible_again = async {
            match next_end {
                Some(end) => tokio::time::sleep_until(end.into()).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = queue.arrived.notified() => {}
            () = visible_again => {}
        }
    }

    /// Whether there is no message in the queue, in flight or not.
    #[cfg(test)]
    pub(crate) fn is_empty(&self, name: &str) -> bool {
        self.state().lanes.get(name).is_none_or(Lanes::is_empty)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
