//! What a lambda may do with the tables: what its row of `routes.json` says, as its role does on AWS. A call that the row
//! does not permit fails here, too, and not for the first time in a deployment.

use std::collections::HashMap;
use std::sync::Arc;

use aws_sdk_dynamodb::error::BoxError;
use aws_sdk_dynamodb::operation::batch_get_item::BatchGetItemInput;
use aws_sdk_dynamodb::operation::batch_write_item::BatchWriteItemInput;
use aws_sdk_dynamodb::operation::delete_item::DeleteItemInput;
use aws_sdk_dynamodb::operation::get_item::GetItemInput;
use aws_sdk_dynamodb::operation::put_item::PutItemInput;
use aws_sdk_dynamodb::operation::query::QueryInput;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsInput;
use aws_sdk_dynamodb::operation::update_item::UpdateItemInput;
use aws_sdk_dynamodb::types::{ConditionCheck, Delete, Put, TransactWriteItem, Update};
use aws_smithy_runtime_api::client::interceptors::context::{
    BeforeSerializationInterceptorContextRef, Input,
};
use aws_smithy_runtime_api::client::interceptors::{Intercept, dyn_dispatch_hint};
use aws_smithy_types::config_bag::ConfigBag;
use shared::routes::{Access, Function, Functions};

tokio::task_local! {
    /// The lambda that this task is a call of.
    static FUNCTION: &'static str;
}

/// Makes `call` a call of the lambda `name`: it may do what the lambda may.
pub async fn as_function<C: Future>(name: &'static str, call: C) -> C::Output {
    FUNCTION.scope(name, call).await
}

/// Refuses calls to DynamoDB that the lambda is not permitted. What the server does on its own account is not asked about.
#[derive(Debug, Clone)]
pub struct Permissions(Arc<Functions>);

/// What a call does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Use<'a> {
    Read(&'a str),
    ReadIndex { table: &'a str, index: &'a str },
    Write(&'a str),
}

/// A call that the lambda's role would not permit on AWS.
#[derive(Debug, thiserror::Error)]
#[error(
    "AccessDeniedException: by its row of routes.json, {function} has no permission for {what}"
)]
struct AccessDenied {
    function: &'static str,
    what: String,
}

impl Permissions {
    /// Those of the rows of `routes.json`.
    #[must_use]
    pub fn new(functions: Functions) -> Self {
        Self(Arc::new(functions))
    }

    fn check(&self, function: &'static str, input: &Input) -> Result<(), AccessDenied> {
        let denied = |what| AccessDenied { function, what };
        let uses = uses(input).ok_or_else(|| denied("such an operation".to_owned()))?;
        let row = self.0.get(function);
        match uses.into_iter().find(|each| !row.is_some_and(|row| each.is_permitted(row))) {
            Some(refused) => Err(denied(format!("{refused:?}"))),
            None => Ok(()),
        }
    }
}

impl Use<'_> {
    fn is_permitted(&self, row: &Function) -> bool {
        let access = |table| row.tables.get(table);
        match self {
            Self::Read(table) => {
                matches!(access(*table), Some(Access::Read | Access::Readwrite))
            }
            Self::ReadIndex { table, index } => {
                row.indexes.iter().any(|named| named.split_once('/') == Some((*table, *index)))
            }
            Self::Write(table) => {
                matches!(access(*table), Some(Access::Write | Access::Readwrite))
            }
        }
    }
}

/// What an operation does with the tables that it names; none for an operation that no row permits.
fn uses(input: &Input) -> Option<Vec<Use<'_>>> {
    None.or_else(|| input.downcast_ref::<GetItemInput>().map(|get| of(get.table_name(), Use::Read)))
        .or_else(|| input.downcast_ref::<QueryInput>().map(of_query))
        .or_else(|| {
            let batch = input.downcast_ref::<BatchGetItemInput>()?;
            Some(of_all(batch.request_items(), Use::Read))
        })
        .or_else(|| {
            input.downcast_ref::<PutItemInput>().map(|put| of(put.table_name(), Use::Write))
        })
        .or_else(|| {
            let update = input.downcast_ref::<UpdateItemInput>()?;
            Some(of(update.table_name(), Use::Write))
        })
        .or_else(|| {
            let delete = input.downcast_ref::<DeleteItemInput>()?;
            Some(of(delete.table_name(), Use::Write))
        })
        .or_else(|| {
            let batch = input.downcast_ref::<BatchWriteItemInput>()?;
            Some(of_all(batch.request_items(), Use::Write))
        })
        .or_else(|| {
            let transaction = input.downcast_ref::<TransactWriteItemsInput>()?;
            Some(transaction.transact_items().iter().flat_map(of_write).collect())
        })
}

fn of<'a>(table: Option<&'a str>, what: fn(&'a str) -> Use<'a>) -> Vec<Use<'a>> {
    table.map(what).into_iter().collect()
}

fn of_all<'a, T>(
    requests: Option<&'a HashMap<String, T>>,
    what: fn(&'a str) -> Use<'a>,
) -> Vec<Use<'a>> {
    requests.into_iter().flat_map(HashMap::keys).map(|table| what(table)).collect()
}

fn of_query(query: &QueryInput) -> Vec<Use<'_>> {
    match (query.table_name(), query.index_name()) {
        (Some(table), Some(index)) => vec![Use::ReadIndex { table, index }],
        (table, _) => of(table, Use::Read),
    }
}

