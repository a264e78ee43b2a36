//! GroupMemberships: userId · conversationId → a person's part in a conversation, direct ones included.
//! The index `members` (memberOf · userId) lists who belongs to a group.

use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::ReturnValuesOnConditionCheckFailure;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::transaction::{Expression, Write};
use super::{
    BatchKeys, Consistency, Item, Result, Store, from_item, from_items, key, number, one_more,
    page_of, text, to_item,
};
use crate::model::{ConversationId, Membership, Role, Seq, Timestamp, UserId};

const TABLE: &str = "GroupMemberships";
const MEMBERS: &str = "members";
const USER: &str = "userId";
const CONVERSATION: &str = "conversationId";
const MEMBER_OF: &str = "memberOf";

/// Who takes part in which conversation.
#[derive(Debug, Clone)]
pub struct Memberships {
    store: Store,
}

/// A member of a group, as the other members see them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Member {
    /// Who.
    pub user_id: UserId,
    /// As what.
    pub role: Role,
    /// Since when.
    pub joined_at: Timestamp,
}

/// What became of a move of the read position.
#[derive(Debug)]
pub enum ReadMove {
    /// It is there now.
    Done,
    /// It was not moved: it is further on, or the person does not belong to the conversation.
    Kept(Option<Box<Membership>>),
}

impl Memberships {
    /// Over `store`.
    #[must_use]
    pub fn new(store: Store) -> Self {
        Self { store }
    }

    /// A person's part in a conversation, former ones included, read strongly.
    ///
    /// # Errors
    /// When DynamoDB cannot be asked; so for all that follow.
    pub async fn get(
        &self,
        user: &UserId,
        conversation: &ConversationId,
    ) -> Result<Option<Membership>> {
        let request = self.store.client.get_item().table_name(self.store.table(TABLE));
        let request = request.set_key(Some(row_key(user, conversation))).consistent_read(true);
        request.send().await?.item.map(from_item).transpose()
    }

    /// The parts of `users` in a conversation, former ones included, read strongly; those who never had any are left out.
    ///
    /// # Errors
    /// As [`Memberships::get`].
    pub async fn of_all(
        &self,
        users: &[UserId],
        conversation: &ConversationId,
    ) -> Result<Vec<Membership>> {
        let keys = users.iter().map(|user| row_key(user, conversation)).collect();
        let consistency = Consistency::Strong;
        let rows =
            self.store.batch_get(vec![BatchKeys { table: TABLE, keys, consistency }]).await?;
        from_items(rows.into_values().flatten().collect())
    }

    /// `limit` conversations of a person, former ones included, behind `after`, and the last of them where there may
    /// be more. Read strongly.
    ///
    /// # Errors
    /// As [`Memberships::get`].
    pub async fn page(
        &self,
        user: &UserId,
        after: Option<&ConversationId>,
        limit: usize,
    ) -> Result<(Vec<Membership>, Option<ConversationId>)> {
        let request = self.store.client.query().table_name(self.store.table(TABLE));
        let output = request
            .key_condition_expression("userId = :user")
            .expression_attribute_values(":user", text(user))
            .consistent_read(Consistency::Strong.is_strong())
            .limit(one_more(limit))
            .set_exclusive_start_key(after.map(|after| row_key(user, after)))
            .send()
            .await?;
        let cut_off = output.last_evaluated_key.is_some();
        let rows: Vec<Membership> = from_items(output.items.unwrap_or_default())?;
        Ok(page_of(rows, limit, cut_off, |row| row.conversation_id.clone()))
    }

    /// `limit` members of a group behind `after`, and the last of them where there may be more. The index follows
    /// the table within moments.
    ///
    /// # Errors
    /// As [`Memberships::get`].
    pub async fn members(
        &self,
        conversation: &ConversationId,
        after: Option<&UserId>,
        limit: usize,
    ) -> Result<(Vec<Member>, Option<UserId>)> {
        let start = after.map(|user| {
            let mut start = row_key(user, conversation);
            start.insert(MEMBER_OF.to_owned(), text(conversation));
            start
        });
        let request = self.store.client.query().table_name(self.store.table(TABLE));
        let output = request
            .index_name(MEMBERS)
            .key_condition_expression("memberOf = :conversation")
            .expression_attribute_values(":conversation", text(conversation))
            .limit(one_more(limit))
            .set_exclusive_start_key(start)
            .send()
            .await?;
        let cut_off = output.last_evaluated_key.is_some();
        let members: Vec<Member> = from_items(output.items.unwrap_or_default())?;
        Ok(page_of(members, limit, cut_off, |member| member.user_id.clone()))
    }

