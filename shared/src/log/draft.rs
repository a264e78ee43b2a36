//! A message that somebody wants to send, and the entry that it becomes.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use super::retry::Retry;
use super::search::Search;
use crate::app::App;
use crate::error::{Error, Result};
use crate::model::{
    ClientId, Content, ConversationId, Entry, EntryId, Message, MessageBody, Seq, Streak,
    Timestamp, UserId,
};
use crate::store::Claim;

/// A message that somebody wants to send.
#[derive(Debug, Clone)]
pub struct Draft {
    /// Who.
    pub sender: UserId,
    /// Where to.
    pub conversation: ConversationId,
    /// What.
    pub body: MessageBody,
    /// In answer to which message.
    pub reply_to: Option<Seq>,
    /// The client's own name for it, which makes a repeat harmless.
    pub client_message_id: Option<ClientId>,
}

impl Draft {
    /// The entry behind `tip`: its time is never before the last one's or the claim's.
    ///
    /// # Errors
    /// `TooMany` where the sender's messages in a row are more than a second allows.
    pub(super) fn entry(
        &self,
        app: &App,
        entry_id: &EntryId,
        tip: Option<&Entry>,
        claim: Option<&Claim>,
        retry: &Retry,
    ) -> Result<Entry> {
        let now = Timestamp::now();
        let streak = Streak::behind(tip, &self.sender, now, true);
        if let Some(quota) = app.flood_limit.and_then(|limit| streak.exceeded(limit, now)) {
            return Err(Error::TooMany(quota));
        }
        let earliest = tip.map(|tip| tip.created_at).max(claim.map(|claim| claim.created_at));
        Ok(Entry {
            conversation_id: self.conversation.clone(),
            seq: tip.map_or(Seq::ZERO, |tip| tip.seq).next(),
            entry_id: entry_id.clone(),
            actor_id: self.sender.clone(),
            created_at: earliest.map_or(now, |earliest| earliest.max(now)),
            author_id: None,
            waited_millis: retry.waited_millis(),
            streak,
            content: Content::Message(Message {
                body: Some(self.body.clone()),
                reply_to: self.reply_to,
                client_message_id: self.client_message_id.clone(),
                edited_at: None,
                deleted_at: None,
            }),
        })
    }

    /// Claims the client's id for this message, where it has one.
    ///
    /// # Errors
    /// `ClientIdReused`.
    pub(super) async fn begin_search<'a>(&'a self, app: &App) -> Result<Option<Search<'a>>> {
        let Some(client_id) = &self.client_message_id else { return Ok(None) };
        let (sender, conversation) = (self.sender.clone(), self.conversation.clone());
        let claim = Claim::of_message(sender, client_id, conversation, self.hash());
        Search::begin(app, &self.sender, client_id, claim).await.map(Some)
    }

    /// The SHA-256 of where it goes and what it says; a part cannot run over into the next.
    fn hash(&self) -> String {
        let reply_to = self.reply_to.map_or_else(String::new, |seq| seq.to_string());
        let parts = [self.conversation.to_string(), reply_to, self.body.as_str().to_owned()];
        content_hash(&parts)
    }
}

/// The SHA-256 of `parts`, in base64url; none can run over into the next.
#[must_use]
pub fn content_hash(parts: &[String]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.len().to_be_bytes());
        hash.update(part);
    }
    URL_SAFE_NO_PAD.encode(hash.finalize())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_part_of_a_hash_runs_over_into_the_next() {
        let hash = |parts: &[&str]| {
            content_hash(&parts.iter().map(|part| (*part).to_owned()).collect::<Vec<_>>())
        };
        assert_eq!(hash(&["ab", "c"]), hash(&["ab", "c"]));
        assert_ne!(hash(&["ab", "c"]), hash(&["a", "bc"]));
        assert_eq!(hash(&["a"]).len(), 43);
    }
}
