//! The AWS SDK, pointed at the engines on loopback.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::Arc;

use aws_config::stalled_stream_protection::StalledStreamProtectionConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_dynamodb::config::{Credentials, SharedCredentialsProvider};
use aws_sdk_dynamodb::error::BoxError;
use aws_sdk_dynamodb::operation::batch_write_item::BatchWriteItemInput;
use aws_sdk_dynamodb::operation::delete_item::DeleteItemInput;
use aws_sdk_dynamodb::operation::put_item::PutItemInput;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsInput;
use aws_sdk_dynamodb::operation::update_item::UpdateItemInput;
use aws_smithy_async::rt::sleep::{SharedAsyncSleep, TokioSleep};
use aws_smithy_async::time::SystemTimeSource;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_runtime_api::client::interceptors::context::{
    BeforeSerializationInterceptorContextRef, FinalizerInterceptorContextRef, Input,
};
use aws_smithy_runtime_api::client::interceptors::{Intercept, dyn_dispatch_hint};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::{ConfigBag, Storable, StoreReplace};
use tokio::sync::watch;

/// As [`shared::aws::config`], with nothing taken from the environment. `http_client` is the plain one unless a test
/// brings its own.
pub fn config(engine: SocketAddr, http_client: Option<SharedHttpClient>) -> SdkConfig {
    let credentials = Credentials::new("local", "local", None, None, "local");
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static("us-east-1"))
        .endpoint_url(format!("http://{engine}"))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .http_client(http_client.unwrap_or_else(plain_http))
        .sleep_impl(SharedAsyncSleep::new(TokioSleep::new()))
        .time_source(SystemTimeSource::new())
        .retry_config(shared::aws::retries())
        .timeout_config(shared::aws::timeouts())
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
        .build()
}

/// Tells of every write to a table that has a stream when it is over, however it ended.
#[derive(Debug, Clone)]
pub struct WriteWatch {
    tables: Arc<BTreeSet<String>>,
    written: Arc<watch::Sender<()>>,
}

/// Says that a call writes to such a table.
#[derive(Debug)]
struct Writes;

impl Storable for Writes {
    type Storer = StoreReplace<Self>;
}

impl WriteWatch {
    /// For the tables that have a stream.
    pub fn new(tables: impl IntoIterator<Item = String>) -> Self {
        let tables = Arc::new(tables.into_iter().collect());
        Self { tables, written: Arc::new(watch::Sender::new(())) }
    }

    /// Sees what is written from now on.
    pub fn subscribe(&self) -> watch::Receiver<()> {
        self.written.subscribe()
    }

    /// Of a write to several tables it is not asked which.
    fn concerns(&self, input: &Input) -> bool {
        let table = None
            .or_else(|| input.downcast_ref::<PutItemInput>().map(PutItemInput::table_name))
            .or_else(|| input.downcast_ref::<UpdateItemInput>().map(UpdateItemInput::table_name))
            .or_else(|| input.downcast_ref::<DeleteItemInput>().map(DeleteItemInput::table_name));
        match table {
            Some(table) => table.is_some_and(|table| self.tables.contains(table)),
            None => {
                input.downcast_ref::<BatchWriteItemInput>().is_some()
                    || input.downcast_ref::<TransactWriteItemsInput>().is_some()
            }
        }
    }
}

#[dyn_dispatch_hint]
impl Intercept for WriteWatch {
    fn name(&self) -> &'static str {
        "WriteWatch"
    }

    fn read_before_execution(
        &self,
        context: &BeforeSerializationInterceptorContextRef<'_>,
        cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if self.concerns(context.input()) {
            cfg.interceptor_state().store_put(Writes);
        }
        Ok(())
    }

    fn read_after_execution(
        &self,
        _: &FinalizerInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if cfg.load::<Writes>().is_some() {
            self.written.send_replace(());
        }
        Ok(())
    }
}

fn plain_http() -> SharedHttpClient {
    aws_smithy_http_client::Builder::new().build_http()
}
