//! What was asked and answered, and when.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::Value;
use shared::model::Timestamp;
use tests::Reply;

/// What somebody wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// A message; its body is its `clientMessageId`.
    Send {
        conversation: String,
        id: String,
    },
    /// Another body for a message; later edits of one message sort behind earlier ones.
    Edit {
        conversation: String,
        seq: u64,
        body: String,
    },
    Delete {
        conversation: String,
        seq: u64,
    },
    Block {
        whom: usize,
        on: bool,
    },
    Put {
        group: usize,
        whom: usize,
        role: Option<&'static str>,
    },
    Remove {
        group: usize,
        whom: usize,
    },
    Read {
        conversation: String,
        seq: u64,
    },
    /// All pages of check messages, each an attempt that is answered.
    Check,
    Entry {
        conversation: String,
        seq: u64,
    },
    Conversations,
    History {
        conversation: String,
        after: Option<u64>,
        before: Option<u64>,
        limit: u64,
    },
}

/// One request and its answer.
#[derive(Debug, Clone)]
pub struct Attempt {
    /// Its place among all beginnings and ends.
    pub from: u64,
    pub to: u64,
    /// The same by the clock.
    pub began: String,
    pub ended: String,
    pub status: u16,
    pub body: Value,
}

/// What somebody wanted, and every request that was made for it.
#[derive(Debug, Clone)]
pub struct Event {
    pub who: usize,
    pub what: What,
    pub attempts: Vec<Attempt>,
}

/// Everything that happened.
#[derive(Debug, Default)]
pub struct History {
    events: Mutex<Vec<Event>>,
    clock: AtomicU64,
}

impl History {
    /// Somebody begins something.
    pub fn begin(&self, who: usize, what: What) -> usize {
        let mut events = self.events();
        events.push(Event { who, what, attempts: Vec::new() });
        events.len() - 1
    }

    /// One request for it.
    pub async fn attempt(&self, event: usize, request: impl Future<Output = Reply>) -> Reply {
        let (from, began) = self.now();
        let reply = request.await;
        let (to, ended) = self.now();
        let (status, body) = (reply.status.as_u16(), reply.body.clone());
        let attempt = Attempt { from, to, began, ended, status, body };
        self.events()[event].attempts.push(attempt);
        reply
    }

    /// Everything up to now.
    pub fn all(&self) -> Vec<Event> {
        self.events().clone()
    }

    /// How often what was answered.
    pub fn summary(&self) -> String {
        let mut counts: BTreeMap<(String, u16), usize> = BTreeMap::new();
        for event in self.events().iter() {
            let what = format!("{:?}", event.what);
            let kind = what.split([' ', '{']).next().unwrap_or_default();
            for attempt in &event.attempts {
                *counts.entry((kind.to_owned(), attempt.status)).or_default() += 1;
            }
        }
        let counts =
            counts.iter().map(|((kind, status), count)| format!("{kind} {status}: {count}"));
        counts.collect::<Vec<_>>().join(", ")
    }

    fn now(&self) -> (u64, String) {
        (self.clock.fetch_add(1, Ordering::SeqCst), Timestamp::now().to_string())
    }

    fn events(&self) -> MutexGuard<'_, Vec<Event>> {
        self.events.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Attempt {
    /// It said that it was done.
    pub fn is_done(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// It was done, or nobody knows.
    pub fn may_be_done(&self) -> bool {
        self.is_done() || self.status >= 500
    }

    /// Whether what the clock said at `time` can have been in it.
    pub fn spans(&self, time: &str) -> bool {
        self.began.as_str() <= time && time <= self.ended.as_str()
    }

    /// Its problem's code.
    pub fn code(&self) -> &str {
        self.body["code"].as_str().unwrap_or_default()
    }
}

impl Event {
    /// Of several requests, the one that was answered last.
    pub fn last(&self) -> Option<&Attempt> {
        self.attempts.last()
    }

    /// From the first beginning to the last end.
    pub fn span(&self) -> Option<(u64, u64)> {
        let from = self.attempts.iter().map(|attempt| attempt.from).min()?;
        let to = self.attempts.iter().map(|attempt| attempt.to).max()?;
        Some((from, to))
    }
}
