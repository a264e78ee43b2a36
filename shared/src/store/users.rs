//! Users: `<userId>` → the profile; `username#<name>` → whose name it is. Both are written in one transaction.

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::ReturnValue;

use super::transaction::{Transacted, Write};
use super::{
    BatchKeys, Consistency, Item, Pauses, Result, Store, from_item, from_items, key, text, to_item,
};
use crate::model::{Name, User, UserId, Username};

pub(super) const TABLE: &str = "Users";
const KEY: &str = "id";

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
        request.send().await?.item.map(from_item).transpose()
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
        #[derive(serde::Deserialize)]
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
        let users: Vec<User> = from_items(rows.into_values().flatten().collect())?;
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
                Transacted::Refused(_) => return Ok(Created::Before),
                Transacted::Conflict => pauses.next().await?,
            }
        }
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
            .condition_expression("attribute_exists(id)")
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
