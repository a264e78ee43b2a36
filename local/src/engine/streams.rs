//! Streams of the embedded engine: kept fast and small, and told of writes.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::FinalizerInterceptorContextRef;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;
use rusqlite::{Connection, params};
use tokio::sync::Notify;

use super::Result;

/// How long another write is waited for.
const PATIENCE: Duration = Duration::from_secs(5);

/// The engine looks for its next sequence number, and for the records behind one, without an index: each write would take
/// longer than the one before.
const INDEXES: &str = "
    CREATE INDEX IF NOT EXISTS _stream_records_next
        ON _stream_records (table_name, CAST(sequence_number AS INTEGER));
    CREATE INDEX IF NOT EXISTS _stream_records_read
        ON _stream_records (table_name, shard_id, CAST(sequence_number AS INTEGER));";

/// Deletes what a stream's reader has passed: the engine keeps it for ever.
#[derive(Debug, Clone)]
pub struct Trim {
    database: PathBuf,
}

impl Trim {
    /// Of the engine's database, whose streams are made fast on the way.
    ///
    /// # Errors
    /// When the file is not as the engine makes it.
    pub fn open(database: &Path) -> Result<Self> {
        let trim = Self { database: database.to_owned() };
        trim.connect()?.execute_batch(INDEXES)?;
        Ok(trim)
    }

    /// Deletes the records of a table's stream before the one at `sequence_number`.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn before(&self, table: &str, sequence_number: &str) -> Result<()> {
        // What the engine stores, behind the digit that it puts before it.
        let Some(stored) = sequence_number.get(1..).and_then(|digits| digits.parse::<i64>().ok())
        else {
            return Ok(());
        };
        self.connect()?.execute(
            "DELETE FROM _stream_records
             WHERE table_name = ?1 AND CAST(sequence_number AS INTEGER) < ?2",
            params![table, stored],
        )?;
        Ok(())
    }

    fn connect(&self) -> Result<Connection> {
        let connection = Connection::open(&self.database)?;
        connection.busy_timeout(PATIENCE)?;
        Ok(connection)
    }
}

/// Says that something was written, when a call that writes is over.
#[derive(Debug)]
pub struct TellOfWrites(pub Arc<Notify>);

/// The calls that write, as they end in `X-Amz-Target`.
const WRITES: [&str; 5] =
    [".PutItem", ".TransactWriteItems", ".UpdateItem", ".DeleteItem", ".BatchWriteItem"];

#[aws_smithy_runtime_api::client::interceptors::dyn_dispatch_hint]
impl Intercept for TellOfWrites {
    fn name(&self) -> &'static str {
        "TellOfWrites"
    }

    fn read_after_execution(
        &self,
        context: &FinalizerInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let target = context.request().and_then(|request| request.headers().get("x-amz-target"));
        if target.is_some_and(|target| WRITES.iter().any(|write| target.ends_with(write))) {
            self.0.notify_one();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use dynoxide::Database;
    use serde_json::json;
    use shared::tables::Tables;

    use super::*;
    use crate::engine::tables;

    fn count(connection: &Connection) -> i64 {
        connection.query_row("SELECT COUNT(*) FROM _stream_records", [], |row| row.get(0)).unwrap()
    }

    /// A database whose Messages have `entries` entries.
    fn database(folder: &Path, entries: u32) -> (Database, PathBuf) {
        let file = folder.join("db");
        let database = Database::new(file.to_str().unwrap()).unwrap();
        let all: Tables = shared::tables::tables().unwrap();
        tables::create(&database, &all).unwrap();
        for seq in 0..entries {
            let put = json!({
                "TableName": "Messages",
                "Item": { "conversationId": { "S": "c" }, "seq": { "N": seq.to_string() } },
            });
            database.put_item(serde_json::from_value(put).unwrap()).unwrap();
        }
        (database, file)
    }

    #[test]
    fn the_engine_looks_its_records_up_in_the_indexes() {
        let folder = tempfile::tempdir().unwrap();
        let (_database, file) = database(folder.path(), 3);
        Trim::open(&file).unwrap();
        Trim::open(&file).unwrap();
        let connection = Connection::open(&file).unwrap();
        for query in [
            "SELECT COALESCE(MAX(CAST(sequence_number AS INTEGER)), 0) + 1 FROM _stream_records WHERE table_name = ?1",
            "SELECT event_name FROM _stream_records WHERE table_name = ?1 AND shard_id = ?2 AND CAST(sequence_number AS INTEGER) > ?3 ORDER BY CAST(sequence_number AS INTEGER) ASC LIMIT ?4",
        ] {
            let mut plan = connection.prepare(&format!("EXPLAIN QUERY PLAN {query}")).unwrap();
            let rows: Vec<String> = plan
                .query_map(
                    rusqlite::params_from_iter(
                        ["", "", "0", "1"].iter().take(query.matches('?').count()),
                    ),
                    |row| row.get(3),
                )
                .unwrap()
                .collect::<rusqlite::Result<_>>()
                .unwrap();
            assert!(
                rows.iter().all(|row| row.contains("USING") && row.contains("INDEX")),
                "{rows:?}"
            );
            assert!(!rows.iter().any(|row| row.contains("TEMP B-TREE")), "{rows:?}");
        }
    }

    #[test]
    fn what_was_passed_is_deleted_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let (database, file) = database(folder.path(), 5);
        let streams = database.list_streams(serde_json::from_str("{}").unwrap()).unwrap();
        let arn = serde_json::to_value(&streams).unwrap()["Streams"][0]["StreamArn"].clone();
        let request = json!({
            "StreamArn": arn,
            "ShardId": "shardId-00000001-Messages",
            "ShardIteratorType": "TRIM_HORIZON",
        });
        let iterator =
            database.get_shard_iterator(serde_json::from_value(request).unwrap()).unwrap();
        let iterator = serde_json::to_value(&iterator).unwrap()["ShardIterator"].clone();
        let read = || {
            let request = json!({ "ShardIterator": iterator });
            let records = database.get_records(serde_json::from_value(request).unwrap()).unwrap();
            let records = serde_json::to_value(&records).unwrap()["Records"].clone();
            let places = records.as_array().unwrap().iter();
            places
                .map(|record| record["dynamodb"]["SequenceNumber"].as_str().unwrap().to_owned())
                .collect::<Vec<_>>()
        };
        let all = read();
        assert_eq!(all.len(), 5);
        let trim = Trim::open(&file).unwrap();
        trim.before("Messages", &all[3]).unwrap();
        assert_eq!(read(), all[3..]);
        trim.before("Users", &all[4]).unwrap();
        trim.before("Messages", "nonsense").unwrap();
        assert_eq!(count(&Connection::open(&file).unwrap()), 2);
    }
}
