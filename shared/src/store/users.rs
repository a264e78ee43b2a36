//! Users: `<userId>` → the profile; `username#<name>` → whose name it is. Both are written in one transaction.
//!
//! Of an account that was erased a tombstone is left, `erasedAt`, so that nothing makes the profile anew: an id is used once.

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::delete_item::DeleteItemError;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::ReturnValue;
use serde::Deserialize;

use super::transaction::{Transacted, Write};
use super::{
    BatchKeys, Consistency, Item, Pauses, Result, Store, from_item, from_items, key, text, to_item,
};
use crate::model::{Name, Timestamp, User, UserId, Username};

pub(super) const TABLE: &str = "Users";
const KEY: &str = "id";
const ERASED_AT: &str = "erasedAt";

/// Who there is.
#[derive(Debug, Clone)]
pub struct Users {
    store: Store,
}

/// Whether a profile was new.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Created {
    /// It is there now.
    Now,
    /// It, or another with this name, was there before.
    Before,
    /// The account was erased: nobody makes a profile for it any more.
    Erased,
}

/// An account that is being erased, or was.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Erased {
    /// Since when.
    pub erased_at: Timestamp,
    /// What Cognito calls the account; none once it is gone.
    pub account: Option<String>,
    username: Option<Username>,
}

impl Users {
    /// Over `store`.
    #[must_use]
    pub fn new(store: Store) -> Self {
        Self { store }
    }

    /// The person with this id.
    ///
    /// # Errors
    /// When DynamoDB cannot be asked; so for all that follow.
    pub async fn get(&self, id: &UserId, consistency: Consistency) -> Result<Option<User>> {
        let request = self.store.client.get_item().table_name(self.store.table(TABLE));
        let request = request.key(KEY, text(id)).consistent_read(consistency.is_strong());
        request.send().await?.item.filter(is_there).map(from_item).transpose()
    }

    /// The person with this id, asked eventually first: only a strong read may say that there is none.
    ///
    /// # Errors
    /// As [`Users::get`].
    pub async fn find(&self, id: &UserId) -> Result<Option<User>> {
        match self.get(id, Consistency::Eventual).await? {
            Some(user) => Ok(Some(user)),
            None => self.get(id, Consistency::Strong).await,
        }
    }

