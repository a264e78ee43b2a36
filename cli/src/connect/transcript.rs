//! What was said in one conversation, each entry once and in order, however it came.

use serde_json::json;

use super::outbox::OwnIds;
use crate::client::{Call, Client, list, segment};
use crate::entries::Entry;
use crate::error::Result;
use crate::output::Output;
use crate::people::Names;

/// How many entries a page of the log has.
const PAGE: u64 = 100;

/// Which conversation.
pub struct Place {
    /// Its id; that of two people who never wrote is not known yet.
    conversation: Option<String>,
    /// Oneself.
    me: String,
    /// The other one, in a direct conversation.
    peer: Option<String>,
}

/// The conversation as it was printed.
pub struct Transcript {
    client: Client,
    place: Place,
    output: Output,
    names: Names,
    own_ids: OwnIds,
    /// The last entry that was printed.
    last: u64,
}

impl Place {
    /// A group's conversation, which `me` takes part in.
    pub fn of_group(me: String, conversation: String) -> Self {
        Self { conversation: Some(conversation), me, peer: None }
    }

    /// The conversation of `me` with another.
    pub fn with_person(me: String, peer: String) -> Self {
        Self { conversation: None, me, peer: Some(peer) }
    }

    fn is_of(&self, entry: &Entry) -> bool {
        if let Some(id) = &self.conversation {
            return entry.text("conversationId") == id;
        }
        let people = [entry.text("senderId"), entry.text("recipientId")];
        let (me, peer) = (self.me.as_str(), self.peer.as_deref().unwrap_or_default());
        people == [me, peer] || people == [peer, me]
    }

    /// Whether nothing more is heard of it after `entry`.
    fn ends_with(&self, entry: &Entry) -> bool {
        match entry.text("type") {
            "groupDeleted" => true,
            "memberRemoved" => entry.text("target") == self.me,
            _ => false,
        }
    }
}

impl Transcript {
    /// One that nothing was printed of; messages with `own_ids` are on the screen already.
    pub fn new(client: &Client, place: Place, output: Output, own_ids: OwnIds) -> Self {
        let names = Names::new(client);
        Self { client: client.clone(), place, output, names, own_ids, last: 0 }
    }

    /// Prints the newest entries.
    pub async fn begin(&mut self, count: u8) -> Result<()> {
        let Some(path) = self.path().await? else { return Ok(()) };
        let newest = self.entries(&format!("{path}?limit={}", count.max(1))).await?;
        let skipped = if count == 0 { newest.len() } else { 0 };
        self.last = newest.iter().take(skipped).map(Entry::seq).max().unwrap_or_default();
        for entry in newest.into_iter().skip(skipped) {
            self.print(&entry).await?;
        }
        Ok(())
    }

    /// Prints everything that is behind what was printed.
    pub async fn catch_up(&mut self) -> Result<()> {
        let Some(path) = self.path().await? else { return Ok(()) };
        loop {
            let page = format!("{path}?after={}&limit={PAGE}", self.last);
            let entries = self.entries(&page).await?;
            if entries.is_empty() {
                return Ok(());
            }
            for entry in entries {
                self.print(&entry).await?;
            }
        }
    }

    /// Prints an entry that was pushed: not twice, and what is missing before it first. Says whether it was the last one.
    pub async fn take(&mut self, entry: Entry) -> Result<bool> {
        if !self.place.is_of(&entry) || entry.seq() <= self.last {
            return Ok(false);
        }
        if self.place.conversation.is_none() {
            self.place.conversation = Some(entry.text("conversationId").to_owned());
        }
        if entry.seq() > self.last + 1 {
            self.catch_up().await?;
        }
        self.print(&entry).await?;
        Ok(self.place.ends_with(&entry))
    }

    /// The conversation, and its last entry that was printed.
    pub fn position(&self) -> Option<(&str, u64)> {
        let conversation = self.place.conversation.as_deref()?;
        (self.last > 0).then_some((conversation, self.last))
    }

    async fn print(&mut self, entry: &Entry) -> Result<()> {
        if entry.seq() <= self.last {
            return Ok(());
        }
        self.last = entry.seq();
        if self.output.is_json() {
            return self.output.answer(entry, String::new);
        }
        if self.own_ids.borrow().contains(entry.text("clientMessageId")) {
            return Ok(());
        }
        let line = entry.line(&mut self.names).await.unwrap_or_default();
        self.output.answer(entry, || line)?;
        if entry.text("type") == "edited" { self.print_target(entry).await } else { Ok(()) }
    }

    /// What an edited message says now. One that is gone by now is told of by a later entry.
    async fn print_target(&mut self, entry: &Entry) -> Result<()> {
        let (Some(path), Some(seq)) = (self.path().await?, entry.target()) else { return Ok(()) };
        match self.client.call(Call::get(format!("{path}/{seq}"))).await {
            Ok(message) => {
                let message = Entry::from(message);
                let line = message.line(&mut self.names).await.unwrap_or_default();
                self.output.answer(&message, || line)
            }
            Err(error) if error.status() == Some(404) => Ok(()),
            Err(error) => Err(error),
        }
    }

    async fn entries(&self, path: &str) -> Result<Vec<Entry>> {
        let mut page = self.client.call(Call::get(path)).await?;
        Ok(list(&mut page, "entries").into_iter().map(Entry::from).collect())
    }

    /// Where the log is; nowhere while two people have never written.
    async fn path(&mut self) -> Result<Option<String>> {
        if let (None, Some(peer)) = (&self.place.conversation, &self.place.peer) {
            let all = self.client.pages("/v1/conversations", &[], "conversations").await?;
            let found = all.iter().find(|conversation| conversation["peerId"] == json!(peer));
            let id = found.and_then(|conversation| conversation["conversationId"].as_str());
            self.place.conversation = id.map(str::to_owned);
        }
        let id = self.place.conversation.as_deref();
        Ok(id.map(|id| format!("/v1/conversations/{}/messages", segment(id))))
    }
}
