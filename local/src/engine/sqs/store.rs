//! The messages on disk: a `SQLite` file of their own, since a message may be larger than a row of DynamoDB, and so that
//! a send does not wait for the tables' one writer.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::request::NewMessage;

type Result<T> = rusqlite::Result<T>;

/// For how long a message is known by its deduplication id.
const DEDUPLICATION: Duration = Duration::from_mins(5);

/// How long a message is kept that nobody deletes: the longest that SQS offers.
const RETENTION: Duration = Duration::from_hours(14 * 24);

/// A row is kept without its body for as long as a repeat must be recognised. `AUTOINCREMENT` never gives a number twice,
/// whatever was deleted.
const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS messages (
        sequence INTEGER PRIMARY KEY AUTOINCREMENT,
        sent_to TEXT NOT NULL,
        queue TEXT NOT NULL,
        message_id TEXT NOT NULL,
        group_id TEXT,
        deduplication_id TEXT,
        body TEXT,
        sent_at INTEGER NOT NULL,
        receive_count INTEGER NOT NULL DEFAULT 0,
        first_received_at INTEGER
    ) STRICT;
    CREATE INDEX IF NOT EXISTS repeats ON messages (sent_to, group_id, deduplication_id)
        WHERE deduplication_id IS NOT NULL;
    CREATE INDEX IF NOT EXISTS deleted ON messages (sent_at) WHERE body IS NULL;";

/// A message as it is kept.
#[derive(Debug, Clone)]
pub struct Stored {
    /// Its place among all messages.
    pub sequence: i64,
    /// Its id.
    pub message_id: String,
    /// Its group.
    pub group_id: Option<String>,
    /// What tells a repeat.
    pub deduplication_id: Option<String>,
    /// What it says.
    pub body: String,
    /// When it was sent, in milliseconds since the epoch.
    pub sent_at: i64,
    /// How often it was received.
    pub receive_count: u32,
    /// When it was first received, in milliseconds since the epoch.
    pub first_received_at: i64,
}

/// A message that was there before: its queue, its sequence number, its id and its group.
pub type Kept = (String, i64, String, Option<String>);

/// The database.
pub struct Store(Connection);

impl Store {
    /// The messages in `file`.
    pub fn open(file: &Path) -> Result<Self> {
        let database = Connection::open(file)?;
        database.pragma_update(None, "journal_mode", "WAL")?;
        database.execute_batch(SCHEMA)?;
        Ok(Self(database))
    }

    /// Every message that is still in a queue, after those are gone that are too old.
    pub fn kept(&self, now: i64) -> Result<Vec<Kept>> {
        self.0.execute("DELETE FROM messages WHERE sent_at < ?1", [before(now, RETENTION)])?;
        self.0
            .prepare(
                "SELECT queue, sequence, message_id, group_id FROM messages
                 WHERE body IS NOT NULL ORDER BY sequence",
            )?
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?
            .collect()
    }

    /// Does `changes`, all or none; on disk when this returns.
    pub fn durably<T>(&mut self, changes: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        self.0.pragma_update(None, "synchronous", "FULL")?;
        self.commit(changes)
    }

    /// Does `changes`, all or none. They survive the end of the process, of whatever kind; a power cut may undo them.
    pub fn lazily<T>(&mut self, changes: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        self.0.pragma_update(None, "synchronous", "NORMAL")?;
        self.commit(changes)
    }

    fn commit<T>(&mut self, changes: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        let transaction = self.0.transaction()?;
        let outcome = changes(&transaction)?;
        transaction.commit()?;
        Ok(outcome)
    }
}

/// Id and sequence number of the message of which this one is a repeat.
pub fn repeated(
    database: &Connection,
    queue: &str,
    message: &NewMessage,
    now: i64,
) -> Result<Option<(String, i64)>> {
    let Some(deduplication_id) = &message.deduplication_id else { return Ok(None) };
    database
        .prepare_cached(
            "SELECT message_id, sequence FROM messages
             WHERE sent_to = ?1 AND group_id = ?2 AND deduplication_id = ?3 AND sent_at > ?4",
        )?
        .query_row(
            params![queue, message.group_id, deduplication_id, before(now, DEDUPLICATION)],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .optional()
}

/// Adds a message at the end; says its sequence number.
pub fn insert(
    database: &Connection,
    queue: &str,
    message_id: &str,
    message: &NewMessage,
    now: i64,
) -> Result<i64> {
    database
        .prepare_cached(
            "INSERT INTO messages
                 (sent_to, queue, message_id, group_id, deduplication_id, body, sent_at)
             VALUES (?1, ?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .insert(params![
            queue,
            message_id,
            message.group_id,
            message.deduplication_id,
            message.body,
            now
        ])
}

/// Moves a message that was received `limit` times already to another queue.
pub fn redrive(database: &Connection, sequence: i64, limit: u32, queue: &str) -> Result<bool> {
    let moved = database
        .prepare_cached(
            "UPDATE messages SET queue = ?3 WHERE sequence = ?1 AND receive_count >= ?2",
        )?
        .execute(params![sequence, limit, queue])?;
    Ok(moved > 0)
}

/// Counts a receive; what the message says, if there is such a message.
pub fn receive(database: &Connection, sequence: i64, now: i64) -> Result<Option<Stored>> {
    database
        .prepare_cached(
            "UPDATE messages
             SET receive_count = receive_count + 1,
                 first_received_at = coalesce(first_received_at, ?2)
             WHERE sequence = ?1 AND body IS NOT NULL
             RETURNING sequence, message_id, group_id, deduplication_id, body, sent_at,
                 receive_count, first_received_at",
        )?
        .query_row(params![sequence, now], stored)
        .optional()
}

/// Deletes a message; what tells its repeats stays for as long as it must.
pub fn delete(database: &Connection, sequence: i64) -> Result<()> {
    database
        .prepare_cached("UPDATE messages SET body = NULL WHERE sequence = ?1")?
        .execute([sequence])?;
    Ok(())
}

/// Forgets the deleted messages that no repeat can follow any more.
pub fn forget(database: &Connection, now: i64) -> Result<()> {
    database
        .prepare_cached("DELETE FROM messages WHERE body IS NULL AND sent_at <= ?1")?
        .execute([before(now, DEDUPLICATION)])?;
    Ok(())
}

fn stored(row: &Row<'_>) -> Result<Stored> {
    Ok(Stored {
        sequence: row.get(0)?,
        message_id: row.get(1)?,
        group_id: row.get(2)?,
        deduplication_id: row.get(3)?,
        body: row.get(4)?,
        sent_at: row.get(5)?,
        receive_count: row.get(6)?,
        first_received_at: row.get(7)?,
    })
}

fn before(now: i64, age: Duration) -> i64 {
    now - i64::try_from(age.as_millis()).unwrap_or(i64::MAX)
}
