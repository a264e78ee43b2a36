//! One delivery of `Deliveries`: who sends it, and what became of it.

use std::collections::HashMap;

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValuesOnConditionCheckFailure};
use serde::Deserialize;

use super::deliveries::{ADDRESS, Deliveries, TABLE, TRACE, expires};
use super::{Item, Result, from_item, key, number, text};
use crate::messaging::{Content, Outgoing, segments};
use crate::model::{Address, Channel, DeliveryId, DeliveryStatus, Timestamp, TraceKey};

/// One delivery.
#[derive(Debug, Clone, Copy)]
pub struct DeliveryKey<'a> {
    trace: &'a TraceKey,
    address: &'a str,
}

/// What became of an attempt to claim a delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claiming {
    /// It is the caller's to send.
    Claimed,
    /// It is further than that.
    Further(DeliveryStatus),
    /// It is being sent, or was when something broke off.
    Held,
    /// It should have been recorded, and was not, or another in its place: nobody was told that it would be sent.
    Unknown,
}

/// What the provider says of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    outcome: Outcome,
    provider_id: Option<String>,
    reason: Option<String>,
}

/// What became of a message that was sent, in the order of what it outweighs: in whatever order it is told, the same is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The provider took it.
    Accepted = 1,
    /// It was not taken, or could not be delivered. Somebody who is away has an answering machine that says so of what arrived.
    Failed = 2,
    /// It has arrived.
    Delivered = 3,
    /// It came back for good.
    Returned = 4,
}

impl Outcome {
    fn status(self) -> DeliveryStatus {
        match self {
            Self::Accepted => DeliveryStatus::Accepted,
            Self::Delivered => DeliveryStatus::Delivered,
            Self::Failed | Self::Returned => DeliveryStatus::Failed,
        }
    }
}

impl Sent {
    /// The provider took it.
    #[must_use]
    pub fn accepted(provider_id: String) -> Self {
        Self { outcome: Outcome::Accepted, provider_id: Some(provider_id), reason: None }
    }

    /// The provider refused it.
    #[must_use]
    pub fn failed(reason: String) -> Self {
        Self { outcome: Outcome::Failed, provider_id: None, reason: Some(reason) }
    }

    /// What the provider's event about its message `provider_id` tells.
    #[must_use]
    pub fn told(outcome: Outcome, provider_id: String, reason: Option<String>) -> Self {
        Self { outcome, provider_id: Some(provider_id), reason }
    }
}

impl<'a> DeliveryKey<'a> {
    /// The delivery of the request `trace` to `address`.
    #[must_use]
    pub fn new(trace: &'a TraceKey, address: &'a Address) -> Self {
        Self { trace, address: address.as_str() }
    }

    fn item(self) -> Item {
        key([(TRACE, text(self.trace)), (ADDRESS, text(self.address))])
    }
}

impl Deliveries {
    /// Claims the delivery of `outgoing` until `until`. It gets its row where it has none.
    ///
    /// # Errors
    /// As [`Deliveries::commit`].
    pub async fn claim(
        &self,
        delivery: &DeliveryKey<'_>,
        outgoing: &Outgoing,
        until: Timestamp,
    ) -> Result<Claiming> {
        let now = Timestamp::now();
        let mut change = "SET deliveryStatus = :pending, deliveryId = :id, channel = :channel, ticket = :ticket, \
            claimedUntil = :until, expiresAt = :expires, updatedAt = :now"
            .to_owned();
        let free = "deliveryStatus = :pending AND \
            (attribute_not_exists(claimedUntil) OR claimedUntil <= :now)";
        let condition = if outgoing.recorded {
            format!("deliveryId = :id AND {free}")
        } else {
            format!("attribute_not_exists(deliveryStatus) OR ({free})")
        };
        let mut request = self.update(delivery);
        if let Content::Sms { body, .. } = &outgoing.content {
            change.push_str(", #segments = :segments");
            request = request
                .expression_attribute_names("#segments", "segments")
                .expression_attribute_values(":segments", number(segments(body)));
        }
        let outcome = request
            .update_expression(format!("{change} ADD attempts :one"))
            .condition_expression(condition)
            .expression_attribute_values(":pending", status(DeliveryStatus::Pending))
            .expression_attribute_values(":id", text(&outgoing.delivery_id))
            .expression_attribute_values(":channel", channel(outgoing.content.channel())?)
            .expression_attribute_values(":ticket", text(&outgoing.ticket))
            .expression_attribute_values(":until", text(until))
            .expression_attribute_values(":expires", number(expires(now)))
            .expression_attribute_values(":now", text(now))
            .expression_attribute_values(":one", number(1))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .send()
            .await;
        match refused(outcome)? {
            None => Ok(Claiming::Claimed),
            Some(row) if row.is_empty() => Ok(Claiming::Unknown),
            Some(row) => Ok(match from_item(row)? {
                Known { delivery_id, .. } if delivery_id != outgoing.delivery_id => {
                    Claiming::Unknown
                }
                Known { status: DeliveryStatus::Pending, .. } => Claiming::Held,
                Known { status, .. } => Claiming::Further(status),
            }),
        }
    }

