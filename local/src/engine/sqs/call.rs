//! What clients call over HTTP.

use serde_json::{Value, json};

use super::queue::Queue;
use super::request::{self, SendMessage, SendMessageBatch, Sent};
use super::{ACCOUNT, Sqs};
use crate::engine::EngineError;
use crate::engine::aws_json::{Outcome, Refusal, run};

impl Sqs {
    /// Answers a call; blocks its thread for as long as the disk takes.
    ///
    /// # Errors
    /// As SQS.
    pub fn call(&self, operation: &str, body: &[u8]) -> Outcome {
        match operation {
            "SendMessage" => run(body, |input| self.send_message(input)),
            "SendMessageBatch" => run(body, |input| self.send_message_batch(input)),
            _ => Err(Refusal::unknown_operation()),
        }
    }

    fn send_message(&self, input: SendMessage) -> Result<Sent, Refusal> {
        let (name, queue) = self.addressed(input.queue_url.as_deref())?;
        let message = input.message(queue.fifo)?;
        let sent = self.send(name, &[message]).map_err(|error| failed(&error))?;
        sent.into_iter().next().ok_or_else(|| Refusal::internal("InternalFailure"))
    }

    fn send_message_batch(&self, input: SendMessageBatch) -> Result<Value, Refusal> {
        let (name, queue) = self.addressed(input.queue_url.as_deref())?;
        input.check()?;
        let (mut ids, mut messages, mut refused) = (Vec::new(), Vec::new(), Vec::new());
        for entry in input.entries {
            let id = entry.id.clone();
            match entry.message(queue.fifo) {
                Ok(message) => {
                    ids.push(id);
                    messages.push(message);
                }
                Err(Refusal { code, message }) => refused.push(
                    json!({ "Id": id, "SenderFault": true, "Code": code, "Message": message }),
                ),
            }
        }
        let sent = self.send(name, &messages).map_err(|error| failed(&error))?;
        let accepted = ids.into_iter().zip(sent).map(|(id, sent)| {
            let mut answer = json!(sent);
            answer["Id"] = id.into();
            answer
        });
        Ok(json!({ "Successful": accepted.collect::<Value>(), "Failed": refused }))
    }

    fn addressed(&self, url: Option<&str>) -> Result<(&str, &Queue), Refusal> {
        let url = url.ok_or_else(|| request::missing("QueueUrl"))?;
        let name = url.rsplit_once(&format!("/{ACCOUNT}/")).map_or("", |(_, name)| name);
        let known = self.queues.iter().find(|(known, _)| self.full_name(known) == name);
        let (name, queue) = known.ok_or_else(|| Refusal {
            code: "QueueDoesNotExist",
            message: "The specified queue does not exist.".to_owned(),
        })?;
        Ok((name, queue))
    }
}

fn failed(error: &EngineError) -> Refusal {
    tracing::error!(%error, "the queue could not be written");
    Refusal::internal("InternalFailure")
}
