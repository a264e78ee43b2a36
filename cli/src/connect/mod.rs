//! `chinwag connect`: what others write is printed while it happens, what is typed is sent.

mod outbox;
mod socket;
mod transcript;
mod typed;

use serde_json::json;

use crate::client::{Call, segment};
use crate::context::Context;
use crate::error::Result;
use crate::output::{name, note};
use crate::people::{id_of, text};
use crate::send::Recipient;
use outbox::Outbox;
use transcript::{Place, Transcript};

#[derive(Debug, clap::Args)]
pub struct Connect {
    /// With whom: a user name or an id.
    #[arg(required_unless_present = "group", conflicts_with = "group")]
    user: Option<String>,
    /// With all members of a group: its id, or `lobby`.
    #[arg(long)]
    group: Option<String>,
    /// How many of the last entries to begin with.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u8).range(..=100))]
    history: u8,
}

impl Connect {
    /// Ends when stdin ends and all lines are sent, or when the conversation is not the person's any more.
    pub async fn run(self, context: &Context) -> Result<()> {
        let client = context.account()?;
        let me = text(&client.call(Call::get("/v1/users/me")).await?, "userId")?;
        let (place, recipient, title) = match (&self.group, &self.user) {
            (Some(id), _) => {
                let path = format!("/v1/groups/{}", segment(id));
                let group = client.call(Call::get(path)).await?;
                let place = Place::of_group(me, text(&group, "conversationId")?);
                (place, Recipient::Group(id.clone()), text(&group, "name")?)
            }
            (None, who) => {
                let who = who.clone().unwrap_or_default();
                let peer = id_of(&client, &who).await?;
                (Place::with_person(me, peer.clone()), Recipient::Person(peer), who)
            }
        };
        let outbox = Outbox::new(&client, recipient, context.output);
        let mut transcript = Transcript::new(&client, place, context.output, outbox.own_ids());
        transcript.begin(self.history).await?;
        note(format_args!("{}: what you type is sent, Ctrl-D ends it", name(&title)));
        let (lines, typing) = typed::lines(context.output)?;
        tokio::select! {
            ended = socket::receive(&client, &mut transcript, context.output) => ended,
            (sent, ()) = async { tokio::join!(outbox.send_all(lines), typing) } => sent,
        }
    }
}

/// How long to wait between tries that go on until one goes well.
fn pauses() -> backon::ExponentialBuilder {
    backon::ExponentialBuilder::default()
        .with_min_delay(std::time::Duration::from_millis(200))
        .with_max_delay(std::time::Duration::from_secs(10))
        .without_max_times()
        .with_jitter()
}

/// A frame that asks for something.
fn frame(action: &str, mut fields: serde_json::Value) -> String {
    fields["action"] = json!(action);
    fields.to_string()
}
