//! Messages: conversationId · seq → an entry. The logs.

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::ReturnValuesOnConditionCheckFailure;
use serde::Deserialize;

use super::transaction::{Expression, Write};
use super::{
    Consistency, Item, Result, Store, StoreError, from_item, from_items, key, number, text, to_item,
};
use crate::model::{ConversationId, Entry, MessageBody, Seq, Timestamp, UserId};

const TABLE: &str = "Messages";
const CONVERSATION: &str = "conversationId";
const SEQ: &str = "seq";

/// The logs.
#[derive(Debug, Clone)]
pub struct Messages {
    store: Store,
}

/// How an append went.
#[derive(Debug)]
pub enum Appended {
    /// The entry is the log's last.
    Done,
    /// Another entry has this place.
    Lost(Box<Entry>),
    /// A transaction is about to take this place.
    Conflict,
}

impl Messages {
    /// Over `store`.
    #[must_use]
    pub fn new(store: Store) -> Self {
        Self { store }
    }

    /// The last `limit` entries, the newest first.
    ///
    /// # Errors
    /// When DynamoDB cannot be asked; so for all that follow.
    pub async fn last(
        &self,
        conversation: &ConversationId,
        limit: usize,
        consistency: Consistency,
    ) -> Result<Vec<Entry>> {
        let newest = Range { descending: true, limit, ..Range::default() };
        Ok(self.query(conversation, newest, consistency).await?.entries)
    }

    /// The entry at `seq`.
    ///
    /// # Errors
    /// As [`Messages::last`].
    pub async fn get(
        &self,
        conversation: &ConversationId,
        seq: Seq,
        consistency: Consistency,
    ) -> Result<Option<Entry>> {
        let request = self.store.client.get_item().table_name(self.store.table(TABLE));
        let request = request
            .set_key(Some(entry_key(conversation, seq)))
            .consistent_read(consistency.is_strong());
        request.send().await?.item.map(from_item).transpose()
    }

    /// At most `limit` entries behind `after` (and before `before`), in order, read strongly.
    ///
    /// # Errors
    /// As [`Messages::last`].
    pub async fn after(
        &self,
        conversation: &ConversationId,
        after: Seq,
        before: Option<Seq>,
        limit: usize,
    ) -> Result<Slice> {
        let range = Range { after, before, descending: false, limit };
        self.query(conversation, range, Consistency::Strong).await
    }

    /// The newest `limit` entries (before `before`), the newest first, read strongly.
    ///
    /// # Errors
    /// As [`Messages::last`].
    pub async fn newest(
        &self,
        conversation: &ConversationId,
        before: Option<Seq>,
        limit: usize,
    ) -> Result<Vec<Entry>> {
        let range = Range { after: Seq::ZERO, before, descending: true, limit };
        Ok(self.query(conversation, range, Consistency::Strong).await?.entries)
    }

    /// Puts `entry` at its place, if nothing is there.
    ///
    /// # Errors
    /// As [`Messages::last`].
    pub async fn append(&self, entry: &Entry) -> Result<Appended> {
        let request = self.store.client.put_item().table_name(self.store.table(TABLE));
        let outcome = request
            .set_item(Some(to_item(entry)?))
            .condition_expression("attribute_not_exists(seq)")
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .send()
            .await;
        match outcome {
            Ok(_) => Ok(Appended::Done),
            Err(error) => lost(error),
        }
    }

    /// The append of `entry` as part of a transaction.
    ///
    /// # Errors
    /// When the entry cannot be written as a row, which no entry of ours is.
    pub fn append_write(&self, entry: &Entry) -> Result<Write> {
        Ok(Write::create(TABLE, to_item(entry)?, SEQ))
    }

    /// What it means that a transaction with an append as its first write was refused with `rows`.
    ///
    /// # Errors
    /// When it was not the append that was refused.
    pub fn lost_append(&self, rows: Vec<(usize, Option<Item>)>) -> Result<Appended> {
        match rows.into_iter().next() {
            Some((0, Some(row))) => Ok(Appended::Lost(Box::new(from_item(row)?))),
            _ => Err(StoreError::fault("a transaction was refused for another row")),
        }
    }

    /// Gives the message at `seq` another body, as part of a transaction.
    #[must_use]
    pub fn edit_write(
        &self,
        conversation: &ConversationId,
        seq: Seq,
        body: &MessageBody,
        at: Timestamp,
    ) -> Write {
        let change = Expression::new("SET body = :body, editedAt = :at")
            .with([(":body", text(body.as_str())), (":at", text(at))]);
        let there = "attribute_exists(seq) AND attribute_not_exists(deletedAt)";
        Write::update(TABLE, entry_key(conversation, seq), change, there)
    }

    /// Makes the message at `seq` a tombstone, as part of a transaction.
    #[must_use]
    pub fn delete_write(&self, conversation: &ConversationId, seq: Seq, at: Timestamp) -> Write {
        let change = Expression::new("REMOVE body SET deletedAt = :at").with([(":at", text(at))]);
        Write::update(TABLE, entry_key(conversation, seq), change, "attribute_exists(seq)")
    }