fn of_write(item: &TransactWriteItem) -> impl Iterator<Item = Use<'_>> {
    let checked = item.condition_check().map(ConditionCheck::table_name);
    let put = item.put().map(Put::table_name);
    let updated = item.update().map(Update::table_name);
    let deleted = item.delete().map(Delete::table_name);
    [checked, put, updated, deleted].into_iter().flatten().map(Use::Write)
}

#[dyn_dispatch_hint]
impl Intercept for Permissions {
    fn name(&self) -> &'static str {
        "Permissions"
    }

    fn read_before_execution(
        &self,
        context: &BeforeSerializationInterceptorContextRef<'_>,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        match FUNCTION.try_with(|function| *function) {
            Ok(function) => Ok(self.check(function, context.input())?),
            Err(_) => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_dynamodb::operation::scan::ScanInput;
    use aws_sdk_dynamodb::types::{AttributeValue, KeysAndAttributes, WriteRequest};

    use super::*;

    fn refusal(input: impl std::fmt::Debug + Send + Sync + 'static) -> Option<String> {
        let row = r#"{"push": {
            "tables": {"Reads": "read", "Writes": "write", "Both": "readwrite"},
            "indexes": ["Writes/byName"]
        }}"#;
        let permissions = Permissions::new(serde_json::from_str(row).unwrap());
        let denied = permissions.check("push", &Input::erase(input)).err();
        denied.map(|denied| denied.to_string())
    }

    fn get(table: &str) -> GetItemInput {
        GetItemInput::builder().table_name(table).build().unwrap()
    }

    fn put(table: &str) -> PutItemInput {
        PutItemInput::builder().table_name(table).build().unwrap()
    }

    #[test]
    fn a_table_is_read_and_written_by_whom_its_row_permits() {
        assert_eq!(refusal(get("Reads")), None);
        assert_eq!(refusal(get("Both")), None);
        assert_eq!(refusal(put("Writes")), None);
        assert_eq!(refusal(put("Both")), None);
        assert!(
            refusal(get("Writes")).unwrap().contains("push has no permission for Read(\"Writes\")")
        );
        assert!(refusal(put("Reads")).unwrap().contains("Write(\"Reads\")"));
        assert!(refusal(get("Others")).unwrap().contains("Others"));
        assert!(refusal(put("Others")).unwrap().contains("Others"));
    }

    #[test]
    fn an_index_is_read_by_whom_its_row_names_and_its_table_is_another_matter() {
        let query = |table, index| {
            let query = QueryInput::builder().table_name(table);
            refusal(query.set_index_name(index).build().unwrap())
        };
        let by = |index: &str| Some(index.to_owned());
        assert_eq!(query("Writes", by("byName")), None);
        assert_eq!(query("Reads", None), None);
        assert!(query("Writes", by("byDate")).is_some());
        assert!(query("Reads", by("byName")).is_some());
        assert!(query("Writes", None).is_some());
    }

    #[test]
    fn of_many_tables_each_is_asked_about() {
        let keys = || KeysAndAttributes::builder().set_keys(Some(vec![])).build().unwrap();
        let reads = BatchGetItemInput::builder().request_items("Reads", keys());
        assert_eq!(refusal(reads.clone().build().unwrap()), None);
        assert!(refusal(reads.request_items("Writes", keys()).build().unwrap()).is_some());

        let requests = || vec![WriteRequest::builder().build()];
        let writes = BatchWriteItemInput::builder().request_items("Writes", requests());
        assert_eq!(refusal(writes.clone().build().unwrap()), None);
        assert!(refusal(writes.request_items("Reads", requests()).build().unwrap()).is_some());
    }

    #[test]
    fn of_a_transaction_each_write_is_asked_about_and_each_check() {
        let key = || Some(HashMap::from([("id".to_owned(), AttributeValue::S(String::new()))]));
        let put = |table| Put::builder().table_name(table).set_item(key()).build().unwrap();
        let item = TransactWriteItem::builder;
        let writes = |table| {
            let check = ConditionCheck::builder().table_name(table).set_key(key());
            let update = Update::builder().table_name(table).set_key(key());
            let delete = Delete::builder().table_name(table).set_key(key());
            [
                item().condition_check(check.condition_expression("x").build().unwrap()).build(),
                item().put(put(table)).build(),
                item().update(update.update_expression("x").build().unwrap()).build(),
                item().delete(delete.build().unwrap()).build(),
            ]
        };
        let behind_a_put = |write| {
            let items = vec![item().put(put("Both")).build(), write];
            let transaction = TransactWriteItemsInput::builder();
            refusal(transaction.set_transact_items(Some(items)).build().unwrap())
        };
        assert_eq!(writes("Writes").map(behind_a_put), [None, None, None, None]);
        assert!(writes("Reads").map(behind_a_put).iter().all(Option::is_some));
    }

    #[test]
    fn no_row_permits_a_scan_and_no_row_permits_nothing() {
        assert!(refusal(ScanInput::builder().table_name("Both").build().unwrap()).is_some());
        let none = Permissions::new(Functions::new());
        assert!(none.check("push", &Input::erase(get("Both"))).is_err());
    }
}
