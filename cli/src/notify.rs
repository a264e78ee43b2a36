//! `chinwag notify`.

use clap::{Args, Subcommand};
use serde_json::{Map, Value, json};

use crate::client::{Call, Client, fresh_id, segment};
use crate::context::Context;
use crate::error::Result;
use crate::output::{aside, safe};
use crate::token::{Claims, Secret};

/// For how many seconds a token is good: for the one request that it is made for.
const LIFETIME: u64 = 300;

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Sends mail.
    Email(Email),
    /// Sends text messages.
    Sms(Sms),
    /// Tells what became of a request.
    Status(Status),
}

/// Who sends.
#[derive(Debug, Args)]
struct Sender {
    /// As whom the request is made: what they send is theirs alone.
    #[arg(long, default_value = "chinwag")]
    token_subject: String,
    #[command(flatten)]
    secret: Secret,
}

/// What is sent, by mail or as a text message.
#[derive(Debug, Args)]
struct Notification {
    /// To whom: 1 to 100 addresses.
    #[arg(required = true, value_name = "TO")]
    to: Vec<String>,
    /// What it says; without it and without a template, what is on stdin.
    #[arg(long, value_name = "TEXT")]
    body: Option<String>,
    /// The name of a template that is kept.
    #[arg(long, value_name = "NAME", conflicts_with = "body")]
    template: Option<String>,
    /// The value of a placeholder.
    #[arg(long = "set", value_name = "NAME=VALUE", value_parser = substitution)]
    substitutions: Vec<(String, Value)>,
    /// Your own name for the request: it is sent once under that name.
    #[arg(long, value_name = "ID")]
    trace_id: Option<String>,
    #[command(flatten)]
    sender: Sender,
}

#[derive(Debug, Args)]
pub struct Email {
    #[command(flatten)]
    notification: Notification,
    /// The address that it comes from: one of the deployment's senders.
    #[arg(long, value_name = "ADDRESS")]
    from: String,
    /// What it is about.
    #[arg(long, value_name = "TEXT")]
    subject: Option<String>,
    /// Where answers go.
    #[arg(long, value_name = "ADDRESS")]
    reply_to: Option<String>,
}

#[derive(Debug, Args)]
pub struct Sms {
    #[command(flatten)]
    notification: Notification,
    /// The number that it comes from: one of the deployment's senders.
    #[arg(long, value_name = "NUMBER")]
    from: String,
    /// It advertises something: the carriers treat it as such.
    #[arg(long)]
    promotional: bool,
}

#[derive(Debug, Args)]
pub struct Status {
    /// The name of the request, which sending it has told.
    trace_id: String,
    #[command(flatten)]
    sender: Sender,
}

impl Command {
    pub async fn run(self, context: &Context) -> Result<()> {
        match self {
            Self::Email(email) => email.run(context).await,
            Self::Sms(sms) => sms.run(context).await,
            Self::Status(status) => status.run(context).await,
        }
    }
}

impl Email {
    async fn run(self, context: &Context) -> Result<()> {
        let mut message = self.notification.message()?;
        message.insert("FromAddress".to_owned(), self.from.into());
        let optional = [("Subject", self.subject), ("ReplyToAddress", self.reply_to)];
        for (name, value) in optional {
            message.extend(value.map(|value| (name.to_owned(), value.into())));
        }
        self.notification.send(context, "EMAIL", "EmailMessage", message).await
    }
}

impl Sms {
    async fn run(self, context: &Context) -> Result<()> {
        let mut message = self.notification.message()?;
        let kind = if self.promotional { "PROMOTIONAL" } else { "TRANSACTIONAL" };
        message.insert("MessageType".to_owned(), kind.into());
        message.insert("OriginationNumber".to_owned(), self.from.into());
        self.notification.send(context, "SMS", "SMSMessage", message).await
    }
}

impl Notification {
    /// What mail and text messages have in common.
    fn message(&self) -> Result<Map<String, Value>> {
        let (name, text) = match (&self.template, &self.body) {
            (Some(template), _) => ("TemplateName", template.clone()),
            (None, Some(body)) => ("MessageBody", body.clone()),
            (None, None) => ("MessageBody", crate::input::stdin()?),
        };
        let values: Map<String, Value> = self.substitutions.iter().cloned().collect();
        let message = [(name.to_owned(), text.into()), ("Substitutions".to_owned(), values.into())];
        Ok(Map::from_iter(message))
    }

    async fn send(
        self,
        context: &Context,
        channel: &str,
        field: &str,
        message: Map<String, Value>,
    ) -> Result<()> {
        let target = json!({ "ChannelType": channel });
        let addresses: Map<String, Value> =
            self.to.into_iter().map(|address| (address, target.clone())).collect();
        let mut body = json!({
            "TraceId": self.trace_id.unwrap_or_else(fresh_id),
            "Addresses": addresses,
        });
        body[field] = message.into();
        let client = self.sender.client(context).await?;
        let answer = client.call(Call::post("/v1/notifications", body).repeatable()).await?;
        context.output.answer(&answer, || {
            let trace_id = safe(answer["traceId"].as_str().unwrap_or_default());
            format!("on its way: chinwag notify status {trace_id}")
        })
    }
}

impl Status {
    async fn run(self, context: &Context) -> Result<()> {
        let client = self.sender.client(context).await?;
        let path = format!("/v1/notifications/{}", segment(&self.trace_id));
        let answer = client.call(Call::get(path)).await?;
        context.output.answer(&answer, || {
            let deliveries = answer["deliveries"].as_array();
            deliveries.into_iter().flatten().map(line).collect::<Vec<_>>().join("\n")
        })
    }
}

impl Sender {
    async fn client(&self, context: &Context) -> Result<Client> {
        let token = self.secret.sign(&Claims::new(&self.token_subject, LIFETIME)?).await?;
        Ok(context.anyone()?.with_token(&token))
    }
}

fn line(delivery: &Value) -> String {
    let text = |name: &str| safe(delivery[name].as_str().unwrap_or_default()).into_owned();
    format!("{}  {}  {}", text("address"), text("deliveryStatus"), aside(text("reason")))
}

fn substitution(text: &str) -> Result<(String, Value), String> {
    let (name, value) = text.split_once('=').ok_or("must be NAME=VALUE")?;
    Ok((name.to_owned(), value.into()))
}