    /// Leaves of the message at `seq` its place, its id and its sender.
    ///
    /// # Errors
    /// As [`Messages::last`].
    pub async fn erase(
        &self,
        conversation: &ConversationId,
        seq: Seq,
        at: Timestamp,
    ) -> Result<()> {
        let request = self.store.client.update_item().table_name(self.store.table(TABLE));
        let outcome = request
            .set_key(Some(entry_key(conversation, seq)))
            .update_expression(
                "REMOVE body, clientMessageId, editedAt SET deletedAt = if_not_exists(deletedAt, :at)",
            )
            .condition_expression("attribute_exists(seq)")
            .expression_attribute_values(":at", text(at))
            .send()
            .await;
        match outcome {
            // The group may be swept at the same time.
            Err(error) if is_refused(&error) => Ok(()),
            Err(error) => Err(error.into()),
            Ok(_) => Ok(()),
        }
    }

    /// The entries that `author` made, messages and changes, behind `after` (and before `before`), in order, as far as one call reads (1 MB of the log); and up
    /// to where these are all, if the log goes on. Read strongly.
    ///
    /// # Errors
    /// As [`Messages::last`].
    pub async fn made_by(
        &self,
        conversation: &ConversationId,
        author: &UserId,
        after: Seq,
        before: Option<Seq>,
    ) -> Result<(Vec<Entry>, Option<Seq>)> {
        #[derive(Deserialize)]
        struct Last {
            seq: Seq,
        }
        let range = Range { after, before, ..Range::default() };
        let Some((condition, values)) = range.condition() else { return Ok((Vec::new(), None)) };
        let request = self.store.client.query().table_name(self.store.table(TABLE));
        let output = request
            .key_condition_expression(condition)
            .filter_expression("actorId = :author")
            .set_expression_attribute_values(Some(values))
            .expression_attribute_values(":conversation", text(conversation))
            .expression_attribute_values(":author", text(author))
            .consistent_read(true)
            .send()
            .await?;
        let last: Option<Last> = output.last_evaluated_key.map(from_item).transpose()?;
        let entries = from_items(output.items.unwrap_or_default())?;
        Ok((entries, last.map(|last| last.seq)))
    }

    /// Removes the entries at `seqs` altogether, for a group that is gone.
    ///
    /// # Errors
    /// As [`Messages::last`].
    pub async fn remove(&self, conversation: &ConversationId, seqs: &[Seq]) -> Result<()> {
        let keys = seqs.iter().map(|seq| entry_key(conversation, *seq)).collect();
        self.store.batch_delete(TABLE, keys).await
    }

    async fn query(
        &self,
        conversation: &ConversationId,
        range: Range,
        consistency: Consistency,
    ) -> Result<Slice> {
        let Some((condition, values)) = range.condition() else { return Ok(Slice::default()) };
        let mut values = values;
        values.insert(":conversation".to_owned(), text(conversation));
        let request = self.store.client.query().table_name(self.store.table(TABLE));
        let output = request
            .key_condition_expression(condition)
            .set_expression_attribute_values(Some(values))
            .scan_index_forward(!range.descending)
            .limit(range.limit.try_into().unwrap_or(i32::MAX))
            .consistent_read(consistency.is_strong())
            .send()
            .await?;
        let more = output.last_evaluated_key.is_some();
        Ok(Slice { entries: from_items(output.items.unwrap_or_default())?, more })
    }
}

/// Entries that follow one another.
#[derive(Debug, Default)]
pub struct Slice {
    /// In the order in which they were asked for.
    pub entries: Vec<Entry>,
    /// Whether there may be more behind them.
    pub more: bool,
}

/// Which entries of a log, in which order.
#[derive(Debug, Clone, Copy, Default)]
struct Range {
    after: Seq,
    before: Option<Seq>,
    descending: bool,
    limit: usize,
}

impl Range {
    /// The key condition and its values; `None` where nothing can lie in between.
    fn condition(&self) -> Option<(&'static str, Item)> {
        let from = (":from", number(self.after.next()));
        match self.before {
            None if self.after == Seq::ZERO => Some(("conversationId = :conversation", key([]))),
            None => Some(("conversationId = :conversation AND seq >= :from", key([from]))),
            Some(before) if before.previous() <= self.after => None,
            Some(before) => Some((
                "conversationId = :conversation AND seq BETWEEN :from AND :to",
                key([from, (":to", number(before.previous()))]),
            )),
        }
    }
}

fn entry_key(conversation: &ConversationId, seq: Seq) -> Item {
    key([(CONVERSATION, text(conversation)), (SEQ, number(seq))])
}

fn lost<R>(error: SdkError<PutItemError, R>) -> Result<Appended>
where
    R: std::fmt::Debug + Send + Sync + 'static,
{
    match error.as_service_error() {
        Some(PutItemError::ConditionalCheckFailedException(refused)) => match refused.item() {
            Some(row) => Ok(Appended::Lost(Box::new(from_item(row.clone())?))),
            None => Err(StoreError::fault("a lost append came without the entry that won")),
        },
        Some(PutItemError::TransactionConflictException(_)) => Ok(Appended::Conflict),
        _ => Err(error.into()),
    }
}

fn is_refused<R>(error: &SdkError<UpdateItemError, R>) -> bool {
    error.as_service_error().is_some_and(UpdateItemError::is_conditional_check_failed_exception)
}
