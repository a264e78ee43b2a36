//! `DELETE`: an owner ends the group. The seal comes first, so that nothing is added any more; then its log is swept,
//! and its memberships last: while the owner's is there, the request can be repeated and goes on where it broke off.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use shared::app::App;
use shared::error::{Error, Result};
use shared::http::{Answer, Caller};
use shared::log::{Change, Decision, change};
use shared::model::{Content, ConversationId, Entry, GroupId, Seq, UserId};
use shared::store::Consistency;

use super::owner;

/// How long one request sweeps: well within the gateway's 30 s. A larger group takes more than one.
const PATIENCE: Duration = Duration::from_secs(20);
/// How many rows are swept at once.
const PAGE: usize = 200;

pub(super) async fn delete(app: &App, caller: &Caller, id: &GroupId) -> Result<Answer> {
    let began = Instant::now();
    let conversation = ConversationId::Group(id.clone());
    owner(app, caller, &conversation).await?;
    let seal = seal(app, caller, id, &conversation).await?;
    let mut members = sweep_log(app, &conversation, seal, began).await?;
    members.remove(caller.id());
    sweep_members(app, caller, &conversation, members, began).await?;
    Ok(Answer::no_content())
}

/// The place of the group's last entry, `groupDeleted`; it is appended unless an earlier request did.
async fn seal(
    app: &App,
    caller: &Caller,
    id: &GroupId,
    conversation: &ConversationId,
) -> Result<Seq> {
    let newest = app.messages.last(conversation, 1, Consistency::Strong).await?;
    if let Some(Entry { seq, content: Content::GroupDeleted, .. }) = newest.first() {
        return Ok(*seq);
    }
    let decide = |next: shared::log::Next| async move {
        owner(app, caller, conversation).await?;
        Ok(Decision::Append(Box::new(Change {
            content: Content::GroupDeleted,
            author_id: None,
            writes: vec![(app.groups.delete_write(id), Error::NotFound("group"))],
            answer: next.seq,
        })))
    };
    change(app, caller.id(), conversation, decide).await
}

/// Removes every entry before the seal. Answers everyone who is named there as a member, former ones too, whom the
/// index of members does not list.
async fn sweep_log(
    app: &App,
    conversation: &ConversationId,
    seal: Seq,
    began: Instant,
) -> Result<BTreeSet<UserId>> {
    let mut members = BTreeSet::new();
    loop {
        let slice = app.messages.after(conversation, Seq::ZERO, Some(seal), PAGE).await?;
        if slice.entries.is_empty() {
            return Ok(members);
        }
        in_time(began)?;
        let seqs: Vec<Seq> = slice.entries.iter().map(|entry| entry.seq).collect();
        app.messages.remove(conversation, &seqs).await?;
        members.extend(slice.entries.into_iter().flat_map(members_in));
    }
}

fn members_in(entry: Entry) -> Vec<UserId> {
    match entry.content {
        Content::GroupCreated { member_ids, .. } => member_ids,
        Content::MemberAdded { target, .. } => vec![target],
        _ => Vec::new(),
    }
}

/// Removes the memberships of `known` and of everyone in the index, the caller's last.
async fn sweep_members(
    app: &App,
    caller: &Caller,
    conversation: &ConversationId,
    known: BTreeSet<UserId>,
    began: Instant,
) -> Result<()> {
    let known: Vec<UserId> = known.into_iter().collect();
    app.memberships.remove(&known, conversation).await?;
    let mut after = None;
    loop {
        in_time(began)?;
        let (members, next) = app.memberships.members(conversation, after.as_ref(), PAGE).await?;
        let others: Vec<UserId> = members
            .into_iter()
            .map(|member| member.user_id)
            .filter(|member| member != caller.id())
            .collect();
        app.memberships.remove(&others, conversation).await?;
        if next.is_none() {
            break;
        }
        after = next;
    }
    Ok(app.memberships.remove(&[caller.id().clone()], conversation).await?)
}

/// Whether there is time to go on; if not, the caller repeats the request.
fn in_time(began: Instant) -> Result<()> {
    if began.elapsed() < PATIENCE { Ok(()) } else { Err(Error::Unavailable) }
}
