//! New entries of a large group reach a part of its members. Called with the messages of the queue `push-chunks`.

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use shared::error::{Error, Result};
use shared::events::{BatchAnswer, QueueEvent, QueueRecord, by_group};
use shared::model::Entry;
use shared::realtime::{PushChunk, Realtime, concerned, push};

/// For how long a call begins new posts: what is left comes again, well before the lambda would be broken off.
const PATIENCE: Duration = Duration::from_secs(15);
/// How many entries are read at once.
const PAGE: usize = 100;

/// Handles a batch, the lanes side by side. What did not reach everyone comes again, with all that is behind it in its lane.
pub async fn handle(realtime: Arc<Realtime>, event: QueueEvent) -> Result<BatchAnswer> {
    let deadline = Instant::now() + PATIENCE;
    let lanes = by_group(event.records).into_iter().map(|lane| go_along(&realtime, lane, deadline));
    Ok(join_all(lanes).await.into_iter().flatten().collect())
}

/// Answers the messages that are to come again.
async fn go_along(realtime: &Realtime, lane: Vec<QueueRecord>, deadline: Instant) -> Vec<String> {
    let mut lane = lane.into_iter();
    while let Some(record) = lane.next() {
        if let Err(error) = reach(realtime, &record, deadline).await {
            shared::logging::report(&error);
            let behind = lane.map(|record| record.message_id);
            return std::iter::once(record.message_id).chain(behind).collect();
        }
    }
    Vec::new()
}

async fn reach(realtime: &Realtime, record: &QueueRecord, deadline: Instant) -> Result<()> {
    let chunk: PushChunk = serde_json::from_str(&record.body).map_err(Error::internal)?;
    let (entries, members) = tokio::try_join!(entries(realtime, &chunk), async {
        let PushChunk { conversation_id, ids_begin_with, .. } = &chunk;
        let members = &realtime.app.memberships;
        Ok(members.members_beginning_with(conversation_id, *ids_begin_with).await?)
    })?;
    let mut people = members;
    let concerned = entries.iter().flat_map(concerned);
    people.extend(concerned.filter(|user| user.as_str().starts_with(chunk.ids_begin_with)));
    match push(realtime, &chunk.conversation_id, entries, &people, deadline).await? {
        None => Ok(()),
        Some(_) => Err(Error::Unavailable),
    }
}

async fn entries(realtime: &Realtime, chunk: &PushChunk) -> Result<Vec<Entry>> {
    let mut entries: Vec<Entry> = Vec::new();
    loop {
        let behind = entries.last().map_or(chunk.first.previous(), |entry| entry.seq);
        let slice = realtime.app.messages.after(
            &chunk.conversation_id,
            behind,
            Some(chunk.last.next()),
            PAGE,
        );
        let slice = slice.await?;
        entries.extend(slice.entries);
        if !slice.more {
            return Ok(entries);
        }
    }
}
