//! Sending a message: the one function behind every way to send.

use futures_util::future::{try_join, try_join4};

use super::draft::Draft;
use super::retry::Retry;
use super::rights::Rights;
use super::search::Search;
use crate::app::App;
use crate::error::{Error, Result};
use crate::model::{Entry, EntryId, Membership, Seq};
use crate::store::{Appended, Consistency, Transacted};

/// A message that was sent.
#[derive(Debug)]
pub enum Sent {
    /// By this request.
    Now(Entry),
    /// By an earlier one with the same `clientMessageId`; the message as it now is.
    Before(Entry),
}

/// How many entries the first look at the end of the log reads with a `clientMessageId`: within the 4 KB that one read
/// unit buys, and nearly always all that the search needs.
const FIRST_LOOK: usize = 4;
/// How many entries a look at what came in between reads at once.
const CATCH_UP: usize = 100;

/// Appends `draft` to its log. Acknowledged means stored, once, behind everything that was there.
///
/// # Errors
/// `Blocked`, `NotAMember`, `NotFound`, `TooMany`, `Invalid` for a `replyTo` that the sender cannot see,
/// `ClientIdReused`; `Unavailable` when the log was too busy for 10 s.
pub async fn send(app: &App, draft: &Draft) -> Result<Sent> {
    let retry = Retry::start();
    let (rights, newest, search, target) = try_join4(
        Rights::read(app, draft),
        first_look(app, draft),
        draft.begin_search(app),
        read_target(app, draft),
    )
    .await?;
    if let Some(search) = &search
        && let Some(entry) = search.back_from(app, &draft.conversation, &newest, &retry).await?
    {
        return Ok(Sent::Before(entry));
    }
    let tip = newest.into_iter().next();
    Sending { app, draft, retry, rights, search, target, tip }.carry_out().await
}

/// A send that has looked at the log up to `tip`.
struct Sending<'a> {
    app: &'a App,
    draft: &'a Draft,
    retry: Retry,
    rights: Rights,
    search: Option<Search<'a>>,
    target: Option<Entry>,
    tip: Option<Entry>,
}

impl Sending<'_> {
    async fn carry_out(mut self) -> Result<Sent> {
        let entry_id = EntryId::generate();
        if self.retry.stand_in_line(self.tip.as_ref()).await
            && let Some(sent) = self.look_again(&entry_id).await?
        {
            return Ok(sent);
        }
        loop {
            let entry = self.entry(&entry_id).await?;
            match append(self.app, self.draft, &entry).await? {
                Appended::Done => return Ok(Sent::Now(entry)),
                Appended::Lost(winner) if winner.entry_id == entry_id => {
                    return Ok(Sent::Now(*winner));
                }
                Appended::Lost(winner) => self.retry.after_lost_swap(Some(&winner)).await?,
                Appended::Conflict => self.retry.after_conflict().await?,
            }
            if let Some(sent) = self.look_again(&entry_id).await? {
                return Ok(sent);
            }
        }
    }

    /// The entry behind what was looked at, if the sender may write it.
    async fn entry(&mut self, entry_id: &EntryId) -> Result<Entry> {
        let Self { app, draft, .. } = *self;
        let tip = self.tip.as_ref();
        self.rights.confirm(app, draft, tip).await?;
        let readable_from = self.rights.check(app, draft, tip).await?;
        check_target(app, draft, self.target.as_ref(), readable_from).await?;
        let claim = self.search.as_ref().map(Search::claim);
        draft.entry(app, entry_id, tip, claim, &self.retry)
    }

    /// Reads all that came in between, strongly, and the rights again. Answers the message, if it is there: a lost put
    /// of this request's own may have been applied, or an earlier request have sent it meanwhile.
    async fn look_again(&mut self, entry_id: &EntryId) -> Result<Option<Sent>> {
        let seen = self.tip.as_ref().map_or(Seq::ZERO, |tip| tip.seq);
        let news = catch_up(self.app, self.draft, seen, &self.retry);
        let (rights, news) = try_join(Rights::read(self.app, self.draft), news).await?;
        self.rights = rights;
        if let Some(entry) = news.iter().find(|entry| entry.entry_id == *entry_id) {
            return Ok(Some(Sent::Now(entry.clone())));
        }
        if let Some(search) = &self.search
            && let Some(entry) = search.among(self.app, &news).await?
        {
            return Ok(Some(Sent::Before(entry)));
        }
        self.tip = news.into_iter().next_back().or(self.tip.take());
        Ok(None)
    }
}

