//! `Deliveries`: a request (its [`TraceKey`]) · `trace` or an address → what the request asks for, and what became of it for
//! each address. The row `trace` is the commit of a request; an address has a row from the first attempt on.

use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::types::ReturnValuesOnConditionCheckFailure;
use serde::{Deserialize, Serialize};

use super::{Item, Result, Store, from_item, key, number, text, to_item};
use crate::messaging::UsedTemplates;
use crate::model::{Address, Channel, Delivery, DeliveryId, Timestamp, TraceKey};

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
    /// The templates that it names, as they were.
    #[serde(default, skip_serializing_if = "UsedTemplates::is_empty")]
    pub templates: UsedTemplates,
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
        self.put_new(row).await?.map(from_item).transpose()
    }

    /// Puts a row, unless there is one with its key; answers that one.
    pub(super) async fn put_new(&self, row: Item) -> Result<Option<Item>> {
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
                    Ok(refused.item().cloned())
                }
                _ => Err(error.into()),
            },
        }
    }

    /// What the request `name` asked for, read strongly.
    ///
    /// # Errors
    /// As [`Deliveries::commit`].
    pub async fn trace(&self, name: &TraceKey) -> Result<Option<Trace>> {
        let request = self.store.client.get_item().table_name(self.store.table(TABLE));
        let request = request.set_key(Some(trace_key(name))).consistent_read(true);
        request.send().await?.item.map(from_item).transpose()
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
}

fn trace_key(name: &TraceKey) -> Item {
    key([(TRACE, text(name)), (ADDRESS, text(TRACE))])
}

pub(super) fn expires(from: Timestamp) -> i64 {
    from.plus_millis(KEPT_MILLIS).epoch_seconds()
}
