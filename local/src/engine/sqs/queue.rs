//! A queue's settings, and what becomes of a message in it.

use std::collections::BTreeMap;
use std::time::Duration;

use rusqlite::Connection;
use shared::queues::Queues;
use tokio::sync::Notify;
use uuid::Uuid;

use super::lanes::Lane;
use super::request::{NewMessage, Sent};
use super::store::{self, Stored};

/// One queue, by its name in `queues.json`; a dead-letter queue has `-dlq` behind it.
pub struct Queue {
    /// Whether it keeps the order within a group.
    pub fifo: bool,
    /// For how long a message that was received is nobody else's.
    pub visibility: Duration,
    /// After how many receives a message is set aside, and where.
    pub redrive: Option<(u32, String)>,
    /// Whether there may be something to receive.
    pub arrived: Notify,
}

/// What `send` did: the answer, and for a new message its place.
pub type Added = (Sent, Option<(i64, Lane)>);

impl Queue {
    /// Puts a message into the queue, unless it is a repeat.
    pub fn send(
        &self,
        database: &Connection,
        name: &str,
        message: &NewMessage,
        now: i64,
    ) -> rusqlite::Result<Added> {
        let answer = |message_id, sequence: i64| Sent {
            message_id,
            body_md5: format!("{:x}", md5::compute(&message.body)),
            sequence_number: self.fifo.then(|| sequence_number(sequence)),
        };
        if let Some((message_id, sequence)) = store::repeated(database, name, message, now)? {
            return Ok((answer(message_id, sequence), None));
        }
        let message_id = Uuid::new_v4().to_string();
        let sequence = store::insert(database, name, &message_id, message, now)?;
        let lane = self.lane(message.group_id.as_deref(), &message_id);
        Ok((answer(message_id, sequence), Some((sequence, lane))))
    }

    /// Receives a message; none if it is there no more or was set aside, since it came too often.
    pub fn receive(
        &self,
        database: &Connection,
        sequence: i64,
        now: i64,
    ) -> rusqlite::Result<Option<Stored>> {
        if let Some((limit, dead_letters)) = &self.redrive
            && store::redrive(database, sequence, *limit, dead_letters)?
        {
            return Ok(None);
        }
        store::receive(database, sequence, now)
    }

    /// What the message keeps an order with.
    pub fn lane(&self, group_id: Option<&str>, message_id: &str) -> Lane {
        Lane::from(group_id.filter(|_| self.fifo).unwrap_or(message_id))
    }
}

/// The queues of `queues.json`, and those for what was set aside.
pub fn with_dead_letters(queues: &Queues, visibility: Option<Duration>) -> BTreeMap<String, Queue> {
    let mut all = BTreeMap::new();
    for (name, queue) in queues {
        let dead_letters = format!("{name}-dlq");
        let timeout = Duration::from_secs(queue.visibility_timeout_seconds.into());
        let make = |redrive| Queue {
            fifo: queue.fifo,
            visibility: visibility.unwrap_or(timeout),
            redrive,
            arrived: Notify::new(),
        };
        if queue.max_receive_count.is_some() {
            all.insert(dead_letters.clone(), make(None));
        }
        all.insert(name.clone(), make(queue.max_receive_count.map(|most| (most, dead_letters))));
    }
    all
}

/// With leading zeros, so that the order of the texts is that of the numbers.
#[must_use]
pub fn sequence_number(sequence: i64) -> String {
    format!("{sequence:020}")
}