/// The last entries, the newest first; an eventual look, since a stale one only loses the swap. Without the client's
/// id, the last one is enough. A group's log is never empty: then it is asked strongly.
async fn first_look(app: &App, draft: &Draft) -> Result<Vec<Entry>> {
    let limit = if draft.client_message_id.is_some() { FIRST_LOOK } else { 1 };
    let newest = app.messages.last(&draft.conversation, limit, Consistency::Eventual).await?;
    if newest.is_empty() && draft.conversation.group().is_some() {
        return Ok(app.messages.last(&draft.conversation, limit, Consistency::Strong).await?);
    }
    Ok(newest)
}

/// Everything behind `seen`, read strongly.
async fn catch_up(app: &App, draft: &Draft, seen: Seq, retry: &Retry) -> Result<Vec<Entry>> {
    let mut news: Vec<Entry> = Vec::new();
    loop {
        retry.check()?;
        let from = news.last().map_or(seen, |entry| entry.seq);
        let slice = app.messages.after(&draft.conversation, from, None, CATCH_UP).await?;
        news.extend(slice.entries);
        if !slice.more {
            return Ok(news);
        }
    }
}

/// Puts `entry`; the first one of a direct conversation together with both people's parts in it.
async fn append(app: &App, draft: &Draft, entry: &Entry) -> Result<Appended> {
    let peer = draft.conversation.peer_of(&draft.sender).filter(|_| entry.seq == Seq::FIRST);
    let Some(peer) = peer else { return Ok(app.messages.append(entry).await?) };
    let part = |user: &_, peer: &_| {
        let part = Membership::of_direct(Clone::clone(user), Clone::clone(peer), entry.created_at);
        app.memberships.put_write(&part)
    };
    let writes = vec![
        app.messages.append_write(entry)?,
        part(&draft.sender, peer)?,
        part(peer, &draft.sender)?,
    ];
    match app.store.transact(writes).await? {
        Transacted::Done => Ok(Appended::Done),
        Transacted::Refused(rows) => Ok(app.messages.lost_append(rows)?),
        Transacted::Conflict => Ok(Appended::Conflict),
    }
}

/// The message that `draft` answers.
async fn read_target(app: &App, draft: &Draft) -> Result<Option<Entry>> {
    let Some(seq) = draft.reply_to else { return Ok(None) };
    let found = app.messages.get(&draft.conversation, seq, Consistency::Eventual).await?;
    match found {
        Some(entry) => Ok(Some(entry)),
        None => Ok(app.messages.get(&draft.conversation, seq, Consistency::Strong).await?),
    }
}

/// Whether the sender can see the message that `draft` answers.
async fn check_target(
    app: &App,
    draft: &Draft,
    target: Option<&Entry>,
    readable_from: Seq,
) -> Result<()> {
    if draft.reply_to.is_none() {
        return Ok(());
    }
    let visible = match target {
        Some(entry) if entry.message().is_none() || entry.seq < readable_from => false,
        Some(entry) if draft.conversation.group().is_some() => {
            let sender = std::slice::from_ref(&draft.sender);
            app.blocks.blockers_of(&entry.actor_id, sender).await?.is_empty()
        }
        Some(_) => true,
        None => false,
    };
    if visible {
        Ok(())
    } else {
        Err(Error::invalid("/replyTo", "must be the seq of a message that you can see"))
    }
}
