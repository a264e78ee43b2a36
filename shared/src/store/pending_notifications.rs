//! `PendingNotifications`: userId · SQS sequence number → what another system sent and no device has confirmed yet.

use aws_sdk_dynamodb::types::{AttributeValue, Select};

use super::{Item, Result, Store, StoreError, key, number, one_more, page_of, text};
use crate::model::{Notification, SequenceNumber, Timestamp, UserId};

const TABLE: &str = "PendingNotifications";
const USER: &str = "userId";
const NUMBER: &str = "sequenceNumber";
const MESSAGE: &str = "message";

/// How many are read at once.
const PAGE: i32 = 100;
/// How long a notification waits for its person.
const KEPT_MILLIS: i64 = 30 * 24 * 60 * 60 * 1_000;

/// What is held for whom.
#[derive(Debug, Clone)]
pub struct PendingNotifications {
    store: Store,
}

impl PendingNotifications {
    /// Over `store`.
    #[must_use]
    pub fn new(store: Store) -> Self {
        Self { store }
    }

    /// Holds a notification; holding it again changes nothing.
    ///
    /// # Errors
    /// When DynamoDB cannot be asked; so for all that follow.
    pub async fn hold(&self, user: &UserId, notification: &Notification) -> Result<()> {
        let expires = Timestamp::now().plus_millis(KEPT_MILLIS).epoch_seconds();
        let message = serde_json::to_string(&notification.message).map_err(StoreError::fault)?;
        let mut row = row_key(user, notification.sequence_number);
        row.extend(key([(MESSAGE, text(message)), ("expiresAt", number(expires))]));
        let request = self.store.client.put_item().table_name(self.store.table(TABLE));
        request.set_item(Some(row)).send().await?;
        Ok(())
    }

    /// What is held for `user` behind `after`, in order: the first hundred at most, read strongly.
    ///
    /// # Errors
    /// As [`PendingNotifications::hold`].
    pub async fn behind(
        &self,
        user: &UserId,
        after: Option<SequenceNumber>,
    ) -> Result<Vec<Notification>> {
        let request = self.store.client.query().table_name(self.store.table(TABLE));
        let request = match after {
            Some(after) => request
                .key_condition_expression("userId = :user AND sequenceNumber > :after")
                .expression_attribute_values(":after", number(after)),
            None => request.key_condition_expression("userId = :user"),
        };
        let output = request
            .expression_attribute_values(":user", text(user))
            .consistent_read(true)
            .limit(PAGE)
            .send()
            .await?;
        output.items.unwrap_or_default().into_iter().map(notification).collect()
    }

    /// Up to `limit` of what is held for `user` behind `after`, in order, and the last of them where there may be more. Read
    /// strongly.
    ///
    /// # Errors
    /// As [`PendingNotifications::hold`].
    pub async fn page(
        &self,
        user: &UserId,
        after: Option<SequenceNumber>,
        limit: usize,
    ) -> Result<(Vec<Notification>, Option<SequenceNumber>)> {
        let request = self.store.client.query().table_name(self.store.table(TABLE));
        let output = request
            .key_condition_expression("userId = :user")
            .expression_attribute_values(":user", text(user))
            .consistent_read(true)
            .limit(one_more(limit))
            .set_exclusive_start_key(after.map(|after| row_key(user, after)))
            .send()
            .await?;
        let cut_off = output.last_evaluated_key.is_some();
        let rows = output.items.unwrap_or_default().into_iter().map(notification);
        let held = rows.collect::<Result<Vec<Notification>>>()?;
        Ok(page_of(held, limit, cut_off, |held| held.sequence_number))
    }

    /// Whether anything is held for `user`, read strongly.
    ///
    /// # Errors
    /// As [`PendingNotifications::hold`].
    pub async fn any(&self, user: &UserId) -> Result<bool> {
        let request = self.store.client.query().table_name(self.store.table(TABLE));
        let output = request
            .key_condition_expression("userId = :user")
            .expression_attribute_values(":user", text(user))
            .consistent_read(true)
            .select(Select::Count)
            .limit(1)
            .send()
            .await?;
        Ok(output.count > 0)
    }

    /// Lets go of all that is held for `user`.
    ///
    /// # Errors
    /// As [`PendingNotifications::hold`].
    pub async fn remove_all_of(&self, user: &UserId) -> Result<()> {
        self.store.delete_partition(TABLE, (USER, text(user)), NUMBER).await
    }

    /// Lets go of a notification that a device has confirmed; it need not be there.
    ///
    /// # Errors
    /// As [`PendingNotifications::hold`].
    pub async fn confirm(&self, user: &UserId, sequence_number: SequenceNumber) -> Result<()> {
        let request = self.store.client.delete_item().table_name(self.store.table(TABLE));
        request.set_key(Some(row_key(user, sequence_number))).send().await?;
        Ok(())
    }
}

fn row_key(user: &UserId, sequence_number: SequenceNumber) -> Item {
    key([(USER, text(user)), (NUMBER, number(sequence_number))])
}

#[expect(clippy::needless_pass_by_value, reason = "maps the rows of a query")]
fn notification(row: Item) -> Result<Notification> {
    let (Some(AttributeValue::S(message)), Some(AttributeValue::N(digits))) =
        (row.get(MESSAGE), row.get(NUMBER))
    else {
        return Err(StoreError::fault("a held notification is not as it was written"));
    };
    Ok(Notification {
        sequence_number: digits.parse().map_err(StoreError::fault)?,
        message: serde_json::from_str(message).map_err(StoreError::fault)?,
    })
}
