//! `chinwag gateway`.

mod signature;

use http::Method;
use serde_json::{Value, json};

use crate::client::{Call, fresh_id};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::input;
use crate::output::safe;
use crate::people;
use signature::Signer;

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Says something to somebody, in order, until a device has confirmed it. It is signed with the AWS credentials of the
    /// environment, for the local server with those that it knows.
    Send(Send),
}

#[derive(Debug, clap::Args)]
pub struct Send {
    /// To whom: an id, or the user name, for which somebody must be signed in.
    to: String,
    /// What to say: any JSON; without it, what is on stdin.
    #[arg(value_name = "JSON")]
    message: Option<String>,
    /// Your own name for it: the same one within 5 minutes is sent once.
    #[arg(long, value_name = "ID")]
    deduplication_id: Option<String>,
    /// The region of the API, where neither its URL nor the AWS configuration says so.
    #[arg(long)]
    region: Option<String>,
}

impl Command {
    pub async fn run(self, context: &Context) -> Result<()> {
        let Self::Send(send) = self;
        send.run(context).await
    }
}

impl Send {
    async fn run(self, context: &Context) -> Result<()> {
        let message = self.message.map_or_else(input::stdin, Ok)?;
        let message: Value = serde_json::from_str(&message).map_err(|error| {
            Error::Usage(format!(
                "the message is no JSON ({error}); a text needs its quotes: '\"…\"'"
            ))
        })?;
        let user_id = if uuid::Uuid::try_parse(&self.to).is_ok() {
            self.to.clone()
        } else {
            people::id_of(&context.account()?, &self.to).await?
        };
        let client = context.anyone()?;
        let body = json!({
            "userId": user_id,
            "message": message,
            "deduplicationId": self.deduplication_id.unwrap_or_else(fresh_id),
        });
        let call = Call::new(Method::POST, "/v1/gateway/messages").body(body).repeatable();
        let signer = Signer::new(&context.profile()?, self.region).await?;
        let call = signer.sign(&client.url_of(&call), call)?;
        let answer = client.call(call).await?;
        context.output.answer(&answer, || {
            format!("queued as {}", safe(answer["messageId"].as_str().unwrap_or_default()))
        })
    }
}
