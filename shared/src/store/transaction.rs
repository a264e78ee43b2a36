//! Writes to several tables, all or none.

use std::collections::HashMap;

use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{
    AttributeValue, CancellationReason, Delete, Put, ReturnValuesOnConditionCheckFailure,
    TransactWriteItem, Update,
};

use super::{Item, Result, Store, StoreError, key};

/// One write of a transaction.
#[derive(Debug, Clone)]
pub struct Write {
    table: &'static str,
    kind: Kind,
}

#[derive(Debug, Clone)]
enum Kind {
    Put { item: Item, condition: Option<Expression> },
    Update { key: Item, change: Expression, condition: &'static str },
    Delete { key: Item },
}

/// An expression with its names and values.
#[derive(Debug, Clone)]
pub(super) struct Expression {
    pub text: String,
    pub names: Option<HashMap<String, String>>,
    pub values: Option<Item>,
}

impl Expression {
    pub(super) fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), names: None, values: None }
    }

    /// The same with these values.
    pub(super) fn with<const N: usize>(mut self, values: [(&str, AttributeValue); N]) -> Self {
        self.values.get_or_insert_default().extend(key(values));
        self
    }

    /// The same, where `placeholder` stands for an attribute whose name is a reserved word.
    pub(super) fn naming(mut self, placeholder: &str, name: &str) -> Self {
        self.names.get_or_insert_default().insert(placeholder.to_owned(), name.to_owned());
        self
    }
}

/// How a transaction went.
#[derive(Debug)]
pub enum Transacted {
    /// All is written.
    Done,
    /// Nothing is: these writes' conditions did not hold, each with the row as it is.
    Refused(Vec<(usize, Option<Item>)>),
    /// Nothing is: another transaction had one of the rows.
    Conflict,
}

impl Write {
    /// Puts a row, whatever was there.
    pub(super) fn put(table: &'static str, item: Item) -> Self {
        Self { table, kind: Kind::Put { item, condition: None } }
    }

    /// Puts a row that must not exist yet; `key` is one of its key attributes.
    pub(super) fn create(table: &'static str, item: Item, key: &'static str) -> Self {
        Self::put_if(table, item, Expression::new(format!("attribute_not_exists({key})")))
    }

    /// Puts a row if `condition` holds.
    pub(super) fn put_if(table: &'static str, item: Item, condition: Expression) -> Self {
        Self { table, kind: Kind::Put { item, condition: Some(condition) } }
    }

    /// Changes a row, if `condition` holds, whose values are among those of `change`.
    pub(super) fn update(
        table: &'static str,
        key: Item,
        change: Expression,
        condition: &'static str,
    ) -> Self {
        Self { table, kind: Kind::Update { key, change, condition } }
    }

    /// Deletes a row.
    pub(super) fn delete(table: &'static str, key: Item) -> Self {
        Self { table, kind: Kind::Delete { key } }
    }

    fn build(self, store: &Store) -> Result<TransactWriteItem> {
        let table = store.table(self.table);
        let item = TransactWriteItem::builder();
        let item = match self.kind {
            Kind::Put { item: row, condition } => item.put(put(table, row, condition)?),
            Kind::Update { key, change, condition } => {
                item.update(update(table, key, change, condition)?)
            }
            Kind::Delete { key } => {
                let delete = Delete::builder().table_name(table).set_key(Some(key));
                item.delete(delete.build().map_err(StoreError::fault)?)
            }
        };
        Ok(item.build())
    }
}

fn put(table: String, row: Item, condition: Option<Expression>) -> Result<Put> {
    let put = Put::builder().table_name(table).set_item(Some(row));
    let put = match condition {
        Some(condition) => put
            .condition_expression(condition.text)
            .set_expression_attribute_names(condition.names)
            .set_expression_attribute_values(condition.values),
        None => put,
    };
    put.return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
        .build()
        .map_err(StoreError::fault)
}

fn update(table: String, key: Item, change: Expression, condition: &str) -> Result<Update> {
    Update::builder()
        .table_name(table)
        .set_key(Some(key))
        .update_expression(change.text)
        .condition_expression(condition)
        .set_expression_attribute_names(change.names)
        .set_expression_attribute_values(change.values)
        .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
        .build()
        .map_err(StoreError::fault)
}

impl Store {
    /// Carries out `writes`, all or none. The SDK gives each call a token, so that one which it repeats counts once.
    ///
    /// # Errors
    /// When DynamoDB cannot be asked.
    pub async fn transact(&self, writes: Vec<Write>) -> Result<Transacted> {
        let items: Result<Vec<_>> = writes.into_iter().map(|write| write.build(self)).collect();
        let request = self.client.transact_write_items().set_transact_items(Some(items?));
        let Err(error) = request.send().await else { return Ok(Transacted::Done) };
        match error.as_service_error() {
            Some(TransactWriteItemsError::TransactionCanceledException(canceled)) => {
                outcome(canceled.cancellation_reasons())
            }
            _ => Err(error.into()),
        }
    }
}

/// What the reasons of a cancelled transaction come to: a condition that did not hold says more than a conflict.
fn outcome(reasons: &[CancellationReason]) -> Result<Transacted> {
    let has = |codes: &[&str]| {
        reasons.iter().any(|reason| reason.code().is_some_and(|code| codes.contains(&code)))
    };
    if has(&["ConditionalCheckFailed"]) {
        let refused = reasons.iter().enumerate();
        let refused = refused.filter(|(_, reason)| reason.code() == Some("ConditionalCheckFailed"));
        Ok(Transacted::Refused(refused.map(|(at, reason)| (at, reason.item.clone())).collect()))
    } else if has(&["TransactionConflict"]) {
        Ok(Transacted::Conflict)
    } else if has(&["ThrottlingError", "ProvisionedThroughputExceeded"]) {
        Err(StoreError::Busy)
    } else {
        Err(StoreError::fault("a transaction was cancelled for a reason that is not known"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reasons(codes: &[&str]) -> Vec<CancellationReason> {
        codes.iter().map(|code| CancellationReason::builder().code(*code).build()).collect()
    }

    #[test]
    fn a_failed_condition_says_more_than_a_conflict() {
        let both = reasons(&["None", "TransactionConflict", "ConditionalCheckFailed"]);
        let Ok(Transacted::Refused(refused)) = outcome(&both) else { panic!("not refused") };
        assert_eq!(refused.iter().map(|(at, _)| *at).collect::<Vec<_>>(), [2]);
        let conflict = reasons(&["TransactionConflict", "None"]);
        assert!(matches!(outcome(&conflict), Ok(Transacted::Conflict)));
        assert!(matches!(outcome(&reasons(&["ThrottlingError"])), Err(StoreError::Busy)));
        assert!(matches!(outcome(&reasons(&["ValidationError"])), Err(StoreError::Fault(_))));
    }
}
