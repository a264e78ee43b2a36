//! Which messages of a queue can be received: the order within a lane, and who is away with which.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// What keeps an order among itself: a message group of a FIFO queue; in a standard queue each message alone.
pub type Lane = Arc<str>;

/// That of a message which nobody has received yet.
const NO_RECEIVE: u64 = 0;

/// The messages of one queue by sequence number, without what they say.
#[derive(Default)]
pub struct Lanes {
    messages: HashMap<Lane, Messages>,
    /// The lanes of which none is in flight, by the first message of each.
    ready: BTreeMap<i64, Lane>,
    in_flight: HashMap<i64, InFlight>,
    ends: BTreeSet<(Instant, i64)>,
    receives: u64,
}

#[derive(Default)]
struct Messages {
    waiting: BTreeSet<i64>,
    in_flight: usize,
}

struct InFlight {
    lane: Lane,
    ends: Instant,
    receive: u64,
}

/// Messages that were taken together.
pub struct Taken {
    /// Their sequence numbers, those of a lane in order.
    pub sequences: Vec<i64>,
    /// Names this receive among all of them.
    pub receive: u64,
}

impl Lanes {
    /// Puts a message into its lane.
    pub fn add(&mut self, sequence: i64, lane: Lane) {
        self.unready(&lane);
        self.messages.entry(Arc::clone(&lane)).or_default().waiting.insert(sequence);
        self.make_ready(lane);
    }

    /// Puts a message into its lane that nobody receives before `begins`.
    pub fn add_later(&mut self, sequence: i64, lane: Lane, begins: Instant) {
        self.unready(&lane);
        self.messages.entry(Arc::clone(&lane)).or_default().in_flight += 1;
        self.ends.insert((begins, sequence));
        self.in_flight.insert(sequence, InFlight { lane, ends: begins, receive: NO_RECEIVE });
    }

    /// Takes up to `limit` messages for the time of `visibility`: of each lane as many as there is room for.
    pub fn take(&mut self, limit: usize, now: Instant, visibility: Duration) -> Taken {
        self.end_visibility(now);
        self.receives += 1;
        let mut sequences = Vec::new();
        while sequences.len() < limit
            && let Some((_, lane)) = self.ready.pop_first()
        {
            let Some(messages) = self.messages.get_mut(&lane) else { continue };
            while sequences.len() < limit
                && let Some(sequence) = messages.waiting.pop_first()
            {
                messages.in_flight += 1;
                sequences.push(sequence);
                let ends = now + visibility;
                self.ends.insert((ends, sequence));
                let away = InFlight { lane: Arc::clone(&lane), ends, receive: self.receives };
                self.in_flight.insert(sequence, away);
            }
        }
        Taken { sequences, receive: self.receives }
    }

    /// Whether the message is in flight since this receive.
    pub fn holds(&self, sequence: i64, receive: u64) -> bool {
        self.in_flight.get(&sequence).is_some_and(|away| away.receive == receive)
    }

    /// Takes a message that is in flight out of the queue.
    pub fn remove(&mut self, sequence: i64) -> Option<Lane> {
        let away = self.land(sequence)?;
        self.make_ready(Arc::clone(&away.lane));
        Some(away.lane)
    }

    /// When the next message comes back that nobody has deleted until then.
    pub fn next_end(&self) -> Option<Instant> {
        self.ends.first().map(|(ends, _)| *ends)
    }

    /// Whether there is no message, in flight or not.
    #[cfg(test)]
    pub fn is_empty(&self) -> bool {
        self.messages.is_empty()
    }

    fn end_visibility(&mut self, now: Instant) {
        while let Some((ends, sequence)) = self.ends.first().copied()
            && ends <= now
        {
            let Some(away) = self.land(sequence) else { return };
            self.add(sequence, away.lane);
        }
    }

    fn land(&mut self, sequence: i64) -> Option<InFlight> {
        let away = self.in_flight.remove(&sequence)?;
        self.ends.remove(&(away.ends, sequence));
        if let Some(messages) = self.messages.get_mut(&away.lane) {
            messages.in_flight -= 1;
        }
        Some(away)
    }

    fn unready(&mut self, lane: &Lane) {
        let first = self.messages.get(lane).and_then(|messages| messages.waiting.first());
        if let Some(first) = first {
            self.ready.remove(first);
        }
    }

    fn make_ready(&mut self, lane: Lane) {
        let Some(messages) = self.messages.get(&lane) else { return };
        match (messages.in_flight, messages.waiting.first()) {
            (0, Some(first)) => {
                self.ready.insert(*first, lane);
            }
            (0, None) => {
                self.messages.remove(&lane);
            }
            _ => {}
        }
    }
}
