//! Deliveries that somebody asked for one by one, and wants to see again: with what was sent, listed by address and by sender.
//! Each is a request of its own, without a row `trace`.

use aws_sdk_dynamodb::types::AttributeValue;
use serde::{Deserialize, Serialize};

use super::deliveries::{ADDRESS, Deliveries, TABLE, TRACE, expires};
use super::{
    BatchKeys, Consistency, Item, Result, from_item, from_items, key, number, text, to_item,
};
use crate::model::{Delivery, DeliveryId, Timestamp, TraceKey};

/// A delivery with what was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SentMessage {
    /// The request.
    pub trace: TraceKey,
    /// To whom it went and what became of it.
    #[serde(flatten)]
    pub delivery: Delivery,
    /// From which address.
    pub from: String,
    /// What a mail is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// What it says.
    pub body: String,
    /// The owner's own id for whom it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recipient_id: Option<String>,
    /// The owner's own id for whom it is from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sender_id: Option<String>,
}

/// By what an owner's messages are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListedBy<'a> {
    /// The address that they went to.
    Recipient(&'a str),
    /// Their `sender_id`.
    Sender(&'a str),
}

impl ListedBy<'_> {
    fn index(self) -> (&'static str, &'static str) {
        match self {
            Self::Recipient(_) => ("byRecipient", "recipient"),
            Self::Sender(_) => ("bySender", "sender"),
        }
    }

    fn partition(self, owner: &str) -> AttributeValue {
        let (Self::Recipient(of) | Self::Sender(of)) = self;
        partition(owner, of)
    }
}

/// The lengths keep apart what belongs to one owner and what to another.
fn partition(owner: &str, of: &str) -> AttributeValue {
    text(format!("{}:{owner}:{of}", owner.len()))
}

impl SentMessage {
    /// Whether `other` says the same to the same.
    #[must_use]
    pub fn says_the_same_as(&self, other: &Self) -> bool {
        let said = |message: &Self| {
            let Self { trace: _, delivery, from, subject, body, recipient_id, sender_id } =
                message.clone();
            (delivery.address, delivery.channel, from, subject, body, recipient_id, sender_id)
        };
        said(self) == said(other)
    }
}

impl Deliveries {
    /// Records a message of `owner` that is to be sent, unless there is one of its request; answers that one, as it now is.
    ///
    /// # Errors
    /// When DynamoDB cannot be asked.
    pub async fn create(&self, owner: &str, message: &SentMessage) -> Result<Option<SentMessage>> {
        let mut row = to_item(message)?;
        let recipient = partition(owner, message.delivery.address.as_str());
        row.insert("recipient".to_owned(), recipient);
        if let Some(sender) = &message.sender_id {
            row.insert("sender".to_owned(), partition(owner, sender));
        }
        row.insert("expiresAt".to_owned(), number(expires(Timestamp::now())));
        self.put_new(row).await?.map(from_item).transpose()
    }

    /// A message as it now is, read strongly.
    ///
    /// # Errors
    /// When DynamoDB cannot be asked.
    pub async fn message(&self, message: &SentMessage) -> Result<Option<SentMessage>> {
        let request = self.store.client.get_item().table_name(self.store.table(TABLE));
        let output = request
            .key(TRACE, text(&message.trace))
            .key(ADDRESS, text(&message.delivery.address))
            .consistent_read(true)
            .send()
            .await?;
        output.item.map(from_item).transpose()
    }

    /// Up to `limit` messages of `owner` behind `after`, the oldest first, as they now are; and up to which that is all, if
    /// there may be more. What the index still lists and is gone is left out.
    ///
    /// # Errors
    /// When DynamoDB cannot be asked.
    pub async fn messages(
        &self,
        owner: &str,
        by: ListedBy<'_>,
        after: Option<&DeliveryId>,
        limit: usize,
    ) -> Result<(Vec<SentMessage>, Option<DeliveryId>)> {
        let (index, attribute) = by.index();
        let request = self.store.client.query().table_name(self.store.table(TABLE));
        let request = match after {
            Some(after) => request
                .key_condition_expression("#partition = :partition AND deliveryId > :after")
                .expression_attribute_values(":after", text(after)),
            None => request.key_condition_expression("#partition = :partition"),
        };
        let output = request
            .index_name(index)
            .expression_attribute_names("#partition", attribute)
            .expression_attribute_values(":partition", by.partition(owner))
            .limit(limit.try_into().unwrap_or(i32::MAX))
            .send()
            .await?;
        let more = output.last_evaluated_key.is_some();
        let listed = output.items.unwrap_or_default();
        let last = listed.last().filter(|_| more).cloned();
        let last = last.map(from_item).transpose()?.map(|listed: Listed| listed.delivery_id);
        if listed.is_empty() {
            return Ok((Vec::new(), last));
        }
        let keys = listed.iter().map(table_key).collect();
        let consistency = Consistency::Strong;
        let rows =
            self.store.batch_get(vec![BatchKeys { table: TABLE, keys, consistency }]).await?;
        let mut messages: Vec<SentMessage> = from_items(rows.into_values().flatten().collect())?;
        messages.sort_by(|one, other| one.delivery.delivery_id.cmp(&other.delivery.delivery_id));
        Ok((messages, last))
    }
}

/// What the indexes hold besides the keys of the table.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Listed {
    delivery_id: DeliveryId,
}

fn table_key(listed: &Item) -> Item {
    let attribute = |name: &str| listed.get(name).cloned().unwrap_or_else(|| text(""));
    key([(TRACE, attribute(TRACE)), (ADDRESS, attribute(ADDRESS))])
}
