//! `chinwag check`.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::client::{Call, Client, segment};
use crate::context::Context;
use crate::entries::Entry;
use crate::error::Result;
use crate::output::{aside, safe};
use crate::people::Names;

#[derive(Debug, clap::Args)]
pub struct Check {
    /// Mark as read what is printed.
    #[arg(long)]
    read: bool,
}

impl Check {
    pub async fn run(self, context: &Context) -> Result<()> {
        let client = context.account()?;
        let messages = client.pages("/v1/messages", &[], "messages").await?;
        let words = if context.output.is_json() {
            String::new()
        } else {
            in_words(&client, &messages).await
        };
        context.output.answer(&json!({ "messages": messages }), || words)?;
        if self.read { mark_read(&client, messages).await } else { Ok(()) }
    }
}

/// Conversation by conversation, as they came.
async fn in_words(client: &Client, messages: &[Value]) -> String {
    let mut names = Names::new(client);
    let (mut lines, mut last) = (Vec::new(), None);
    for message in messages {
        let entry = Entry::from(message.clone());
        let group = entry.text("groupId");
        let conversation = Some(message["conversationId"].clone());
        if !group.is_empty() && last != conversation {
            lines.push(aside(format!(
                "in {} ({})",
                safe(&names.of_group(group).await),
                safe(group)
            )));
        }
        lines.extend(entry.line(&mut names).await);
        last = conversation;
    }
    if lines.is_empty() { "nothing new".to_owned() } else { lines.join("\n") }
}

async fn mark_read(client: &Client, messages: Vec<Value>) -> Result<()> {
    let mut read = BTreeMap::new();
    for entry in messages.into_iter().map(Entry::from) {
        let seq = read.entry(entry.text("conversationId").to_owned()).or_default();
        *seq = entry.seq().max(*seq);
    }
    for (conversation, seq) in read {
        let path = format!("/v1/conversations/{}/read", segment(&conversation));
        client.call(Call::put(path).body(json!({ "seq": seq }))).await?;
    }
    Ok(())
}
