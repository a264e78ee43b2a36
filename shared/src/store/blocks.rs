//! BlockedUsers: blockerId · blockedId → createdAt.

use std::collections::HashSet;

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    BatchKeys, Consistency, Item, Result, Store, from_items, key, one_more, page_of, text, to_item,
    users,
};
use crate::model::{Timestamp, UserId};

const TABLE: &str = "BlockedUsers";
const BLOCKER: &str = "blockerId";
const BLOCKED: &str = "blockedId";

/// Who has blocked whom.
#[derive(Debug, Clone)]
pub struct Blocks {
    store: Store,
}

/// One block.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Block {
    /// Who is blocked.
    #[serde(rename(deserialize = "blockedId"))]
    pub user_id: UserId,
    /// Since when.
    pub created_at: Timestamp,
}

/// What a direct send rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pair {
    /// A block stands, one way or the other.
    pub blocked: bool,
    /// The sender's profile is there.
    pub sender_exists: bool,
    /// The recipient's profile is there.
    pub recipient_exists: bool,
}

impl Blocks {
    /// Over `store`.
    #[must_use]
    pub fn new(store: Store) -> Self {
        Self { store }
    }

    /// The blocks between two people, read strongly, and whether both exist, eventually, in one call.
    ///
    /// # Errors
    /// When DynamoDB cannot be asked; so for all that follow.
    pub async fn between(&self, sender: &UserId, recipient: &UserId) -> Result<Pair> {
        let both_ways = [(sender, recipient), (recipient, sender)];
        let people = [sender.clone(), recipient.clone()];
        let rows = self
            .store
            .batch_get(vec![keys(&both_ways), users::keys(&people, Consistency::Eventual)]);
        let rows = rows.await?;
        let exists = |id: &UserId| {
            let users = rows.get(users::TABLE).into_iter().flatten();
            users.into_iter().any(|row| row.get("id") == Some(&text(id)) && users::is_there(row))
        };
        Ok(Pair {
            blocked: rows.get(TABLE).is_some_and(|blocks| !blocks.is_empty()),
            sender_exists: exists(sender),
            recipient_exists: exists(recipient),
        })
    }

    /// Whether a block stands between two people, one way or the other, read strongly.
    ///
    /// # Errors
    /// As [`Blocks::between`].
    pub async fn stands_between(&self, one: &UserId, other: &UserId) -> Result<bool> {
        let rows = self.store.batch_get(vec![keys(&[(one, other), (other, one)])]).await?;
        Ok(rows.into_values().any(|blocks| !blocks.is_empty()))
    }

    /// Those of `users` who have blocked `blocked`, read strongly.
    ///
    /// # Errors
    /// As [`Blocks::between`].
    pub async fn blockers_of(&self, blocked: &UserId, users: &[UserId]) -> Result<Vec<UserId>> {
        let pairs: Vec<_> = users.iter().map(|user| (user, blocked)).collect();
        Ok(self.among(&pairs).await?.into_iter().map(|(blocker, _)| blocker).collect())
    }

    /// Those of `pairs`, each a person and another, of which the first has blocked the second, read strongly.
    ///
    /// # Errors
    /// As [`Blocks::between`].
    pub async fn among(&self, pairs: &[(&UserId, &UserId)]) -> Result<Vec<(UserId, UserId)>> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Row {
            blocker_id: UserId,
            blocked_id: UserId,
        }
        let rows = self.store.batch_get(vec![keys(pairs)]).await?;
        let rows: Vec<Row> = from_items(rows.into_values().flatten().collect())?;
        Ok(rows.into_iter().map(|row| (row.blocker_id, row.blocked_id)).collect())
    }

    /// Everyone whom `blocker` has blocked, read strongly.
    ///
    /// # Errors
    /// As [`Blocks::between`].
    pub async fn all_of(&self, blocker: &UserId) -> Result<HashSet<UserId>> {
        let mut blocked = HashSet::new();
        let mut after = None;
        loop {
            let (blocks, next) = self.query(blocker, after, None, Consistency::Strong).await?;
            blocked.extend(blocks.into_iter().map(|block| block.user_id));
            match next {
                Some(last) => after = Some(last),
                None => return Ok(blocked),
            }
        }
    }

    /// `limit` of those whom `blocker` has blocked, behind `after`, and the last of them where there may be more.
    ///
    /// # Errors
    /// As [`Blocks::between`].
    pub async fn page(
        &self,
        blocker: &UserId,
        after: Option<UserId>,
        limit: usize,
    ) -> Result<(Vec<Block>, Option<UserId>)> {
        self.query(blocker, after, Some(limit), Consistency::Strong).await
    }

    /// Blocks; a block that stands keeps its date.
    ///
    /// # Errors
    /// As [`Blocks::between`].
    pub async fn add(&self, blocker: &UserId, blocked: &UserId) -> Result<()> {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Row<'a> {
            blocker_id: &'a UserId,
            blocked_id: &'a UserId,
            created_at: Timestamp,
        }
        let row = Row { blocker_id: blocker, blocked_id: blocked, created_at: Timestamp::now() };
        let request = self.store.client.put_item().table_name(self.store.table(TABLE));
        let request = request.condition_expression("attribute_not_exists(blockerId)");
        match request.set_item(Some(to_item(&row)?)).send().await {
            Ok(_) => Ok(()),
            Err(error) if is_refused(&error) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Unblocks; nothing happens where no block stands.
    ///
    /// # Errors
    /// As [`Blocks::between`].
    pub async fn remove(&self, blocker: &UserId, blocked: &UserId) -> Result<()> {
        let request = self.store.client.delete_item().table_name(self.store.table(TABLE));
        request.set_key(Some(row_key(blocker, blocked))).send().await?;
        Ok(())
    }

    /// Unblocks everyone whom `blocker` has blocked.
    ///
    /// # Errors
    /// As [`Blocks::between`].
    pub async fn remove_all_of(&self, blocker: &UserId) -> Result<()> {
        self.store.delete_partition(TABLE, (BLOCKER, text(blocker)), BLOCKED).await
    }

    async fn query(
        &self,
        blocker: &UserId,
        after: Option<UserId>,
        limit: Option<usize>,
        consistency: Consistency,
    ) -> Result<(Vec<Block>, Option<UserId>)> {
        let start = after.map(|blocked| row_key(blocker, &blocked));
        let request = self.store.client.query().table_name(self.store.table(TABLE));
        let output = request
            .key_condition_expression("blockerId = :blocker")
            .expression_attribute_values(":blocker", text(blocker))
            .consistent_read(consistency.is_strong())
            .set_limit(limit.map(one_more))
            .set_exclusive_start_key(start)
            .send()
            .await?;
        let cut_off = output.last_evaluated_key.is_some();
        let blocks: Vec<Block> = from_items(output.items.unwrap_or_default())?;
        Ok(page_of(blocks, limit.unwrap_or(usize::MAX), cut_off, |block| block.user_id.clone()))
    }
}

fn is_refused<R>(error: &SdkError<PutItemError, R>) -> bool {
    error.as_service_error().is_some_and(PutItemError::is_conditional_check_failed_exception)
}

fn row_key(blocker: &UserId, blocked: &UserId) -> Item {
    key([(BLOCKER, text(blocker)), (BLOCKED, text(blocked))])
}

fn keys(pairs: &[(&UserId, &UserId)]) -> BatchKeys {
    let keys = pairs.iter().map(|(blocker, blocked)| row_key(blocker, blocked)).collect();
    BatchKeys { table: TABLE, keys, consistency: Consistency::Strong }
}
