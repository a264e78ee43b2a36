//! Faults at random.

use serde_json::{Value, json};

use super::{Call, Fault};

/// How many calls in a thousand meet which fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chaos {
    /// Where the dice begin.
    pub seed: u64,
    /// Throttled.
    pub throttle: u32,
    /// In the way of a transaction.
    pub conflict: u32,
    /// Lost on the way there.
    pub lose_call: u32,
    /// Carried out, and the answer lost.
    pub lose_answer: u32,
    /// The last one of its request, before it or after it.
    pub crash: u32,
    /// Read from a copy that lags behind, where it may be.
    pub stale: u32,
}

/// A stream of faults.
#[derive(Debug)]
pub(super) struct Dice {
    chaos: Chaos,
    random: fastrand::Rng,
}

impl Dice {
    pub fn new(chaos: Chaos) -> Self {
        Self { random: fastrand::Rng::with_seed(chaos.seed), chaos }
    }

    pub fn roll(&mut self, call: &Call) -> Option<Fault> {
        let Chaos { throttle, conflict, lose_call, lose_answer, crash, stale, .. } = self.chaos;
        let crash_after = crash.div_ceil(2);
        let faults = [
            (throttle, Fault::Throttle),
            (conflict, Fault::Conflict),
            (lose_call, Fault::LoseCall),
            (lose_answer, Fault::LoseAnswer),
            (crash - crash_after, Fault::CrashBefore),
            (crash_after, Fault::CrashAfter),
            (if call.is_eventual() { stale } else { 0 }, lagging(self.random.usize(1..4))),
        ];
        let mut die = self.random.u32(0..1_000);
        for (share, fault) in faults {
            if die < share {
                return Some(fault);
            }
            die -= share;
        }
        None
    }
}

/// What a copy answers that has not heard of the last `missed` rows yet. Only of people and of logs that are read from
/// their end: what else is read eventually is a list, which may lag.
fn lagging(missed: usize) -> Fault {
    Fault::answer(move |answer| {
        if let Some(users) = answer.pointer_mut("/Responses/Users") {
            *users = json!([]);
        }
        let Some(entries) = answer.get_mut("Items").and_then(Value::as_array_mut) else { return };
        let of_log = entries.first().is_some_and(|entry| entry.get("entryId").is_some());
        if of_log {
            entries.drain(..missed.min(entries.len()));
        }
    })
}
