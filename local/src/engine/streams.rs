//! The records of the tables' streams, which dynoxide looks through one by one at every write and never deletes: they get
//! indexes, and those that are done are deleted.

use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, params};

use super::Result;

/// For what dynoxide asks: the newest record of a table, and those of a shard behind another.
const INDEXES: &str = "
    CREATE INDEX IF NOT EXISTS _stream_records_by_table
        ON _stream_records (table_name, CAST(sequence_number AS INTEGER));
    CREATE INDEX IF NOT EXISTS _stream_records_by_shard
        ON _stream_records (table_name, shard_id, CAST(sequence_number AS INTEGER));";

/// How long a deletion waits for the engine's own writes.
const PATIENCE: Duration = Duration::from_secs(1);

/// The records, beside dynoxide's own connection to the same file.
pub struct StreamRecords(Mutex<Connection>);

impl StreamRecords {
    /// Those in the database's `file`, which dynoxide has opened before.
    ///
    /// # Errors
    /// When the file cannot be written, or has another form than it had.
    pub fn open(file: &Path) -> Result<Self> {
        let database = Connection::open(file)?;
        database.busy_timeout(PATIENCE)?;
        // A deletion that a power cut undoes is done again. To checkpoint is left to dynoxide, which syncs first.
        database.pragma_update(None, "synchronous", "NORMAL")?;
        database.pragma_update(None, "wal_autocheckpoint", 0)?;
        database.execute_batch(INDEXES)?;
        Ok(Self(Mutex::new(database)))
    }

    /// Deletes a table's records before the one that a consumer has `done`. That one stays: the next is numbered behind it.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn trim(&self, table: &str, done: &str) -> Result<()> {
        let Some(done) = stored_number(done) else { return Ok(()) };
        let database = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        database.execute(
            "DELETE FROM _stream_records
             WHERE table_name = ?1 AND CAST(sequence_number AS INTEGER) < ?2",
            params![table, done],
        )?;
        Ok(())
    }
}

/// dynoxide tells a sequence number in 21 digits, with a 1 before those that it keeps.
fn stored_number(told: &str) -> Option<i64> {
    told.strip_prefix('1').filter(|digits| digits.len() == 20)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use dynoxide::Database;
    use serde_json::json;
    use shared::tables::tables;

    use super::*;

    struct Messages {
        database: Database,
        records: StreamRecords,
        count: u64,
        _folder: tempfile::TempDir,
    }

    fn messages() -> Messages {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("chinwag.sqlite");
        let database = crate::engine::dynamodb::open(&file).unwrap();
        crate::engine::tables::create(&database, &tables().unwrap()).unwrap();
        let records = StreamRecords::open(&file).unwrap();
        Messages { database, records, count: 0, _folder: folder }
    }

    impl Messages {
        fn put(&mut self) {
            self.count += 1;
            let item =
                json!({ "conversationId": { "S": "c" }, "seq": { "N": self.count.to_string() } });
            let request = json!({ "TableName": "Messages", "Item": item });
            self.database.put_item(serde_json::from_value(request).unwrap()).unwrap();
        }

        fn kept(&self) -> Vec<i64> {
            let database = self.records.0.lock().unwrap();
            let mut kept = database
                .prepare("SELECT CAST(sequence_number AS INTEGER) FROM _stream_records ORDER BY 1")
                .unwrap();
            kept.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
        }

        fn plan(&self, query: &str) -> String {
            let database = self.records.0.lock().unwrap();
            let mut plan = database.prepare(&format!("EXPLAIN QUERY PLAN {query}")).unwrap();
            let steps = plan.query_map([], |row| row.get::<_, String>(3)).unwrap();
            steps.map(Result::unwrap).collect::<Vec<_>>().join("; ")
        }
    }

    #[test]
    fn the_table_of_records_is_the_one_that_the_indexes_are_for() {
        let messages = messages();
        let database = messages.records.0.lock().unwrap();
        let mut columns =
            database.prepare("SELECT name FROM pragma_table_info('_stream_records')").unwrap();
        let columns: Vec<String> =
            columns.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
        assert_eq!(
            columns.join(" "),
            "id table_name event_name keys_json new_image old_image sequence_number shard_id created_at \
             user_identity event_id"
        );
    }

    #[test]
    fn what_is_done_is_deleted_but_for_the_last() {
        let mut messages = messages();
        (0..5).for_each(|_| messages.put());
        let kept = messages.kept();
        messages.records.trim("Messages", &format!("1{:020}", kept[2])).unwrap();
        assert_eq!(messages.kept(), kept[2..]);
        messages.records.trim("Messages", &format!("1{:020}", kept[4])).unwrap();
        messages.records.trim("Messages", "nonsense").unwrap();
        messages.put();
        let newer = messages.kept();
        assert_eq!(newer[0], kept[4]);
        assert!(newer[1] > kept[4]);
    }

    /// By time, since it is dynoxide that asks: at this length a write takes 27 ms without the indexes, 0.3 with them.
    #[test]
    fn a_write_takes_no_longer_for_the_records_of_others() {
        let mut messages = messages();
        messages.put();
        let copies = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 200000)
            INSERT INTO _stream_records (table_name, event_name, keys_json, sequence_number, shard_id, created_at)
            SELECT 'Messages', 'INSERT', '{}', sequence_number + x, shard_id, created_at
            FROM n, (SELECT * FROM _stream_records LIMIT 1)";
        messages.records.0.lock().unwrap().execute_batch(copies).unwrap();
        let put = |_| {
            let begun = Instant::now();
            messages.put();
            begun.elapsed()
        };
        let fastest = (0..20).map(put).min().unwrap();
        assert!(fastest < Duration::from_millis(8), "{fastest:?}");

        let table = "FROM _stream_records WHERE table_name = 'Messages'";
        let newest =
            messages.plan(&format!("SELECT MAX(CAST(sequence_number AS INTEGER)) {table}"));
        assert!(newest.starts_with("SEARCH") && newest.contains("_by_table"), "{newest}");
    }
}
