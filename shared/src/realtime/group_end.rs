//! The end of a group. The seal comes first, so that nothing is added any more; then the members are told,
//! while it is known who they are; then the messages are swept, then the memberships with the entries that name them, the
//! owner's last: while that is there, the request can be repeated and goes on where it broke off.

use std::time::Instant;

use super::{Push, Realtime};
use crate::app::App;
use crate::error::{Error, Result};
use crate::log::{Change, Decision, Next, Shown, change, owner};
use crate::model::{Content, ConversationId, Entry, GroupId, Seq, UserId};
use crate::store::Consistency;

/// How many rows are swept at once.
const PAGE: usize = 200;

/// When an owner may end a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndsWhen {
    /// At any time.
    Always,
    /// While they are its only member.
    Alone,
}

/// Ends the group `id` for its owner `actor`.
///
/// # Errors
/// `NotFound`, `NotAMember` and `Forbidden` for those who do not own it; `LastOwner` where they would have to be alone and are
/// not; `Unavailable` when it is not done by `deadline`: to be repeated. A large group takes more than one call.
pub async fn end_group(
    realtime: &Realtime,
    actor: &UserId,
    id: &GroupId,
    when: EndsWhen,
    deadline: Instant,
) -> Result<()> {
    let app = &realtime.app;
    let conversation = ConversationId::Group(id.clone());
    owner(app, actor, &conversation).await?;
    let seal = seal(app, actor, id, &conversation, when).await?;
    let sweep = Sweep { app, actor, conversation, seal, deadline };
    sweep.tell_members(realtime).await?;
    sweep.messages().await?;
    sweep.named_members().await?;
    sweep.listed_members().await
}

/// The place of the group's last entry, `groupDeleted`; it is appended unless an earlier request did.
async fn seal(
    app: &App,
    actor: &UserId,
    id: &GroupId,
    conversation: &ConversationId,
    when: EndsWhen,
) -> Result<Seq> {
    let newest = app.messages.last(conversation, 1, Consistency::Strong).await?;
    if let Some(Entry { seq, content: Content::GroupDeleted, .. }) = newest.first() {
        return Ok(*seq);
    }
    let decide = |next: Next| async move {
        owner(app, actor, conversation).await?;
        if when == EndsWhen::Alone && app.groups.count(id).await?.is_some_and(|is| is.members > 1) {
            return Err(Error::LastOwner);
        }
        Ok(Decision::Append(Box::new(Change {
            content: Content::GroupDeleted,
            author_id: None,
            writes: vec![(app.groups.delete_write(id), Error::NotFound("group"))],
            answer: next.seq,
        })))
    };
    change(app, actor, conversation, decide).await
}

/// What is left to do once a group is sealed.
struct Sweep<'a> {
    app: &'a App,
    actor: &'a UserId,
    conversation: ConversationId,
    seal: Seq,
    deadline: Instant,
}

impl Sweep<'_> {
    /// Tells everyone in the index.
    async fn tell_members(&self, realtime: &Realtime) -> Result<()> {
        let seal = self.app.messages.get(&self.conversation, self.seal, Consistency::Strong);
        let Some(Shown::Change(entry)) = seal.await?.map(Shown::from) else { return Ok(()) };
        let push = Push::GroupDeleted { entry };
        let mut after = None;
        loop {
            self.in_time()?;
            let (members, next) =
                self.app.memberships.members(&self.conversation, after.as_ref(), PAGE).await?;
            let members: Vec<UserId> = members.into_iter().map(|member| member.user_id).collect();
            realtime.hint(&members, &push).await?;
            if next.is_none() {
                return Ok(());
            }
            after = next;
        }
    }

    /// Removes every message.
    async fn messages(&self) -> Result<()> {
        let mut after = Seq::ZERO;
        loop {
            let entries = self.entries_behind(after).await?;
            let Some(last) = entries.last() else { return Ok(()) };
            after = last.seq;
            let messages = entries.iter().filter(|entry| entry.message().is_some());
            self.remove(messages.map(|entry| entry.seq).collect()).await?;
        }
    }

    /// Removes every other entry before the seal, and before it the memberships of those whom it names: former members
    /// are in no index.
    async fn named_members(&self) -> Result<()> {
        loop {
            let entries = self.entries_behind(Seq::ZERO).await?;
            if entries.is_empty() {
                return Ok(());
            }
            let seqs = entries.iter().map(|entry| entry.seq).collect();
            let mut members: Vec<UserId> = entries.into_iter().flat_map(members_in).collect();
            members.sort();
            members.dedup();
            self.remove_members(members).await?;
            self.remove(seqs).await?;
        }
    }

    /// Removes the memberships of everyone in the index, the owner's last.
    async fn listed_members(&self) -> Result<()> {
        let Self { app, actor, conversation, .. } = self;
        let mut after = None;
        loop {
            self.in_time()?;
            let (members, next) =
                app.memberships.members(conversation, after.as_ref(), PAGE).await?;
            self.remove_members(members.into_iter().map(|member| member.user_id).collect()).await?;
            if next.is_none() {
                break;
            }
            after = next;
        }
        Ok(app.memberships.remove(&[UserId::clone(actor)], conversation).await?)
    }

    async fn entries_behind(&self, after: Seq) -> Result<Vec<Entry>> {
        self.in_time()?;
        let slice = self.app.messages.after(&self.conversation, after, Some(self.seal), PAGE);
        Ok(slice.await?.entries)
    }

    async fn remove(&self, seqs: Vec<Seq>) -> Result<()> {
        Ok(self.app.messages.remove(&self.conversation, &seqs).await?)
    }

    /// Removes memberships, all but the owner's.
    async fn remove_members(&self, mut members: Vec<UserId>) -> Result<()> {
        members.retain(|member| member != self.actor);
        Ok(self.app.memberships.remove(&members, &self.conversation).await?)
    }

    /// Whether there is time to go on; if not, it is to be repeated.
    fn in_time(&self) -> Result<()> {
        if Instant::now() < self.deadline { Ok(()) } else { Err(Error::Unavailable) }
    }
}

fn members_in(entry: Entry) -> Vec<UserId> {
    match entry.content {
        Content::GroupCreated { member_ids, .. } => member_ids,
        Content::MemberAdded { target, .. } => vec![target],
        _ => Vec::new(),
    }
}
