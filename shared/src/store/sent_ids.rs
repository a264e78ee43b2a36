//! SentIds: senderId · clientMessageId → what a client id stands for. Kept 25 hours, good for 24.

use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::types::ReturnValuesOnConditionCheckFailure;
use serde::{Deserialize, Serialize};

use super::transaction::{Expression, Write};
use super::{
    Item, Result, Store, StoreError, from_item, from_items, key, number, one_more, page_of, text,
    to_item,
};
use crate::model::{ClientId, ConversationId, Seq, Timestamp, UserId};

const TABLE: &str = "SentIds";
const SENDER: &str = "senderId";
const CLIENT_ID: &str = "clientMessageId";

/// How long a client id stands for what it was first used for.
const GOOD_FOR_MILLIS: i64 = 24 * 60 * 60 * 1_000;
/// When DynamoDB may delete it.
const KEPT_MILLIS: i64 = 25 * 60 * 60 * 1_000;

/// Which client ids stand for what.
#[derive(Debug, Clone)]
pub struct SentIds {
    store: Store,
}

/// What a client id stands for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Claim {
    /// Whose client.
    pub sender_id: UserId,
    /// Its id: a message's as it is, a group's behind `group#`, which no client id contains.
    client_message_id: String,
    /// The conversation that the message went to, or that was made.
    pub conversation_id: ConversationId,
    /// The SHA-256 of what was asked for.
    pub content_hash: String,
    /// When it was first used.
    pub created_at: Timestamp,
    /// The message's place, once somebody had to look for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seq: Option<Seq>,
    expires_at: i64,
}

/// Whose a client id is.
#[derive(Debug)]
pub enum Claimed {
    /// It is new.
    Now,
    /// It was used before, for this.
    Before(Box<Claim>),
}

impl Claim {
    /// `client_id` stands for a message.
    #[must_use]
    pub fn of_message(
        sender_id: UserId,
        client_id: &ClientId,
        conversation_id: ConversationId,
        content_hash: String,
    ) -> Self {
        Self::new(sender_id, client_id.as_str().to_owned(), conversation_id, content_hash)
    }

    /// `client_id` stands for a group.
    #[must_use]
    pub fn of_group(
        creator: UserId,
        client_id: &ClientId,
        conversation_id: ConversationId,
        content_hash: String,
    ) -> Self {
        Self::new(creator, group_key(client_id), conversation_id, content_hash)
    }

    /// The client's id, as the table names it: a group's stands behind `group#`.
    #[must_use]
    pub fn client_id(&self) -> &str {
        &self.client_message_id
    }

    fn new(
        sender_id: UserId,
        client_message_id: String,
        conversation_id: ConversationId,
        content_hash: String,
    ) -> Self {
        let now = Timestamp::now();
        Self {
            sender_id,
            client_message_id,
            conversation_id,
            content_hash,
            created_at: now,
            seq: None,
            expires_at: now.plus_millis(KEPT_MILLIS).epoch_seconds(),
        }
    }
}

impl SentIds {
    /// Over `store`.
    #[must_use]
    pub fn new(store: Store) -> Self {
        Self { store }
    }

    /// Makes `claim`, unless its client id stands for something already.
    ///
    /// # Errors
    /// When DynamoDB cannot be asked; so for all that follow.
    pub async fn claim(&self, claim: &Claim) -> Result<Claimed> {
        let free = is_free(claim);
        let request = self.store.client.put_item().table_name(self.store.table(TABLE));
        let outcome = request
            .set_item(Some(to_item(claim)?))
            .condition_expression(free.text)
            .set_expression_attribute_values(free.values)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .send()
            .await;
        let Err(error) = outcome else { return Ok(Claimed::Now) };
        match error.as_service_error() {
            Some(PutItemError::ConditionalCheckFailedException(refused)) => {
                let row = refused.item().cloned();
                let row =
                    row.ok_or_else(|| StoreError::fault("a claim was refused without a row"))?;
                Ok(Claimed::Before(Box::new(from_item(row)?)))
            }
            _ => Err(error.into()),
        }
    }

    /// Makes `claim` as part of a transaction.
    ///
    /// # Errors
    /// When it cannot be written as a row, which no claim of ours is.
    pub fn claim_write(&self, claim: &Claim) -> Result<Write> {
        Ok(Write::put_if(TABLE, to_item(claim)?, is_free(claim)))
    }

    /// What a client's id for a group stands for, read strongly.
    ///
    /// # Errors
    /// As [`SentIds::claim`].
    pub async fn of_group(&self, creator: &UserId, client_id: &ClientId) -> Result<Option<Claim>> {
        let request = self.store.client.get_item().table_name(self.store.table(TABLE));
        let request = request.set_key(Some(row_key(creator, &group_key(client_id))));
        let output = request.consistent_read(true).send().await?;
        let claim: Option<Claim> = output.item.map(from_item).transpose()?;
        let expired = Timestamp::now().plus_millis(-GOOD_FOR_MILLIS);
        Ok(claim.filter(|claim| claim.created_at > expired))
    }

    /// Forgets all client ids of `sender`.
    ///
    /// # Errors
    /// As [`SentIds::claim`].
    pub async fn remove_all_of(&self, sender: &UserId) -> Result<()> {
        self.store.delete_partition(TABLE, (SENDER, text(sender)), CLIENT_ID).await
    }

    /// Up to `limit` of the client ids of `sender` behind `after`, and the last of them where there may be more. Read strongly.
    ///
    /// # Errors
    /// As [`SentIds::claim`].
    pub async fn page(
        &self,
        sender: &UserId,
        after: Option<&str>,
        limit: usize,
    ) -> Result<(Vec<Claim>, Option<String>)> {
        let request = self.store.client.query().table_name(self.store.table(TABLE));
        let output = request
            .key_condition_expression("senderId = :sender")
            .expression_attribute_values(":sender", text(sender))
            .consistent_read(true)
            .limit(one_more(limit))
            .set_exclusive_start_key(after.map(|after| row_key(sender, after)))
            .send()
            .await?;
        let cut_off = output.last_evaluated_key.is_some();
        let claims: Vec<Claim> = from_items(output.items.unwrap_or_default())?;
        Ok(page_of(claims, limit, cut_off, |claim| claim.client_message_id.clone()))
    }

    /// Notes at which place the message of `claim` stands, so that nobody has to look for it again.
    ///
    /// # Errors
    /// As [`SentIds::claim`].
    pub async fn note_seq(&self, claim: &Claim, seq: Seq) -> Result<()> {
        let request = self.store.client.update_item().table_name(self.store.table(TABLE));
        request
            .set_key(Some(row_key(&claim.sender_id, &claim.client_message_id)))
            .update_expression("SET seq = :seq")
            .expression_attribute_values(":seq", number(seq))
            .send()
            .await?;
        Ok(())
    }
}

/// No client's id contains a `#`.
fn group_key(client_id: &ClientId) -> String {
    format!("group#{client_id}")
}

fn row_key(sender: &UserId, client_message_id: &str) -> Item {
    key([(SENDER, text(sender)), (CLIENT_ID, text(client_message_id))])
}

/// The time to live deletes late: whether a claim is good is for its own time to tell.
fn is_free(claim: &Claim) -> Expression {
    Expression::new("attribute_not_exists(senderId) OR createdAt <= :expired")
        .with([(":expired", text(claim.created_at.plus_millis(-GOOD_FOR_MILLIS)))])
}
