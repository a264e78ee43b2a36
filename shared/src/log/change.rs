//! Changes: entries that are appended in one transaction with the rows that they change.

use super::retry::Retry;
use crate::app::App;
use crate::error::{Error, Result};
use crate::model::{Content, ConversationId, Entry, EntryId, Seq, Streak, Timestamp, UserId};
use crate::store::{Appended, Consistency, Transacted, Write};

/// The place that a change would have in its log.
#[derive(Debug, Clone, Copy)]
pub struct Next {
    /// Its `seq`.
    pub seq: Seq,
    /// Its time.
    pub at: Timestamp,
}

/// What the rows, as they are, make of a request.
#[derive(Debug)]
pub enum Decision<T> {
    /// This is to be changed.
    Append(Box<Change<T>>),
    /// Nothing is: it is as it should be.
    Nothing(T),
}

/// A change.
#[derive(Debug)]
pub struct Change<T> {
    /// What the log says of it.
    pub content: Content,
    /// Whose message it changes, where it changes one.
    pub author_id: Option<UserId>,
    /// The rows that it changes, each with the error that it is when the row does not allow it.
    pub writes: Vec<(Write, Error)>,
    /// What the caller is told.
    pub answer: T,
}

/// Carries out what `decide` makes of the rows. It is asked anew at each try, behind a strong look at the end of the
/// log, and must read its rows strongly: the swap then proves that nothing came in between.
///
/// # Errors
/// What `decide` says; `NotFound` for a log that does not exist or is sealed; `Unavailable` when the log was too busy
/// for 10 s.
pub async fn change<T, F, Fut>(
    app: &App,
    actor: &UserId,
    conversation: &ConversationId,
    decide: F,
) -> Result<T>
where
    F: Fn(Next) -> Fut,
    Fut: Future<Output = Result<Decision<T>>>,
{
    let mut retry = Retry::start();
    let entry_id = EntryId::generate();
    loop {
        let tip = tip(app, conversation).await?;
        let now = Timestamp::now();
        let next = Next { seq: tip.seq.next(), at: now.max(tip.created_at) };
        let change = match decide(next).await? {
            Decision::Nothing(answer) => return Ok(answer),
            Decision::Append(change) => *change,
        };
        let entry = Entry {
            conversation_id: conversation.clone(),
            seq: next.seq,
            entry_id: entry_id.clone(),
            actor_id: actor.clone(),
            created_at: next.at,
            author_id: change.author_id,
            waited_millis: None,
            streak: Streak::behind(Some(&tip), actor, now, false),
            content: change.content,
        };
        match append(app, &entry, change.writes).await? {
            Appended::Done => return Ok(change.answer),
            Appended::Lost(winner) if winner.entry_id == entry_id => return Ok(change.answer),
            Appended::Lost(_) => retry.after_lost_swap(None).await?,
            Appended::Conflict => retry.after_conflict().await?,
        }
    }
}

/// The last entry of a log that can still be appended to.
async fn tip(app: &App, conversation: &ConversationId) -> Result<Entry> {
    let newest = app.messages.last(conversation, 1, Consistency::Strong).await?;
    let tip = newest.into_iter().next().filter(|tip| tip.content != Content::GroupDeleted);
    tip.ok_or(Error::NotFound(match conversation {
        ConversationId::Direct(..) => "conversation",
        ConversationId::Group(_) => "group",
    }))
}

/// Appends `entry` together with `writes`.
async fn append(app: &App, entry: &Entry, writes: Vec<(Write, Error)>) -> Result<Appended> {
    let (writes, mut refusals): (Vec<Write>, Vec<Error>) = writes.into_iter().unzip();
    let mut all = vec![app.messages.append_write(entry)?];
    all.extend(writes);
    match app.store.transact(all).await? {
        Transacted::Done => Ok(Appended::Done),
        Transacted::Conflict => Ok(Appended::Conflict),
        Transacted::Refused(rows) => match rows.first() {
            Some((at @ 1.., _)) => Err(refusals.swap_remove(at - 1)),
            _ => Ok(app.messages.lost_append(rows)?),
        },
    }
}
