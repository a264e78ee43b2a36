//! Push: the new entries of a conversation, on the sockets of everyone who may see them.
//!
//! Who is connected is asked first, then whether they may see it, strongly: a block or a removal that was acknowledged before
//! that look holds. Each socket gets the entries in the log's order; what fails on one is not overtaken there.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::time::Instant;

use futures_util::StreamExt;
use futures_util::future::try_join_all;
use futures_util::stream::iter;

use super::post::{Met, Target};
use super::{Frame, Push, Realtime};
use crate::error::{Error, Result};
use crate::log::{ChangeView, MessageView, Shown};
use crate::model::{Content, ConversationId, Entry, Seq, UserId};
use crate::store::Consistency;

/// How many frames are on their way at once.
pub(super) const AT_ONCE: usize = 64;

/// How many entries go to everyone before time is looked at.
const PART: usize = 10;

/// An entry, ready to be sent.
struct Notice {
    seq: Seq,
    /// To those who may read what it is about.
    full: Frame,
    /// To those who joined after the message that it is about: the first entry that they must be able to read, and what the
    /// others get.
    short: Option<(Seq, Frame)>,
    /// Whose message it is, or is about: nobody who has blocked them gets it.
    author: Option<UserId>,
    /// Who gets it without belonging to the group: the one who was removed.
    removed: Option<UserId>,
}

/// What a person may see.
struct Sight {
    from: Seq,
    blocked: HashSet<UserId>,
}

/// Sends `entries`, which follow one another in the log of `conversation`, to those of `people` who are connected and may see
/// them: its members, and whoever an entry adds or removes. After `deadline` it begins nothing new. Answers the first that did
/// not reach everyone: from there on it is to be repeated. A socket that does not take what others take is ended.
///
/// # Errors
/// When DynamoDB cannot be asked.
pub async fn push(
    realtime: &Realtime,
    conversation: &ConversationId,
    entries: Vec<Entry>,
    people: &[UserId],
    deadline: Instant,
) -> Result<Option<Seq>> {
    let notices =
        try_join_all(entries.into_iter().map(|entry| Notice::of(realtime, entry))).await?;
    let notices: Vec<Notice> = notices.into_iter().flatten().collect();
    // Each once: DynamoDB refuses a batch that names a row twice.
    let people: Vec<UserId> = people.iter().cloned().collect::<BTreeSet<_>>().into_iter().collect();

    let connected = realtime.connections.of(&people).await?;
    let online: Vec<UserId> = connected.keys().cloned().collect();
    let sights = sights(realtime, conversation, &online, &notices).await?;
    let mut targets = Target::all(connected);
    for part in notices.chunks(PART) {
        let begins = part.first().map(|notice| notice.seq);
        if Instant::now() >= deadline {
            return Ok(begins);
        }
        let tried = targets.len();
        let deliveries = targets.into_iter().map(|target| async {
            let outcome = deliver(realtime, &target, sights.get(&target.user), part).await;
            (target, outcome)
        });
        let delivered: Vec<_> = iter(deliveries).buffer_unordered(AT_ONCE).collect().await;
        targets = Vec::with_capacity(tried);
        let (mut unread, mut failed) = (Vec::new(), None);
        for (target, outcome) in delivered {
            match outcome? {
                Outcome::Reached => targets.push(target),
                Outcome::Gone => {}
                Outcome::Unread(seq) => {
                    unread.push(target);
                    failed = failed.or(Some(seq)).min(Some(seq));
                }
            }
        }
        if let Err(error) = realtime.end(&unread, tried).await {
            crate::logging::report(&Error::from(error));
            return Ok(failed);
        }
    }
    Ok(None)
}

/// How far it came on one socket.
enum Outcome {
    /// All is sent.
    Reached,
    /// The socket is closed, or still opening: whoever opens one reads the log then.
    Gone,
    /// The socket did not take this one.
    Unread(Seq),
}

/// Sends to one socket what its person may see, in order.
async fn deliver(
    realtime: &Realtime,
    target: &Target,
    sight: Option<&Sight>,
    notices: &[Notice],
) -> Result<Outcome> {
    for notice in notices {
        let Some(frame) = notice.frame_for(&target.user, sight) else { continue };
        match realtime.post(target, frame).await? {
            Met::Open => {}
            Met::Nobody => return Ok(Outcome::Gone),
            Met::Unread => return Ok(Outcome::Unread(notice.seq)),
        }
    }
    Ok(Outcome::Reached)
}

/// Whom `entry` adds or removes: the index of members may not know yet, and those who are removed are told, too.
#[must_use]
pub fn concerned(entry: &Entry) -> Vec<UserId> {
    match &entry.content {
        Content::GroupCreated { member_ids, .. } => member_ids.clone(),
        Content::MemberAdded { target, .. } | Content::MemberRemoved { target } => {
            vec![target.clone()]
        }
        _ => Vec::new(),
    }
}

