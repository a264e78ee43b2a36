//! `chinwag send`, and what a message has wherever it is sent.

use serde_json::{Value, json};

use crate::client::{Call, Client, fresh_id, segment};
use crate::context::Context;
use crate::error::Result;
use crate::input::Text;
use crate::people;

#[derive(Debug, clap::Args)]
pub struct Send {
    /// To whom: a user name or an id.
    to: String,
    #[command(flatten)]
    message: Message,
}

/// A message to be sent.
#[derive(Debug, clap::Args)]
pub struct Message {
    #[command(flatten)]
    text: Text,
    /// The number of the message that this one answers.
    #[arg(long, value_name = "SEQ")]
    reply_to: Option<u64>,
    /// Your own name for it: who sends it again under that name within a day sends nothing twice.
    #[arg(long, value_name = "ID")]
    client_message_id: Option<String>,
}

/// Where messages go.
#[derive(Debug, Clone)]
pub enum Recipient {
    /// Somebody's id.
    Person(String),
    /// A group's id.
    Group(String),
}

impl Send {
    pub async fn run(self, context: &Context) -> Result<()> {
        let client = context.account()?;
        let recipient = Recipient::Person(people::id_of(&client, &self.to).await?);
        self.message.send(context, &client, &recipient).await
    }
}

impl Message {
    /// Sends it, and prints what became of it.
    pub async fn send(self, context: &Context, client: &Client, to: &Recipient) -> Result<()> {
        let mut body = json!({ "body": self.text.read()? });
        if let Some(seq) = self.reply_to {
            body["replyTo"] = seq.into();
        }
        body["clientMessageId"] = self.client_message_id.unwrap_or_else(fresh_id).into();
        let sent = client.call(to.call(body)).await?;
        context.output.answer(&sent, || format!("sent, #{}", sent["seq"]))
    }
}

impl Recipient {
    /// The request that sends `body`, which has a `clientMessageId`: it can be repeated.
    pub fn call(&self, mut body: Value) -> Call {
        let path = match self {
            Self::Person(id) => {
                body["recipientId"] = id.as_str().into();
                "/v1/messages".to_owned()
            }
            Self::Group(id) => format!("/v1/groups/{}/messages", segment(id)),
        };
        Call::post(path, body).repeatable()
    }
}
