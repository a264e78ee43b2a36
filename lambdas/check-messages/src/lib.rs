//! `GET /v1/messages`: what others wrote since the caller read their conversations.

use std::collections::HashSet;
use std::sync::Arc;

use futures_util::future::try_join_all;
use serde::{Deserialize, Serialize};
use shared::app::App;
use shared::error::Result;
use shared::http::{Answer, Input, PageRequest};
use shared::log::{MAX_LOOKED_AT, MessageView, Viewer};
use shared::model::{ConversationId, Membership, Seq, UserId};
use shared::store::Slice;

/// The most conversations that a page looks at.
const MAX_CONVERSATIONS: usize = 100;
/// The fewest entries that the first look at a conversation reads: about what one read unit buys.
const FIRST_LOOK: usize = 8;

/// Behind which conversation the next page begins, and how much of the one after it has been looked at.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Position {
    after: Option<ConversationId>,
    within: Option<(ConversationId, Seq)>,
}

/// Handles the route. A first look at all conversations side by side is nearly always all; one that holds more is read
/// on until the page is full.
pub async fn handle(app: Arc<App>, input: Input) -> Result<Answer> {
    let caller = input.caller()?;
    let request: PageRequest<Position> = PageRequest::of(&input)?;
    let position = request.position.clone().unwrap_or_default();

    let memberships = app.memberships.page(caller.id(), position.after.as_ref(), MAX_CONVERSATIONS);
    let (memberships, blocked) = tokio::try_join!(memberships, app.blocks.all_of(caller.id()))?;
    let (mut memberships, next) = memberships;
    memberships.retain(Membership::is_active);

    let share = request.limit.div_ceil(memberships.len().max(1)).max(FIRST_LOOK);
    let looks = memberships.iter().map(|membership| {
        let unread = position.unread_of(membership);
        app.messages.after(&membership.conversation_id, unread, None, share)
    });
    let looks = try_join_all(looks).await?;

    let mut page = Filling { app: &app, blocked: &blocked, limit: request.limit, messages: vec![] };
    let mut done = position.after.clone();
    for (membership, look) in memberships.iter().zip(looks) {
        if let Some(seq) = page.take(membership, position.unread_of(membership), look).await? {
            let within = Some((membership.conversation_id.clone(), seq));
            let next = Position { after: done, within };
            return Answer::page("messages", request.page(page.messages, Some(next))?);
        }
        done = Some(membership.conversation_id.clone());
    }
    let next = next.map(|after| Position { after: Some(after), within: None });
    Answer::page("messages", request.page(page.messages, next)?)
}

impl Position {
    /// The last entry of a conversation that does not have to be looked at.
    fn unread_of(&self, membership: &Membership) -> Seq {
        match &self.within {
            Some((conversation, seq)) if *conversation == membership.conversation_id => {
                membership.read_seq.max(*seq)
            }
            _ => membership.read_seq,
        }
    }
}

/// A page that is being filled.
struct Filling<'a> {
    app: &'a App,
    blocked: &'a HashSet<UserId>,
    limit: usize,
    messages: Vec<MessageView>,
}

impl Filling<'_> {
    /// Takes a conversation's news, of which `look` is the first part behind `seen`. Answers how far it came where it
    /// did not come to the end.
    async fn take(
        &mut self,
        membership: &Membership,
        mut seen: Seq,
        mut look: Slice,
    ) -> Result<Option<Seq>> {
        let viewer = Viewer { membership, blocked: self.blocked };
        let mut looked_at = 0;
        loop {
            for entry in look.entries {
                let seq = entry.seq;
                looked_at += 1;
                if viewer.is_news(&entry) {
                    if self.messages.len() == self.limit {
                        return Ok(Some(seen));
                    }
                    self.messages.extend(viewer.message(entry));
                }
                seen = seq;
            }
            if !look.more {
                return Ok(None);
            }
            if looked_at >= MAX_LOOKED_AT {
                return Ok(Some(seen));
            }
            let room = (self.limit - self.messages.len()).max(FIRST_LOOK);
            let conversation = &membership.conversation_id;
            look = self.app.messages.after(conversation, seen, None, room).await?;
        }
    }
}