    /// The members of a group whose ids begin with `beginning`.
    ///
    /// # Errors
    /// As [`Memberships::get`].
    pub async fn members_beginning_with(
        &self,
        conversation: &ConversationId,
        beginning: char,
    ) -> Result<Vec<UserId>> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Row {
            user_id: UserId,
        }
        let (mut members, mut behind) = (Vec::new(), None);
        loop {
            let request = self.store.client.query().table_name(self.store.table(TABLE));
            let output = request
                .index_name(MEMBERS)
                .key_condition_expression(
                    "memberOf = :conversation AND begins_with(userId, :beginning)",
                )
                .expression_attribute_values(":conversation", text(conversation))
                .expression_attribute_values(":beginning", text(beginning))
                .set_exclusive_start_key(behind)
                .send()
                .await?;
            let rows: Vec<Row> = from_items(output.items.unwrap_or_default())?;
            members.extend(rows.into_iter().map(|row| row.user_id));
            behind = output.last_evaluated_key;
            if behind.is_none() {
                return Ok(members);
            }
        }
    }

    /// Moves a person's read position forward.
    ///
    /// # Errors
    /// As [`Memberships::get`].
    pub async fn move_read_position(
        &self,
        user: &UserId,
        conversation: &ConversationId,
        seq: Seq,
    ) -> Result<ReadMove> {
        let request = self.store.client.update_item().table_name(self.store.table(TABLE));
        let outcome = request
            .set_key(Some(row_key(user, conversation)))
            .update_expression("SET readSeq = :seq")
            .condition_expression("readSeq < :seq AND attribute_not_exists(removedAt)")
            .expression_attribute_values(":seq", number(seq))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .send()
            .await;
        let Err(error) = outcome else { return Ok(ReadMove::Done) };
        match error.as_service_error() {
            Some(UpdateItemError::ConditionalCheckFailedException(refused)) => {
                let row = refused.item().cloned().map(from_item).transpose()?;
                Ok(ReadMove::Kept(row.map(Box::new)))
            }
            _ => Err(error.into()),
        }
    }

    /// Puts a whole row, as part of a transaction.
    ///
    /// # Errors
    /// When it cannot be written as a row, which no membership of ours is.
    pub fn put_write(&self, membership: &Membership) -> Result<Write> {
        Ok(Write::put(TABLE, to_item(membership)?))
    }

    /// Gives a member another role, as part of a transaction.
    #[must_use]
    pub fn role_write(&self, user: &UserId, conversation: &ConversationId, role: Role) -> Write {
        let change = Expression::new("SET #role = :role")
            .naming("#role", "role")
            .with([(":role", text(role.as_str()))]);
        Write::update(TABLE, row_key(user, conversation), change, "attribute_exists(userId)")
    }

    /// Ends a membership, as part of a transaction.
    #[must_use]
    pub fn removal_write(
        &self,
        user: &UserId,
        conversation: &ConversationId,
        by: &UserId,
        at: Timestamp,
    ) -> Write {
        let change = Expression::new("REMOVE memberOf SET removedAt = :at, removedBy = :by")
            .with([(":at", text(at)), (":by", text(by))]);
        Write::update(TABLE, row_key(user, conversation), change, "attribute_exists(userId)")
    }

    /// Ends whatever part `user` has, or had, in a conversation, for the entry `seq` that says that their account was erased, as part
    /// of a transaction.
    #[must_use]
    pub fn erasure_write(
        &self,
        user: &UserId,
        conversation: &ConversationId,
        seq: Seq,
        at: Timestamp,
    ) -> Write {
        let change = Expression::new(
            "REMOVE memberOf SET erasedSeq = :seq, removedAt = if_not_exists(removedAt, :at), \
            removedBy = if_not_exists(removedBy, :user)",
        )
        .with([(":seq", number(seq)), (":at", text(at)), (":user", text(user))]);
        Write::update(TABLE, row_key(user, conversation), change, "attribute_exists(userId)")
    }

    /// Deletes the rows of `users`, for a group that is gone.
    ///
    /// # Errors
    /// As [`Memberships::get`].
    pub async fn remove(&self, users: &[UserId], conversation: &ConversationId) -> Result<()> {
        let keys = users.iter().map(|user| row_key(user, conversation)).collect();
        self.store.batch_delete(TABLE, keys).await
    }
}

fn row_key(user: &UserId, conversation: &ConversationId) -> Item {
    key([(USER, text(user)), (CONVERSATION, text(conversation))])
}
