//! The DynamoDB that holds the tables, and its clients.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use aws_config::SdkConfig;
use aws_sdk_dynamodb::Client;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use dynoxide::Database;
use shared::tables::Tables;

use crate::aws::{self, WriteWatch};
use crate::engine::dynamodb::DynamoDb;
use crate::engine::streams::StreamRecords;
use crate::engine::{Result, dynamodb_local, tables};
use crate::permissions::Permissions;

/// The tables, all of them made, and their streams.
pub struct Storage {
    /// What the lambdas behind routes use.
    pub routes: Client,
    /// What the lambdas that are called otherwise use.
    pub events: Client,
    /// The streams.
    pub streams: aws_sdk_dynamodbstreams::Client,
    /// Tells of writes.
    pub writes: WriteWatch,
    /// What the engine keeps of the streams, where it is ours.
    pub records: Option<Arc<StreamRecords>>,
    /// The engine, where it is ours.
    pub engine: Option<DynamoDb>,
}

/// HTTP clients of tests that let calls fail; none: plain HTTP.
#[derive(Debug, Clone, Default)]
pub struct HttpClients {
    /// To DynamoDB, for the lambdas behind routes.
    pub routes: Option<SharedHttpClient>,
    /// To DynamoDB, for the lambdas that are called otherwise.
    pub events: Option<SharedHttpClient>,
    /// To the sockets: goes around the client that reaches them.
    pub sockets: Option<Around>,
}

/// Makes an HTTP client that goes around another.
#[derive(Clone)]
pub struct Around(pub Arc<dyn Fn(SharedHttpClient) -> SharedHttpClient + Send + Sync>);

impl std::fmt::Debug for Around {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Around")
    }
}

impl HttpClients {
    /// `plain`, the client that reaches the sockets, with what a test puts around it.
    pub(crate) fn around_sockets(&self, plain: SharedHttpClient) -> SharedHttpClient {
        match &self.sockets {
            Some(Around(around)) => around(plain),
            None => plain,
        }
    }
}

impl Storage {
    /// In the embedded engine, over `database`, which is in `file`.
    ///
    /// # Errors
    /// When the engine refuses.
    pub fn embedded(
        database: Database,
        file: &Path,
        tables: &Tables,
        permissions: &Permissions,
        http_clients: HttpClients,
    ) -> Result<Self> {
        tables::create(&database, tables)?;
        let records = StreamRecords::open(file)?;
        let engine = DynamoDb::start(database)?;
        let config = |http_client| aws::config(engine.address(), http_client);
        let mut storage = Self::over(config, tables, permissions, http_clients);
        storage.records = Some(Arc::new(records));
        storage.engine = Some(engine);
        Ok(storage)
    }

    /// In the DynamoDB Local at `address`, in the database of `access_key`.
    ///
    /// # Errors
    /// When DynamoDB Local refuses or does not answer.
    pub async fn dynamodb_local(
        address: SocketAddr,
        access_key: &str,
        tables: &Tables,
        permissions: &Permissions,
        http_clients: HttpClients,
    ) -> Result<Self> {
        let config = |http_client| dynamodb_local::config(address, access_key, http_client);
        dynamodb_local::create_tables(&Client::new(&config(None)), tables).await?;
        Ok(Self::over(config, tables, permissions, http_clients))
    }

    fn over(
        config: impl Fn(Option<SharedHttpClient>) -> SdkConfig,
        tables: &Tables,
        permissions: &Permissions,
        http_clients: HttpClients,
    ) -> Self {
        let with_stream = tables.iter().filter(|(_, table)| table.stream.is_some());
        let writes = WriteWatch::new(with_stream.map(|(name, _)| name.clone()));
        let client = |http_client| {
            let config = aws_sdk_dynamodb::config::Builder::from(&config(http_client))
                .interceptor(permissions.clone())
                .interceptor(writes.clone());
            Client::from_conf(config.build())
        };
        Self {
            routes: client(http_clients.routes),
            events: client(http_clients.events),
            streams: aws_sdk_dynamodbstreams::Client::new(&config(None)),
            writes,
            records: None,
            engine: None,
        }
    }
}