    /// Whose name `username` is.
    ///
    /// # Errors
    /// As [`Users::get`].
    pub async fn id_of(
        &self,
        username: &Username,
        consistency: Consistency,
    ) -> Result<Option<UserId>> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Row {
            user_id: UserId,
        }
        let request = self.store.client.get_item().table_name(self.store.table(TABLE));
        let request = request.key(KEY, name_key(username)).consistent_read(consistency.is_strong());
        let row: Option<Row> = request.send().await?.item.map(from_item).transpose()?;
        Ok(row.map(|row| row.user_id))
    }

    /// Those of `ids` that exist.
    ///
    /// # Errors
    /// As [`Users::get`].
    pub async fn existing(&self, ids: &[UserId]) -> Result<Vec<UserId>> {
        let rows = self.store.batch_get(vec![keys(ids, Consistency::Strong)]).await?;
        let rows = rows.into_values().flatten().filter(is_there);
        let users: Vec<User> = from_items(rows.collect())?;
        Ok(users.into_iter().map(|user| user.user_id).collect())
    }

    /// Writes a new person's profile and name.
    ///
    /// # Errors
    /// As [`Users::get`].
    pub async fn create(&self, user: &User) -> Result<Created> {
        let name = key([(KEY, name_key(&user.username)), ("userId", text(&user.user_id))]);
        let writes = [to_item(user)?, name].map(|item| Write::create(TABLE, item, KEY));
        let mut pauses = Pauses::default();
        loop {
            match self.store.transact(writes.to_vec()).await? {
                Transacted::Done => return Ok(Created::Now),
                Transacted::Refused(rows) if rows.iter().any(of_erased) => {
                    return Ok(Created::Erased);
                }
                Transacted::Refused(_) => return Ok(Created::Before),
                Transacted::Conflict => pauses.next().await?,
            }
        }
    }

    /// Marks an account, which Cognito calls `account`, as one to be erased: from now on nobody sees the profile, and nobody
    /// makes it anew. One that is marked stays as it is.
    ///
    /// # Errors
    /// As [`Users::get`].
    pub async fn mark_erased(&self, id: &UserId, account: &str) -> Result<()> {
        let request = self.store.client.update_item().table_name(self.store.table(TABLE));
        let outcome = request
            .key(KEY, text(id))
            .update_expression("SET erasedAt = :now, account = :account")
            .condition_expression("attribute_not_exists(erasedAt)")
            .expression_attribute_values(":now", text(Timestamp::now()))
            .expression_attribute_values(":account", text(account))
            .send()
            .await;
        match outcome {
            Err(error) if !is_refused(&error) => Err(error.into()),
            _ => Ok(()),
        }
    }

    /// The account `id`, if it was marked as one to be erased, read strongly.
    ///
    /// # Errors
    /// As [`Users::get`].
    pub async fn erased(&self, id: &UserId) -> Result<Option<Erased>> {
        let request = self.store.client.get_item().table_name(self.store.table(TABLE));
        let request = request.key(KEY, text(id)).consistent_read(true);
        let row = request.send().await?.item.filter(|row| !is_there(row));
        row.map(from_item).transpose()
    }

    /// Leaves of the profile of `erased` its tombstone alone, with what Cognito calls the account. The user name is free.
    ///
    /// # Errors
    /// As [`Users::get`].
    pub async fn strip(&self, id: &UserId, erased: &Erased) -> Result<()> {
        let Some(username) = &erased.username else { return Ok(()) };
        let request = self.store.client.delete_item().table_name(self.store.table(TABLE));
        let name = request
            .key(KEY, name_key(username))
            .condition_expression("userId = :user")
            .expression_attribute_values(":user", text(id));
        match name.send().await {
            // It may be somebody else's by now: another call was faster.
            Err(error) if !is_not_theirs(&error) => return Err(error.into()),
            _ => {}
        }
        let request = self.store.client.update_item().table_name(self.store.table(TABLE));
        let request = request.key(KEY, text(id));
        request.update_expression("REMOVE username, displayName, createdAt").send().await?;
        Ok(())
    }

    /// Forgets what Cognito called an account that it does not have any more.
    ///
    /// # Errors
    /// As [`Users::get`].
    pub async fn forget_account(&self, id: &UserId) -> Result<()> {
        let request = self.store.client.update_item().table_name(self.store.table(TABLE));
        request.key(KEY, text(id)).update_expression("REMOVE account").send().await?;
        Ok(())
    }

    /// Gives a person another display name; `None` where there is no such person.
    ///
    /// # Errors
    /// As [`Users::get`].
    pub async fn rename(&self, id: &UserId, display_name: &Name) -> Result<Option<User>> {
        let request = self.store.client.update_item().table_name(self.store.table(TABLE));
        let outcome = request
            .key(KEY, text(id))
            .update_expression("SET displayName = :name")
            .condition_expression("attribute_exists(id) AND attribute_not_exists(erasedAt)")
            .expression_attribute_values(":name", text(display_name.as_str()))
            .return_values(ReturnValue::AllNew)
            .send()
            .await;
        match outcome {
            Ok(output) => output.attributes.map(from_item).transpose(),
            Err(error) if is_refused(&error) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

fn is_not_theirs<R>(error: &SdkError<DeleteItemError, R>) -> bool {
    error.as_service_error().is_some_and(DeleteItemError::is_conditional_check_failed_exception)
}

/// Whether a row is more than the tombstone of an account.
pub(super) fn is_there(row: &Item) -> bool {
    !row.contains_key(ERASED_AT)
}

fn of_erased((_, row): &(usize, Option<Item>)) -> bool {
    row.as_ref().is_some_and(|row| !is_there(row))
}

fn is_refused<R>(error: &SdkError<UpdateItemError, R>) -> bool {
    error.as_service_error().is_some_and(UpdateItemError::is_conditional_check_failed_exception)
}

pub(super) fn keys(ids: &[UserId], consistency: Consistency) -> BatchKeys {
    let keys = ids.iter().map(|id| -> Item { key([(KEY, text(id))]) }).collect();
    BatchKeys { table: TABLE, keys, consistency }
}

fn name_key(username: &Username) -> aws_sdk_dynamodb::types::AttributeValue {
    text(format!("username#{}", username.as_str()))
}
