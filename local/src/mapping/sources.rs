//! The mappings that `routes.json` asks for.

use std::collections::BTreeMap;
use std::sync::Arc;

use aws_sdk_dynamodbstreams::error::DisplayErrorContext;
use shared::events::EventHandler;
use shared::routes::{Functions, StreamSource};

use super::{Mapping, queue, stream};
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
    pub async fn start(&self, storage: &Storage) -> Result<Vec<Mapping>, StartError> {
        let mut mappings = Vec::new();
        for (name, function) in self.functions {
            if let Some(source) = &function.stream {
                let settings = self.stream(storage, name, source).await?;
                mappings.push(stream::start(settings).await?);
            }
            if let Some(source) = &function.queue {
                let (sqs, handler) = (Arc::clone(&self.sqs), self.handler(name)?);
                mappings.push(queue::start(sqs, source.clone(), handler));
            }
        }
        Ok(mappings)
    }

    async fn stream(
        &self,
        storage: &Storage,
        function: &str,
        source: &StreamSource,
    ) -> Result<stream::Settings, StartError> {
        let described = storage.events.describe_table().table_name(&source.table).send().await;
        let described = described
            .map_err(|error| EngineError::Stream(DisplayErrorContext(error).to_string()))?;
        let stream_arn = described.table.and_then(|table| table.latest_stream_arn);
        Ok(stream::Settings {
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
