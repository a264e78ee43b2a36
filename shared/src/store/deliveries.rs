//! `Deliveries`: a request (its [`TraceKey`]) · `trace` or an address → what the request asks for, and what became of it for
//! each address. The row `trace` is the commit of a request; an address has a row from the first attempt on.

use std::collections::HashMap;

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValuesOnConditionCheckFailure};
use serde::{Deserialize, Serialize};

use super::{Item, Result, Store, from_item, key, number, text, to_item};
use crate::messaging::{Content, Outgoing, segments};
use crate::model::{Address, Channel, Delivery, DeliveryId, DeliveryStatus, Timestamp, TraceKey};

pub(super) const TABLE: &str = "Deliveries";
pub(super) const TRACE: &str = "trace";
pub(super) const ADDRESS: &str = "address";

/// How long a request and its deliveries are kept. For as long its repeat sends nothing again.
const KEPT_MILLIS: i64 = 90 * 24 * 60 * 60 * 1_000;

/// The requests and their deliveries.
#[derive(Debug, Clone)]
pub struct Deliveries {
    pub(super) store: Store,
}

/// What a request asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Trace {
    /// Stands for the request's body.
    pub body_hash: String,
    /// To whom it goes.
    pub deliveries: Vec<Planned>,
    /// When it came.
    pub created_at: Timestamp,
}

/// A delivery that a request asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Planned {
    /// To whom.
    pub address: Address,
    /// How.
    pub channel: Channel,
    /// Its id.
    pub delivery_id: DeliveryId,
}

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
    Held {
        /// The message for which it was claimed.
        ticket: String,
    },
}

/// What the provider says of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    status: DeliveryStatus,
    provider_id: Option<String>,
    reason: Option<String>,
    /// Whether it is to be believed of what has arrived.
    even_if_delivered: bool,
}

impl Sent {
    /// The provider took it.
    #[must_use]
    pub fn accepted(provider_id: String) -> Self {
        let status = DeliveryStatus::Accepted;
        Self { status, provider_id: Some(provider_id), reason: None, even_if_delivered: false }
    }

    /// The provider refused it.
    #[must_use]
    pub fn failed(reason: String) -> Self {
        let status = DeliveryStatus::Failed;
        Self { status, provider_id: None, reason: Some(reason), even_if_delivered: false }
    }

    /// What the provider's event `provider_id` tells.
    #[must_use]
    pub fn told(status: DeliveryStatus, provider_id: String, reason: Option<String>) -> Self {
        Self { status, provider_id: Some(provider_id), reason, even_if_delivered: false }
    }