    /// Lets go of a delivery that was claimed for the message `ticket` and not sent.
    ///
    /// # Errors
    /// As [`Deliveries::commit`].
    pub async fn release(
        &self,
        delivery: &DeliveryKey<'_>,
        ticket: &str,
        reason: &str,
    ) -> Result<()> {
        let outcome = self
            .update(delivery)
            .update_expression("SET reason = :reason, updatedAt = :now REMOVE claimedUntil")
            .condition_expression("deliveryStatus = :pending AND ticket = :ticket")
            .expression_attribute_values(":pending", status(DeliveryStatus::Pending))
            .expression_attribute_values(":ticket", text(ticket))
            .expression_attribute_values(":reason", text(reason))
            .expression_attribute_values(":now", text(Timestamp::now()))
            .send()
            .await;
        refused(outcome).map(drop)
    }

    /// Records what the provider says. What is not further than what is known changes nothing, nor does what nobody asked
    /// for.
    ///
    /// # Errors
    /// As [`Deliveries::commit`].
    pub async fn record(&self, delivery: &DeliveryKey<'_>, sent: Sent) -> Result<()> {
        let Sent { outcome, provider_id, reason } = sent;
        let mut change =
            "SET deliveryStatus = :reached, #rank = :rank, updatedAt = :now".to_owned();
        let mut request = self
            .update(delivery)
            .expression_attribute_names("#rank", "rank")
            .expression_attribute_values(":reached", status(outcome.status()))
            .expression_attribute_values(":rank", number(outcome as i64))
            .expression_attribute_values(":now", text(Timestamp::now()));
        if let Some(provider_id) = provider_id {
            change.push_str(", providerId = :provider");
            request = request.expression_attribute_values(":provider", text(provider_id));
        }
        if let Some(reason) = reason {
            change.push_str(", reason = :reason REMOVE claimedUntil");
            request = request.expression_attribute_values(":reason", text(reason));
        } else {
            change.push_str(" REMOVE claimedUntil, reason");
        }
        let outcome = request
            .update_expression(change)
            .condition_expression(
                "attribute_exists(deliveryStatus) AND (attribute_not_exists(#rank) OR #rank < :rank)",
            )
            .send()
            .await;
        refused(outcome).map(drop)
    }

    /// How far the delivery is known to be, if further than PENDING; it may be and not be known yet. To look costs a tenth of what
    /// a write costs that changes nothing.
    ///
    /// # Errors
    /// As [`Deliveries::commit`].
    pub async fn further(&self, delivery: &DeliveryKey<'_>) -> Result<Option<DeliveryStatus>> {
        let request = self.store.client.get_item().table_name(self.store.table(TABLE));
        let row = request.set_key(Some(delivery.item())).send().await?.item;
        let known: Option<Known> = row.map(from_item).transpose()?;
        Ok(known.map(|known| known.status).filter(|status| *status != DeliveryStatus::Pending))
    }

    fn update(&self, delivery: &DeliveryKey<'_>) -> UpdateItemFluentBuilder {
        let request = self.store.client.update_item().table_name(self.store.table(TABLE));
        request.set_key(Some(delivery.item()))
    }
}

/// A delivery that there is.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Known {
    delivery_id: DeliveryId,
    #[serde(rename = "deliveryStatus")]
    status: DeliveryStatus,
}

fn status(status: DeliveryStatus) -> AttributeValue {
    text(status.as_str())
}

fn channel(channel: Channel) -> Result<AttributeValue> {
    serde_dynamo::to_attribute_value(channel).map_err(super::StoreError::fault)
}

/// The row where the condition was not met, as far as it was asked for.
fn refused<T>(outcome: Result<T, SdkError<UpdateItemError>>) -> Result<Option<Item>> {
    match outcome {
        Ok(_) => Ok(None),
        Err(SdkError::ServiceError(error))
            if error.err().is_conditional_check_failed_exception() =>
        {
            match error.into_err() {
                UpdateItemError::ConditionalCheckFailedException(refused) => {
                    Ok(Some(refused.item.unwrap_or_default()))
                }
                _ => Ok(Some(HashMap::new())),
            }
        }
        Err(error) => Err(error.into()),
    }
}
