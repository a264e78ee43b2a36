//! A queue's messages for a lambda.

use std::sync::Arc;

use serde_json::{Value, json};
use shared::events::EventHandler;
use shared::routes::QueueSource;
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::{Mapping, PAUSE, invoke};
use crate::engine::sqs::{Received, Sqs, sequence_number};

/// How many calls may run side by side.
const MAX_CALLS: usize = 8;

/// Receives, calls, deletes.
#[derive(Clone)]
struct Pump {
    sqs: Arc<Sqs>,
    source: QueueSource,
    handler: EventHandler,
}

/// Hands the messages of a queue to a lambda: those of a group one after the other, of several groups side by side. What
/// the lambda does not report as failed is deleted; the rest comes again when its visibility timeout has ended.
#[must_use]
pub fn start(sqs: Arc<Sqs>, source: QueueSource, handler: EventHandler) -> Mapping {
    let pump = Pump { sqs, source, handler };
    Mapping::start(|stopped| pump.run(stopped))
}

impl Pump {
    async fn run(self, mut stopped: watch::Receiver<bool>) {
        let mut calls = JoinSet::new();
        while !*stopped.borrow() {
            let room = calls.len() < self.source.maximum_concurrency.unwrap_or(MAX_CALLS);
            let batch = if room { self.receive().await } else { Vec::new() };
            if !batch.is_empty() {
                calls.spawn(self.clone().handle(batch));
                continue;
            }
            tokio::select! {
                _ = stopped.changed() => {}
                () = self.sqs.wait(&self.source.name), if room => {}
                Some(_) = calls.join_next() => {}
            }
        }
        while calls.join_next().await.is_some() {}
    }

    async fn receive(&self) -> Vec<Received> {
        let Self { sqs, source, .. } = self.clone();
        let receive = move || sqs.receive(&source.name, source.batch_size);
        match tokio::task::spawn_blocking(receive).await {
            Ok(Ok(received)) => received,
            Ok(Err(error)) => {
                tracing::error!(%error, queue = self.source.name, "nothing can be received");
                tokio::time::sleep(PAUSE).await;
                Vec::new()
            }
            Err(_) => Vec::new(),
        }
    }

    async fn handle(self, batch: Vec<Received>) {
        let event = event(&batch, &self.sqs.arn(&self.source.name));
        let ids: Vec<&str> = batch.iter().map(|each| each.message.message_id.as_str()).collect();
        let Ok(failed) = invoke(&self.handler, event, &ids).await else {
            tracing::error!(queue = self.source.name, "a batch failed and comes again");
            return;
        };
        let deletion = tokio::task::spawn_blocking(move || {
            let done = batch.iter().filter(|each| !failed.contains(&each.message.message_id));
            self.sqs.delete(&self.source.name, done)
        });
        if let Ok(Err(error)) = deletion.await {
            tracing::error!(%error, "messages could not be deleted and come again");
        }
    }
}

fn event(batch: &[Received], arn: &str) -> Value {
    json!({ "Records": batch.iter().map(|each| record(each, arn)).collect::<Value>() })
}

fn record(received: &Received, arn: &str) -> Value {
    let message = &received.message;
    let mut attributes = json!({
        "ApproximateReceiveCount": message.receive_count.to_string(),
        "SentTimestamp": message.sent_at.to_string(),
        "SenderId": "local",
        "ApproximateFirstReceiveTimestamp": message.first_received_at.to_string(),
    });
    if let (Some(group), Some(id)) = (&message.group_id, &message.deduplication_id) {
        attributes["SequenceNumber"] = sequence_number(message.sequence).into();
        attributes["MessageGroupId"] = group.as_str().into();
        attributes["MessageDeduplicationId"] = id.as_str().into();
    }
    json!({
        "messageId": message.message_id,
        "receiptHandle": received.receipt_handle(),
        "body": message.body,
        "attributes": attributes,
        "messageAttributes": {},
        "md5OfBody": format!("{:x}", md5::compute(&message.body)),
        "eventSource": "aws:sqs",
        "eventSourceARN": arn,
        "awsRegion": "us-east-1",
    })
}

#[cfg(test)]
mod tests;
