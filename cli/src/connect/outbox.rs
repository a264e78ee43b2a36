//! What is typed, on its way to the server: in order, each line until it is answered, and each once.

use std::cell::RefCell;
use std::collections::HashSet;
use std::rc::Rc;

use backon::Retryable;
use serde_json::{Value, json};
use tokio::sync::mpsc::Receiver;

use super::pauses;
use crate::client::{Client, fresh_id};
use crate::error::{Error, Result};
use crate::output::{self, Output};
use crate::send::Recipient;

/// The ids of the messages that were typed here.
pub type OwnIds = Rc<RefCell<HashSet<String>>>;

/// Sends lines.
pub struct Outbox {
    client: Client,
    recipient: Recipient,
    output: Output,
    own_ids: OwnIds,
}

impl Outbox {
    /// Sends to `recipient`.
    pub fn new(client: &Client, recipient: Recipient, output: Output) -> Self {
        Self { client: client.clone(), recipient, output, own_ids: OwnIds::default() }
    }

    /// The ids of what is sent, before it is.
    pub fn own_ids(&self) -> OwnIds {
        Rc::clone(&self.own_ids)
    }

    /// Sends one line after the other, until there are no more. A line that is refused holds up no other.
    pub async fn send_all(&self, mut lines: Receiver<String>) -> Result<()> {
        let mut refused = 0_usize;
        while let Some(line) = lines.recv().await {
            if line.trim().is_empty() {
                continue;
            }
            match self.send(&line).await {
                Ok(_) => {}
                Err(error @ Error::NotSignedIn(_)) => return Err(error),
                Err(error) => {
                    self.output.error(&error);
                    refused += 1;
                }
            }
        }
        match refused {
            0 => Ok(()),
            count => Err(format!("{count} of the messages were refused").into()),
        }
    }

    /// Repeats a message under its id until the server says what became of it.
    async fn send(&self, line: &str) -> Result<Value> {
        let id = fresh_id();
        self.own_ids.borrow_mut().insert(id.clone());
        let body = json!({ "body": line, "clientMessageId": id });
        let mut told = false;
        (|| self.client.call(self.recipient.call(body.clone())))
            .retry(pauses())
            .when(Error::may_pass)
            .adjust(|error, pause| {
                pause.map(|pause| error.retry_after().unwrap_or(pause).max(pause))
            })
            .notify(|error, _| {
                if !std::mem::replace(&mut told, true) {
                    output::note(format_args!("not sent yet, trying again: {error}"));
                }
            })
            .await
    }
}
