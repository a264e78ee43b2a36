//! `chinwag block`.

use serde_json::json;

use crate::client::{Call, segment};
use crate::context::Context;
use crate::entries::clock;
use crate::error::Result;
use crate::output::{aside, name, safe};
use crate::people::{Names, id_of};

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Blocks somebody: neither can write to the other, and you see nothing of them.
    Add(Who),
    /// Unblocks somebody.
    Remove(Who),
    /// Lists whom you have blocked.
    List,
}

#[derive(Debug, clap::Args)]
pub struct Who {
    /// A user name or an id.
    user: String,
}

impl Command {
    pub async fn run(self, context: &Context) -> Result<()> {
        match self {
            Self::Add(who) => who.change(context, Call::put, "is blocked").await,
            Self::Remove(who) => who.change(context, Call::delete, "is not blocked any more").await,
            Self::List => list(context).await,
        }
    }
}

impl Who {
    async fn change(self, context: &Context, call: fn(String) -> Call, words: &str) -> Result<()> {
        let client = context.account()?;
        let id = id_of(&client, &self.user).await?;
        client.call(call(format!("/v1/blocks/{}", segment(&id)))).await?;
        let words = || format!("{} {words}", safe(&self.user));
        context.output.answer(&json!({ "userId": id }), words)
    }
}

async fn list(context: &Context) -> Result<()> {
    let client = context.account()?;
    let blocks = client.pages("/v1/blocks", &[], "blocks").await?;
    let (mut names, mut lines) = (Names::new(&client), Vec::new());
    if !context.output.is_json() {
        for block in &blocks {
            let since = clock(block["createdAt"].as_str().unwrap_or_default());
            let who = names.of(block["userId"].as_str().unwrap_or_default()).await;
            lines.push(format!("{} {}", name(&who), aside(format!("since {since}"))));
        }
    }
    context.output.answer(&json!({ "blocks": blocks }), || lines.join("\n"))
}
