//! What a send rests on: that no block stands between two people, or that the sender belongs to the group.

use super::access::admit;
use super::draft::Draft;
use crate::app::App;
use crate::error::{Error, Result};
use crate::model::{Content, ConversationId, Entry, Membership, Seq};
use crate::store::Pair;

/// The rows that the decision rests on, as they were read.
#[derive(Debug)]
pub(super) enum Rights {
    /// Blocks, strongly, and whether both people exist.
    Direct(Pair),
    /// The sender's part in the group, strongly.
    Group(Option<Box<Membership>>),
}

impl Rights {
    pub async fn read(app: &App, draft: &Draft) -> Result<Self> {
        Ok(match draft.conversation.peer_of(&draft.sender) {
            Some(peer) => Self::Direct(app.blocks.between(&draft.sender, peer).await?),
            None => Self::Group(
                app.memberships.get(&draft.sender, &draft.conversation).await?.map(Box::new),
            ),
        })
    }

    /// Asks again, strongly, where an eventual read said that a person does not exist, and before the first entry.
    pub async fn confirm(&mut self, app: &App, draft: &Draft, tip: Option<&Entry>) -> Result<()> {
        if let (Self::Direct(pair), ConversationId::Direct(lower, higher)) =
            (self, &draft.conversation)
            && (tip.is_none() || !(pair.sender_exists && pair.recipient_exists))
        {
            let existing = app.users.existing(&[lower.clone(), higher.clone()]).await?;
            pair.sender_exists = existing.contains(&draft.sender);
            pair.recipient_exists = existing.iter().any(|user| *user != draft.sender);
        }
        Ok(())
    }

    /// The first entry that the sender may read, if they may send behind `tip`.
    ///
    /// # Errors
    /// `NotFound`, `NotAMember`, `Blocked`; `Unauthenticated` for a sender whose account is gone.
    pub async fn check(&self, app: &App, draft: &Draft, tip: Option<&Entry>) -> Result<Seq> {
        match self {
            Self::Direct(pair) if !pair.sender_exists => Err(Error::Unauthenticated),
            Self::Direct(pair) if !pair.recipient_exists => Err(Error::NotFound("user")),
            Self::Direct(pair) if pair.blocked => Err(Error::Blocked),
            Self::Direct(_) => Ok(Seq::FIRST),
            Self::Group(membership) => {
                let membership = membership.as_deref().cloned();
                let membership = admit(app, &draft.conversation, membership).await?;
                match tip {
                    Some(tip) if tip.content != Content::GroupDeleted => Ok(membership.joined_seq),
                    _ => Err(Error::NotFound("group")),
                }
            }
        }
    }
}
