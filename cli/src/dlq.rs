//! Messages that were given up on: looking at them, and bringing them back.

use std::io::{IsTerminal, Write};
use std::time::Duration;

use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::{MessageSystemAttributeName, QueueAttributeName};
use tokio::time::sleep;

use crate::{Result, account, refused, say};

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
    pub async fn run(self) -> Result<()> {
        let client = Client::new(&account().await);
        match self {
            Self::List { url, bodies, limit } => list(&client, &url, bodies, limit).await,
            Self::Redrive { url, rate } => redrive(&client, &url, rate).await,
        }
    }
}

/// Of SQS one cannot ask for all: it is asked until it shows nothing new.
async fn list(client: &Client, url: &str, bodies: bool, limit: usize) -> Result<()> {
    use MessageSystemAttributeName::{ApproximateReceiveCount, SentTimestamp};
    let mut seen = std::collections::BTreeSet::new();
    let mut nothing_new = 0;
    while seen.len() < limit && nothing_new < 3 {
        let output = client
            .receive_message()
            .queue_url(url)
            .max_number_of_messages(MAX_BATCH)
            // Hidden from others for moments, so that the next call shows others.
            .visibility_timeout(5)
            .message_system_attribute_names(SentTimestamp)
            .message_system_attribute_names(ApproximateReceiveCount)
            .send()
            .await
            .map_err(refused)?;
        let before = seen.len();
        for message in output.messages.unwrap_or_default() {
            let id = message.message_id.clone().unwrap_or_default();
            if seen.len() == limit || !seen.insert(id.clone()) {
                continue;
            }
            let attribute = |name| {
                let attributes = message.attributes.as_ref();
                attributes.and_then(|all| all.get(&name)).cloned().unwrap_or_default()
            };
            let (sent, received) = (attribute(SentTimestamp), attribute(ApproximateReceiveCount));
            say(format!("{id}  sent {sent} ms after 1970  received {received} times"));
            if bodies {
                say(message.body.as_deref().unwrap_or_default());
            }
        }
        nothing_new = if seen.len() == before { nothing_new + 1 } else { 0 };
    }
    say(format!("{} messages", seen.len()));
    Ok(())
}

async fn redrive(client: &Client, url: &str, rate: Option<i32>) -> Result<()> {
    let arn = QueueAttributeName::QueueArn;
    let attributes = client.get_queue_attributes().queue_url(url).attribute_names(arn.clone());
    let attributes = attributes.send().await.map_err(refused)?.attributes.unwrap_or_default();
    let arn = attributes.get(&arn).ok_or("the queue has no ARN")?;
    let request = client.start_message_move_task().source_arn(arn);
    request.set_max_number_of_messages_per_second(rate).send().await.map_err(refused)?;
    loop {
        let tasks = client.list_message_move_tasks().source_arn(arn).max_results(1).send();
        let tasks = tasks.await.map_err(refused)?.results.unwrap_or_default();
        let task = tasks.first().ok_or("SQS does not know of the move")?;
        let moved = task.approximate_number_of_messages_moved;
        match task.status.as_deref() {
            Some("RUNNING") => {
                if std::io::stderr().is_terminal() {
                    let _ = write!(std::io::stderr(), "\r{moved} moved");
                }
                sleep(PAUSE).await;
            }
            Some("COMPLETED") => {
                say(format!("{moved} messages moved"));
                return Ok(());
            }
            status => {
                let reason = task.failure_reason.as_deref().unwrap_or("no reason given");
                let status = status.unwrap_or("unknown");
                return Err(format!("the move is {status} after {moved} messages: {reason}").into());
            }
        }
    }
}