/// What each of `online` may see; nothing of it for those who do not belong to the conversation.
async fn sights(
    realtime: &Realtime,
    conversation: &ConversationId,
    online: &[UserId],
    notices: &[Notice],
) -> Result<HashMap<UserId, Sight>> {
    let authors: HashSet<&UserId> = notices.iter().filter_map(|n| n.author.as_ref()).collect();
    let pairs: Vec<(&UserId, &UserId)> = online
        .iter()
        .flat_map(|user| authors.iter().map(move |author| (user, *author)))
        .filter(|(user, author)| user != author)
        .collect();
    let (members, blocks) =
        tokio::try_join!(first_readable(realtime, conversation, online), async {
            Ok(realtime.app.blocks.among(&pairs).await?)
        },)?;
    let mut sights: HashMap<UserId, Sight> = members
        .into_iter()
        .map(|(user, from)| (user, Sight { from, blocked: HashSet::new() }))
        .collect();
    for (blocker, blocked) in blocks {
        if let Some(sight) = sights.get_mut(&blocker) {
            sight.blocked.insert(blocked);
        }
    }
    Ok(sights)
}

/// The first entry that each of `online` may read, as far as they belong to the conversation, read strongly. The two people of
/// a direct conversation always do.
async fn first_readable(
    realtime: &Realtime,
    conversation: &ConversationId,
    online: &[UserId],
) -> Result<Vec<(UserId, Seq)>> {
    if conversation.group().is_none() {
        return Ok(online.iter().map(|user| (user.clone(), Seq::FIRST)).collect());
    }
    let memberships = realtime.app.memberships.of_all(online, conversation).await?;
    let active = memberships.into_iter().filter(crate::model::Membership::is_active);
    Ok(active.map(|membership| (membership.user_id, membership.joined_seq)).collect())
}

impl Notice {
    /// What is said of `entry`; nothing of a group's end, which is told while there are members.
    async fn of(realtime: &Realtime, entry: Entry) -> Result<Option<Self>> {
        let (seq, author) = (entry.seq, author(&entry));
        let removed = match &entry.content {
            Content::MemberRemoved { target } => Some(target.clone()),
            _ => None,
        };
        let target = match entry.content {
            Content::Edited { target } | Content::Deleted { target } => Some(target),
            _ => None,
        };
        let message = match target {
            Some(target) => message_at(realtime, &entry.conversation_id, target).await?,
            None => None,
        };
        let Some(full) = announce(entry.clone(), message) else { return Ok(None) };
        let short = match target.zip(announce(entry, None)) {
            Some((target, short)) => Some((target, Frame::new(&short)?)),
            None => None,
        };
        Ok(Some(Self { seq, full: Frame::new(&full)?, short, author, removed }))
    }

    /// The frame for one person, if they may see the entry.
    fn frame_for(&self, user: &UserId, sight: Option<&Sight>) -> Option<&Frame> {
        if self.removed.as_ref() == Some(user) {
            return Some(&self.full);
        }
        let sight = sight.filter(|sight| sight.from <= self.seq)?;
        if self.author.as_ref().is_some_and(|author| sight.blocked.contains(author)) {
            return None;
        }
        match &self.short {
            Some((target, short)) if *target < sight.from => Some(short),
            _ => Some(&self.full),
        }
    }
}

fn author(entry: &Entry) -> Option<UserId> {
    match entry.content {
        Content::Message(_) => Some(entry.actor_id.clone()),
        _ => entry.author_id.clone(),
    }
}

/// The message at `seq`, as it now is.
async fn message_at(
    realtime: &Realtime,
    conversation: &ConversationId,
    seq: Seq,
) -> Result<Option<MessageView>> {
    let entry = realtime.app.messages.get(conversation, seq, Consistency::Strong).await?;
    Ok(match entry.map(Shown::from) {
        Some(Shown::Message(message)) => Some(message),
        _ => None,
    })
}

fn announce(entry: Entry, message: Option<MessageView>) -> Option<Push> {
    let content = entry.content.clone();
    match (content, Shown::from(entry)) {
        (_, Shown::Message(message)) => Some(Push::MessageCreated { message }),
        (content, Shown::Change(entry)) => change(&content, entry, message),
        _ => None,
    }
}

fn change(content: &Content, entry: ChangeView, message: Option<MessageView>) -> Option<Push> {
    match content {
        Content::Edited { .. } => Some(Push::MessageUpdated { message, entry }),
        Content::Deleted { .. } => Some(Push::MessageDeleted { message, entry }),
        Content::GroupCreated { .. } => Some(Push::GroupCreated { entry }),
        Content::MemberAdded { .. } => Some(Push::MemberAdded { entry }),
        Content::MemberRemoved { .. } => Some(Push::MemberRemoved { entry }),
        Content::RoleChanged { .. } => Some(Push::MemberUpdated { entry }),
        Content::GroupUpdated { .. } => Some(Push::GroupUpdated { entry }),
        Content::UserErased => Some(Push::UserErased { entry }),
        Content::Message(_) | Content::GroupDeleted => None,
    }
}
