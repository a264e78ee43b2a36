//! Amazon's DynamoDB Local in the place of the embedded engine: a second opinion, which the tests ask for.

use std::net::SocketAddr;
use std::time::Duration;

use aws_config::SdkConfig;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::client::Waiters;
use aws_sdk_dynamodb::config::{Credentials, SharedCredentialsProvider};
use aws_sdk_dynamodb::error::{DisplayErrorContext, SdkError};
use aws_sdk_dynamodb::operation::create_table::CreateTableError;
use aws_sdk_dynamodb::types::TimeToLiveSpecification;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use futures_util::future::try_join_all;
use shared::tables::{Table, Tables};

use super::{EngineError, Result, tables};
use crate::aws;

/// How long a new table may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// The way to the DynamoDB Local at `address`, which keeps a database for each access key: many servers share it, each
/// with tables of its own.
#[must_use]
pub fn config(
    address: SocketAddr,
    access_key: &str,
    http_client: Option<SharedHttpClient>,
) -> SdkConfig {
    let credentials = Credentials::new(access_key, "local", None, None, "local");
    aws::config(address, http_client)
        .into_builder()
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .build()
}

/// Makes those of `tables` that are not there yet, and returns when they can be used.
///
/// # Errors
/// When DynamoDB Local refuses or does not answer.
pub async fn create_tables(client: &Client, tables: &Tables) -> Result<()> {
    try_join_all(tables.iter().map(|(name, table)| create_one(client, name, table))).await?;
    Ok(())
}

async fn create_one(client: &Client, name: &str, table: &Table) -> Result<()> {
    let definition = tables::definition(name, table).to_string();
    // The request is the same JSON that the embedded engine is asked with.
    let request =
        client.create_table().table_name(name).customize().mutate_request(move |request| {
            request.headers_mut().insert("content-length", definition.len().to_string());
            *request.body_mut() = definition.clone().into();
        });
    match request.send().await.map_err(SdkError::into_service_error) {
        Err(CreateTableError::ResourceInUseException(_)) => return Ok(()),
        outcome => outcome.map_err(failed)?,
    };
    client.wait_until_table_exists().table_name(name).wait(PATIENCE).await.map_err(failed)?;
    if let Some(attribute) = &table.time_to_live {
        let specification = TimeToLiveSpecification::builder().attribute_name(attribute);
        let specification = specification.enabled(true).build().map_err(failed)?;
        let request = client.update_time_to_live().table_name(name);
        request.time_to_live_specification(specification).send().await.map_err(failed)?;
    }
    Ok(())
}

fn failed(error: impl std::error::Error) -> EngineError {
    EngineError::DynamoDbLocal(DisplayErrorContext(error).to_string())
}
