//! A table's stream, read from a position on.

use aws_sdk_dynamodbstreams::Client;
use aws_sdk_dynamodbstreams::error::{DisplayErrorContext, SdkError};
use aws_sdk_dynamodbstreams::operation::get_records::GetRecordsError;
use aws_sdk_dynamodbstreams::types::ShardIteratorType;
use serde::{Deserialize, Serialize};

use super::record::Change;

/// The most that one call gives.
const LIMIT: i32 = 1_000;

/// What is done: everything in the stream up to a change.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Position {
    /// The stream. A table that is made anew has another.
    pub stream: String,
    /// The shard; those before it are done.
    pub shard: String,
    /// The last change that is done; none of the shard yet where absent.
    pub sequence: Option<String>,
}

/// Reads on from where it is.
pub struct Reader {
    client: Client,
    table: String,
    /// What is done, as whoever handles the changes says.
    pub position: Position,
    iterator: Option<String>,
}

/// Why nothing can be read, in the words of the SDK.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Unreadable(String);

type Result<T> = std::result::Result<T, Unreadable>;

impl Reader {
    /// Reads behind `position`.
    pub fn new(client: Client, table: String, position: Position) -> Self {
        Self { client, table, position, iterator: None }
    }

    /// The next changes, if there are any. Those that it gave before must be done.
    pub async fn read(&mut self) -> Result<Vec<Change>> {
        let page = loop {
            let iterator = match self.iterator.take() {
                Some(iterator) => iterator,
                None => self.open().await?,
            };
            let request = self.client.get_records().shard_iterator(iterator).limit(LIMIT);
            match request.send().await.map_err(SdkError::into_service_error) {
                Ok(page) => break page,
                Err(GetRecordsError::ExpiredIteratorException(_)) => {}
                Err(GetRecordsError::TrimmedDataAccessException(_)) => {
                    self.position.sequence = None;
                }
                Err(error) => return Err(unreadable(error)),
            }
        };
        self.iterator = page.next_shard_iterator;
        let records = page.records.unwrap_or_default();
        if self.iterator.is_none() && records.is_empty() {
            self.next_shard().await?;
        }
        let stream = &self.position.stream;
        Ok(records.into_iter().filter_map(|record| Change::new(stream, record)).collect())
    }

    /// An iterator behind the position; at the stream's beginning, where the position is of another.
    async fn open(&mut self) -> Result<String> {
        let stream = self.stream().await?;
        let shards = self.shards(&stream).await?;
        if self.position.stream != stream || !shards.contains(&self.position.shard) {
            let shard = shards.into_iter().next().ok_or_else(|| none("shard"))?;
            self.position = Position { stream, shard, sequence: None };
        }
        let Position { stream, shard, sequence } = &self.position;
        let kind = match sequence {
            Some(_) => ShardIteratorType::AfterSequenceNumber,
            None => ShardIteratorType::TrimHorizon,
        };
        let request = self.client.get_shard_iterator().stream_arn(stream).shard_id(shard);
        let request = request.shard_iterator_type(kind).set_sequence_number(sequence.clone());
        let opened = request.send().await.map_err(unreadable)?;
        opened.shard_iterator.ok_or_else(|| none("iterator"))
    }

    /// The shard is at its end. The next one may not be there yet.
    async fn next_shard(&mut self) -> Result<()> {
        let shards = self.shards(&self.position.stream).await?;
        let mut behind = shards.into_iter().skip_while(|shard| *shard != self.position.shard);
        if let Some(next) = behind.nth(1) {
            (self.position.shard, self.position.sequence) = (next, None);
        }
        Ok(())
    }

    /// The newest stream of the table.
    async fn stream(&self) -> Result<String> {
        let listed = self.client.list_streams().table_name(&self.table);
        let listed = listed.send().await.map_err(unreadable)?.streams.unwrap_or_default();
        let newest = listed.into_iter().max_by(|a, b| a.stream_label.cmp(&b.stream_label));
        newest.and_then(|stream| stream.stream_arn).ok_or_else(|| none("stream"))
    }

    /// In their order: a shard's parent stands before it.
    async fn shards(&self, stream: &str) -> Result<Vec<String>> {
        let (mut shards, mut behind) = (Vec::new(), None);
        loop {
            let request = self.client.describe_stream().stream_arn(stream);
            let page = request.set_exclusive_start_shard_id(behind).send().await;
            let page =
                page.map_err(unreadable)?.stream_description.ok_or_else(|| none("stream"))?;
            let listed = page.shards.unwrap_or_default();
            shards.extend(listed.into_iter().filter_map(|shard| shard.shard_id));
            behind = page.last_evaluated_shard_id;
            if behind.is_none() {
                return Ok(shards);
            }
        }
    }
}

fn none(what: &str) -> Unreadable {
    Unreadable(format!("there is no {what}"))
}

fn unreadable(error: impl std::error::Error) -> Unreadable {
    Unreadable(DisplayErrorContext(error).to_string())
}
