//! The conversations of a person who is erased: of each message its place alone is left, and the log says that they are gone.

use std::time::{Duration, Instant};

use futures_util::stream::{TryStreamExt, iter};
use shared::app::App;
use shared::error::{Error, Result};
use shared::identity::Place;
use shared::log::{Change, Decision, Next, change};
use shared::model::{Content, ConversationId, Membership, Role, Seq, Timestamp, UserId};
use shared::realtime::{EndsWhen, Realtime, end_group};
use shared::store::{Consistency, Count, StoreError};

use super::heir;

/// How many memberships are read at once.
const PAGE: usize = 100;
/// How many messages are taken at once.
const AT_ONCE: usize = 16;
/// How long the end of a group may take beyond the deadline.
const GROUP_PATIENCE: Duration = Duration::from_secs(5);
/// How long the index of members may lag behind.
const INDEX_PAUSE: Duration = Duration::from_millis(100);

pub(super) struct Conversations<'a> {
    pub realtime: &'a Realtime,
    pub user: &'a UserId,
    /// Whether the memberships go, too: nothing comes behind this look.
    pub last: bool,
    pub deadline: Instant,
}

/// How far a log was swept.
struct Swept {
    /// Nothing is left up to here.
    up_to: Seq,
    /// Whether they wrote anything there.
    found: bool,
}

