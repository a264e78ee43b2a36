//! Event source mappings: what calls a lambda when there is something to do, as Lambda itself does it.

mod stream;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use aws_sdk_dynamodbstreams::error::DisplayErrorContext;
use serde_json::Value;
use shared::events::EventHandler;
use shared::routes::{Functions, StreamSource};

pub use stream::StreamMapping;

use self::stream::StreamSettings;
use crate::engine::EngineError;
use crate::engine::documents::Documents;
use crate::engine::sqs::Sqs;
use crate::error::StartError;
use crate::storage::Storage;

/// What the mappings are made of.
pub struct Sources<'a> {
    /// The rows of `routes.json`.
    pub functions: &'a Functions,
    /// The lambdas by their names there.
    pub events: &'a BTreeMap<&'static str, EventHandler>,
    /// Where it is kept how far a lambda has come.
    pub documents: Documents,
    /// The queues.
    pub sqs: Arc<Sqs>,
}

impl Sources<'_> {
    /// Starts every mapping that `routes.json` asks for.
    ///
    /// # Errors
    /// When a lambda is missing or a stream cannot be read.
    pub async fn start(&self, storage: &Storage) -> Result<Vec<StreamMapping>, StartError> {
        let mut mappings = Vec::new();
        for (name, function) in self.functions {
            if let Some(source) = &function.stream {
                let settings = self.stream(storage, name, source).await?;
                mappings.push(StreamMapping::start(settings).await?);
            }
        }
        Ok(mappings)
    }

    async fn stream(
        &self,
        storage: &Storage,
        function: &str,
        source: &StreamSource,
    ) -> Result<StreamSettings, StartError> {
        let described = storage.events.describe_table().table_name(&source.table).send().await;
        let described = described
            .map_err(|error| EngineError::Stream(DisplayErrorContext(error).to_string()))?;
        let stream_arn = described.table.and_then(|table| table.latest_stream_arn);
        Ok(StreamSettings {
            function: function.to_owned(),
            handler: self.handler(function)?,
            source: source.clone(),
            stream_arn: stream_arn.unwrap_or_default(),
            client: storage.streams.clone(),
            documents: self.documents.clone(),
            sqs: Arc::clone(&self.sqs),
            written: Arc::clone(&storage.written),
            trim: storage.trim.clone(),
        })
    }

    fn handler(&self, function: &str) -> Result<EventHandler, StartError> {
        let handler = self.events.get(function).map(Arc::clone);
        handler.ok_or_else(|| StartError::UnknownFunction(function.to_owned()))
    }
}

/// Which parts of a batch failed, by what the lambda answered; all of them where it failed or its answer cannot be read.
fn failures(answer: Result<Value, shared::events::Failed>) -> Option<BTreeSet<String>> {
    let answer = answer.ok()?;
    let Some(failures) = answer.get("batchItemFailures").filter(|failures| !failures.is_null())
    else {
        return Some(BTreeSet::new());
    };
    let id = |failure: &Value| failure["itemIdentifier"].as_str().map(str::to_owned);
    failures.as_array()?.iter().map(id).collect()
}
