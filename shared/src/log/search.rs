//! Send once: looking for the message of a client id before every put.

use super::retry::Retry;
use crate::app::App;
use crate::error::{Error, Result};
use crate::model::{ClientId, ConversationId, Entry, Seq, UserId};
use crate::store::{Claim, Claimed, Consistency};

/// How many entries one look further back reads.
const PAGE: usize = 100;

/// The search for the message of one client id. Whatever a log holds of it is at or after the claim's time, because an
/// entry's time is never before its claim's and never falls as `seq` grows.
#[derive(Debug)]
pub(super) struct Search<'a> {
    sender: &'a UserId,
    client_id: &'a ClientId,
    claim: Claim,
}

impl<'a> Search<'a> {
    /// Claims `client_id` for what `claim` says, or goes on where an earlier request of the same content began.
    ///
    /// # Errors
    /// `ClientIdReused` where it stands for another content.
    pub async fn begin(
        app: &App,
        sender: &'a UserId,
        client_id: &'a ClientId,
        claim: Claim,
    ) -> Result<Self> {
        let claim = match app.sent_ids.claim(&claim).await? {
            Claimed::Now => claim,
            Claimed::Before(earlier) if earlier.content_hash == claim.content_hash => *earlier,
            Claimed::Before(_) => return Err(Error::ClientIdReused("clientMessageId")),
        };
        Ok(Self { sender, client_id, claim })
    }

    /// The claim that the message's time may not be before.
    pub fn claim(&self) -> &Claim {
        &self.claim
    }

    /// The message, if it is in the log. `newest` are the log's last entries, the newest first, read eventually.
    ///
    /// # Errors
    /// `Unavailable` when the search takes too long.
    pub async fn back_from(
        &self,
        app: &App,
        conversation: &ConversationId,
        newest: &[Entry],
        retry: &Retry,
    ) -> Result<Option<Entry>> {
        if let Some(seq) = self.claim.seq {
            let entry = app.messages.get(conversation, seq, Consistency::Strong).await?;
            return entry.map(Some).ok_or(Error::NotFound("message"));
        }
        let newest = without_gap(newest);
        if let Some(entry) = self.among(app, newest).await? {
            return Ok(Some(entry));
        }
        let mut oldest = newest.last().cloned();
        while let Some(entry) = oldest.filter(|oldest| self.may_precede(oldest)) {
            retry.check()?;
            let page = app.messages.newest(conversation, Some(entry.seq), PAGE).await?;
            if let Some(entry) = self.among(app, &page).await? {
                return Ok(Some(entry));
            }
            oldest = page.last().cloned();
        }
        Ok(None)
    }

    /// The message, if it is one of `entries`; its place is noted for the next repeat.
    pub async fn among(&self, app: &App, entries: &[Entry]) -> Result<Option<Entry>> {
        let Some(entry) = entries.iter().find(|entry| self.is_it(entry)) else { return Ok(None) };
        app.sent_ids.note_seq(&self.claim, entry.seq).await?;
        Ok(Some(entry.clone()))
    }

    /// Whether the message may stand before `oldest`.
    fn may_precede(&self, oldest: &Entry) -> bool {
        oldest.seq > Seq::FIRST && oldest.created_at >= self.claim.created_at
    }

    /// An entry before the claim's time is of an earlier claim, which has expired.
    fn is_it(&self, entry: &Entry) -> bool {
        entry.actor_id == *self.sender
            && entry.created_at >= self.claim.created_at
            && entry
                .message()
                .is_some_and(|message| message.client_message_id.as_ref() == Some(self.client_id))
    }
}

/// The part of `newest` that is sure to have no gap: an eventual read could come from a copy that misses an entry.
fn without_gap(newest: &[Entry]) -> &[Entry] {
    let dense = newest.windows(2).take_while(|pair| pair[1].seq.next() == pair[0].seq).count();
    &newest[..newest.len().min(dense + 1)]
}