impl Conversations<'_> {
    /// Goes through all of them, in the log of `from` from there on. Answers where to go on if there is no time left.
    pub async fn erase(&self, from: Option<&Place>) -> Result<Option<Place>> {
        let mut behind = None;
        loop {
            let memberships = &self.app().memberships;
            let (page, next) = memberships.page(self.user, behind.as_ref(), PAGE).await?;
            for membership in page {
                let from = from.filter(|place| place.conversation_id == membership.conversation_id);
                if let Some(place) = self.one(membership, from.map(|place| place.seq)).await? {
                    return Ok(Some(place));
                }
            }
            if next.is_none() {
                return Ok(None);
            }
            behind = next;
        }
    }

    fn app(&self) -> &App {
        &self.realtime.app
    }

    async fn one(&self, membership: Membership, from: Option<Seq>) -> Result<Option<Place>> {
        if membership.erased_seq.is_some() && !self.last {
            return Ok(None);
        }
        let conversation = &membership.conversation_id;
        let from = from.or(membership.erased_seq).unwrap_or(Seq::ZERO);
        let newest = self.app().messages.last(conversation, 1, Consistency::Strong).await?;
        let tip = newest.first().map_or(Seq::ZERO, |tip| tip.seq);
        let swept = self.sweep(conversation, from, tip).await?;
        if membership.erased_seq.is_some() && swept.found {
            self.say_again(conversation).await?;
        }
        if swept.up_to < tip {
            let conversation_id = conversation.clone();
            return Ok(Some(Place { conversation_id, seq: swept.up_to }));
        }
        if membership.erased_seq.is_none() {
            match self.leave(&membership, swept.up_to).await {
                Err(Error::Unavailable) => {
                    let conversation_id = conversation.clone();
                    return Ok(Some(Place { conversation_id, seq: swept.up_to }));
                }
                left => left?,
            }
        }
        if self.last {
            let user = std::slice::from_ref(self.user);
            self.app().memberships.remove(user, conversation).await?;
        }
        Ok(None)
    }

    /// Takes what they wrote behind `after` and up to `until`, as far as there is time and DynamoDB is not too busy.
    async fn sweep(&self, conversation: &ConversationId, after: Seq, until: Seq) -> Result<Swept> {
        let mut swept = Swept { up_to: after, found: false };
        while swept.up_to < until && Instant::now() < self.deadline {
            let messages = &self.app().messages;
            let part = messages.made_by(conversation, self.user, swept.up_to, Some(until.next()));
            let (mut entries, more) = match part.await {
                Err(StoreError::Busy) => break,
                part => part?,
            };
            entries.retain(|entry| entry.message().is_some());
            swept.found |= !entries.is_empty();
            let left = entries.into_iter().filter(|entry| {
                entry.message().is_some_and(|message| {
                    message.deleted_at.is_none() || message.client_message_id.is_some()
                })
            });
            let left: Vec<Seq> = left.map(|entry| entry.seq).collect();
            let now = Timestamp::now();
            let erasing = left.into_iter().map(|seq| messages.erase(conversation, seq, now));
            let erased = iter(erasing.map(Ok)).try_for_each_concurrent(AT_ONCE, |erasing| erasing);
            match erased.await {
                Err(StoreError::Busy) => break,
                erased => erased?,
            }
            swept.up_to = more.unwrap_or(until);
        }
        Ok(swept)
    }

    /// Says in the log that they are gone, behind everything that they wrote, and ends their part in it.
    async fn leave(&self, membership: &Membership, swept: Seq) -> Result<()> {
        let conversation = &membership.conversation_id;
        let until = self.deadline + GROUP_PATIENCE;
        loop {
            let outcome = match (self.say_it(conversation, swept).await, conversation.group()) {
                // Sealed: somebody was ending it, perhaps they themselves.
                (Err(Error::NotFound(_)), Some(group)) if owns(membership) => {
                    end_group(self.realtime, self.user, group, EndsWhen::Always, until).await
                }
                (Err(Error::NotFound(_)), _) => {
                    let user = std::slice::from_ref(self.user);
                    return Ok(self.app().memberships.remove(user, conversation).await?);
                }
                (Err(Error::LastOwner), Some(group)) => {
                    match heir::choose(self.app(), self.user, conversation).await? {
                        Some(heir) => heir::promote(self.app(), self.user, group, &heir).await?,
                        None => {
                            match end_group(self.realtime, self.user, group, EndsWhen::Alone, until)
                                .await
                            {
                                Err(Error::LastOwner) => {}
                                outcome => return outcome,
                            }
                        }
                    }
                    if Instant::now() >= self.deadline {
                        return Err(Error::Unavailable);
                    }
                    // The index of members may not know yet.
                    tokio::time::sleep(INDEX_PAUSE).await;
                    continue;
                }
                (outcome, _) => outcome,
            };
            return outcome;
        }
    }

    async fn say_it(&self, conversation: &ConversationId, swept: Seq) -> Result<()> {
        let decide = |next: Next| async move {
            let tip = next.seq.previous();
            if self.sweep(conversation, swept, tip).await?.up_to < tip {
                return Err(Error::Unavailable);
            }
            match self.app().memberships.get(self.user, conversation).await? {
                Some(mine) if mine.erased_seq.is_none() => {
                    Ok(Decision::Append(Box::new(self.gone(&mine, next))))
                }
                _ => Ok(Decision::Nothing(())),
            }
        };
        change(self.app(), self.user, conversation, decide).await
    }

    fn gone(&self, mine: &Membership, next: Next) -> Change<()> {
        let (app, conversation) = (self.app(), &mine.conversation_id);
        let row = app.memberships.erasure_write(self.user, conversation, next.seq, next.at);
        let mut writes = vec![(row, Error::Unavailable)];
        if let (Some(role), Some(group)) = (mine.active_role(), conversation.group()) {
            let count = Count { members: -1, owners: -i64::from(role == Role::Owner) };
            writes.push((app.groups.count_write(group, count), Error::LastOwner));
        }
        Change { content: Content::UserErased, author_id: None, writes, answer: () }
    }

    /// Whoever read what came behind the first entry that said so drops that, too.
    async fn say_again(&self, conversation: &ConversationId) -> Result<()> {
        let again = |_| async {
            let (writes, answer) = (Vec::new(), ());
            let content = Content::UserErased;
            Ok(Decision::Append(Box::new(Change { content, author_id: None, writes, answer })))
        };
        match change(self.app(), self.user, conversation, again).await {
            // Sealed meanwhile: nobody reads it any more.
            Err(Error::NotFound(_)) => Ok(()),
            outcome => outcome,
        }
    }
}

fn owns(membership: &Membership) -> bool {
    membership.active_role() == Some(Role::Owner)
}