    /// The same, also of a message that has arrived: it was returned afterwards.
    #[must_use]
    pub fn even_if_delivered(self) -> Self {
        Self { even_if_delivered: true, ..self }
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
    /// Over `store`.
    #[must_use]
    pub fn new(store: Store) -> Self {
        Self { store }
    }

    /// Records a request, unless there is one of its name; answers that one.
    ///
    /// # Errors
    /// When DynamoDB cannot be asked; so for all that follow.
    pub async fn commit(&self, name: &TraceKey, trace: &Trace) -> Result<Option<Trace>> {
        let mut row = to_item(trace)?;
        row.extend(trace_key(name));
        row.insert("expiresAt".to_owned(), number(expires(trace.created_at)));
        let request = self.store.client.put_item().table_name(self.store.table(TABLE));
        let outcome = request
            .set_item(Some(row))
            .condition_expression("attribute_not_exists(address)")
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .send()
            .await;
        match outcome {
            Ok(_) => Ok(None),
            Err(error) => match error.as_service_error() {
                Some(PutItemError::ConditionalCheckFailedException(refused)) => {
                    refused.item().cloned().map(from_item).transpose()
                }
                _ => Err(error.into()),
            },
        }
    }

    /// What the request `name` asked for, and what became of it, read strongly.
    ///
    /// # Errors
    /// As [`Deliveries::commit`].
    pub async fn of(&self, name: &TraceKey) -> Result<Option<(Trace, Vec<Delivery>)>> {
        let request = self.store.client.query().table_name(self.store.table(TABLE));
        let rows = request
            .key_condition_expression("#trace = :trace")
            .expression_attribute_names("#trace", TRACE)
            .expression_attribute_values(":trace", text(name))
            .consistent_read(true)
            .into_paginator()
            .items()
            .send()
            .collect::<Result<Vec<Item>, _>>()
            .await?;
        let (traces, deliveries): (Vec<Item>, Vec<Item>) =
            rows.into_iter().partition(|row| row.get(ADDRESS) == Some(&text(TRACE)));
        let Some(trace) = traces.into_iter().next() else { return Ok(None) };
        Ok(Some((from_item(trace)?, super::from_items(deliveries)?)))
    }

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
        let parts = match &outgoing.content {
            Content::Sms { body, .. } => number(segments(body)),
            Content::Email { .. } => AttributeValue::Null(true),
        };
        let outcome = self
            .update(delivery)
            .update_expression(
                "SET deliveryStatus = :pending, deliveryId = :id, channel = :channel, ticket = :ticket, \
                 claimedUntil = :until, expiresAt = :expires, updatedAt = :now, #segments = :segments \
                 ADD attempts :one",
            )
            .expression_attribute_names("#segments", "segments")
            .condition_expression(
                "attribute_not_exists(deliveryStatus) OR (deliveryStatus = :pending AND \
                 (attribute_not_exists(claimedUntil) OR claimedUntil <= :now))",
            )
            .expression_attribute_values(":pending", status(DeliveryStatus::Pending))
            .expression_attribute_values(":id", text(&outgoing.delivery_id))
            .expression_attribute_values(":channel", channel(outgoing.content.channel())?)
            .expression_attribute_values(":ticket", text(&outgoing.ticket))
            .expression_attribute_values(":until", text(until))
            .expression_attribute_values(":expires", number(expires(now)))
            .expression_attribute_values(":now", text(now))
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":segments", parts)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .send()
            .await;
        match refused(outcome)? {
            None => Ok(Claiming::Claimed),
            Some(row) => {
                let held: Held = from_item(row)?;
                Ok(match held.status {
                    DeliveryStatus::Pending => Claiming::Held { ticket: held.ticket },
                    status => Claiming::Further(status),
                })
            }
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
        let Sent { status: reached, provider_id, reason, even_if_delivered } = sent;
        let mut change = "SET deliveryStatus = :reached, updatedAt = :now".to_owned();
        let mut request = self
            .update(delivery)
            .expression_attribute_values(":reached", status(reached))
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
        let overtakes = |before: &DeliveryStatus| {
            *before < reached && (even_if_delivered || *before != DeliveryStatus::Delivered)
        };
        let before = DeliveryStatus::ALL.into_iter().filter(overtakes);
        let mut names = Vec::new();
        for (index, before) in before.enumerate() {
            let name = format!(":before{index}");
            request = request.expression_attribute_values(&name, status(before));
            names.push(name);
        }
        let outcome = request
            .update_expression(change)
            .condition_expression(format!("deliveryStatus IN ({})", names.join(", ")))
            .send()
            .await;
        refused(outcome).map(drop)
    }

    fn update(&self, delivery: &DeliveryKey<'_>) -> UpdateItemFluentBuilder {
        let request = self.store.client.update_item().table_name(self.store.table(TABLE));
        request.set_key(Some(delivery.item()))
    }
}

/// A delivery that could not be claimed.
#[derive(Deserialize)]
struct Held {
    #[serde(rename = "deliveryStatus")]
    status: DeliveryStatus,
    #[serde(default)]
    ticket: String,
}

fn trace_key(name: &TraceKey) -> Item {
    key([(TRACE, text(name)), (ADDRESS, text(TRACE))])
}

pub(super) fn expires(from: Timestamp) -> i64 {
    from.plus_millis(KEPT_MILLIS).epoch_seconds()
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
