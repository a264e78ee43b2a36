//! Messages that were given up on: looking at them, and bringing them back.

use std::collections::BTreeSet;
use std::time::Duration;

use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::{Message, MessageSystemAttributeName, QueueAttributeName};
use serde_json::{Value, json};
use tokio::time::sleep;

use crate::aws::{account, refused};
use crate::context::Context;
use crate::error::Result;
use crate::output::{self, Output, safe};

/// How many messages one call receives (SQS' limit).
const MAX_BATCH: i32 = 10;
/// How often the progress of a move is asked for.
const PAUSE: Duration = Duration::from_secs(1);

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Lists messages of a dead-letter queue, without taking them.
    List {
        /// The queue's URL: one of the output `queue_urls` of a deployment, such as that of notifications-dlq.
        url: String,
        /// Show what they say, too: that is what somebody wrote, with their addresses.
        #[arg(long)]
        bodies: bool,
        /// How many, at the most.
        #[arg(long, default_value_t = 100)]
        limit: usize,
    },
    /// Moves all messages of a dead-letter queue back to where they came from, and waits until they are.
    Redrive {
        /// The queue's URL.
        url: String,
        /// How many a second, at the most: 1 to 500. By default SQS decides.
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(i32).range(1..=500))]
        rate: Option<i32>,
    },
}

impl Command {
    pub async fn run(self, context: &Context) -> Result<()> {
        let client = Client::new(&account().await);
        match self {
            Self::List { url, bodies, limit } => {
                list(context.output, &client, &url, bodies, limit).await
            }
            Self::Redrive { url, rate } => redrive(context.output, &client, &url, rate).await,
        }
    }
}

/// Of SQS one cannot ask for all: it is asked until it shows nothing new.
async fn list(
    output: Output,
    client: &Client,
    url: &str,
    bodies: bool,
    limit: usize,
) -> Result<()> {
    let (mut seen, mut listed, mut nothing_new) = (BTreeSet::new(), Vec::new(), 0);
    while listed.len() < limit && nothing_new < 3 {
        let before = listed.len();
        for message in look(client, url).await? {
            let id = message.message_id.clone().unwrap_or_default();
            if listed.len() < limit && seen.insert(id.clone()) {
                listed.push(Listed::new(id, message, bodies));
            }
        }
        nothing_new = if listed.len() == before { nothing_new + 1 } else { 0 };
    }
    let answer: Vec<Value> = listed.iter().map(Listed::to_json).collect();
    output.answer(&json!({ "messages": answer }), || {
        let mut lines: Vec<String> = listed.iter().map(Listed::to_lines).collect();
        lines.push(format!("{} messages", listed.len()));
        lines.join("\n")
    })
}

async fn look(client: &Client, url: &str) -> Result<Vec<Message>> {
    let output = client
        .receive_message()
        .queue_url(url)
        .max_number_of_messages(MAX_BATCH)
        // Hidden from others for moments, so that the next call shows others.
        .visibility_timeout(5)
        .message_system_attribute_names(MessageSystemAttributeName::SentTimestamp)
        .message_system_attribute_names(MessageSystemAttributeName::ApproximateReceiveCount)
        .send()
        .await
        .map_err(refused)?;
    Ok(output.messages.unwrap_or_default())
}

/// A message of the list.
struct Listed {
    id: String,
    sent: String,
    received: String,
    body: Option<String>,
}

impl Listed {
    fn new(id: String, message: Message, with_body: bool) -> Self {
        let mut attributes = message.attributes.unwrap_or_default();
        let mut attribute = |name| attributes.remove(&name).unwrap_or_default();
        Self {
            id,
            sent: attribute(MessageSystemAttributeName::SentTimestamp),
            received: attribute(MessageSystemAttributeName::ApproximateReceiveCount),
            body: message.body.filter(|_| with_body),
        }
    }

    fn to_json(&self) -> Value {
        let mut message = json!({
            "messageId": self.id,
            "sentMillis": self.sent.parse::<u64>().unwrap_or_default(),
            "receiveCount": self.received.parse::<u64>().unwrap_or_default(),
        });
        if let Some(body) = &self.body {
            message["body"] = body.as_str().into();
        }
        message
    }

    fn to_lines(&self) -> String {
        let Self { id, sent, received, body } = self;
        let line = format!("{id}  sent {sent} ms after 1970  received {received} times");
        match body {
            Some(body) => format!("{line}\n{}", safe(body)),
            None => line,
        }
    }
}

async fn redrive(output: Output, client: &Client, url: &str, rate: Option<i32>) -> Result<()> {
    let arn = QueueAttributeName::QueueArn;
    let attributes = client.get_queue_attributes().queue_url(url).attribute_names(arn.clone());
    let attributes = attributes.send().await.map_err(refused)?.attributes.unwrap_or_default();
    let arn = attributes.get(&arn).ok_or("the queue has no ARN")?;
    let request = client.start_message_move_task().source_arn(arn);
    request.set_max_number_of_messages_per_second(rate).send().await.map_err(refused)?;
    let progress = output::counter("moved")?;
    loop {
        let tasks = client.list_message_move_tasks().source_arn(arn).max_results(1).send();
        let tasks = tasks.await.map_err(refused)?.results.unwrap_or_default();
        let task = tasks.first().ok_or("SQS does not know of the move")?;
        let moved = task.approximate_number_of_messages_moved;
        match task.status.as_deref() {
            Some("RUNNING") => {
                progress.set_position(moved.try_into().unwrap_or_default());
                sleep(PAUSE).await;
            }
            Some("COMPLETED") => {
                progress.finish_and_clear();
                let words = || format!("{moved} messages moved");
                return output.answer(&json!({ "moved": moved }), words);
            }
            status => {
                let reason = task.failure_reason.as_deref().unwrap_or("no reason given");
                let status = status.unwrap_or("unknown");
                return Err(format!("the move is {status} after {moved} messages: {reason}").into());
            }
        }
    }
}
