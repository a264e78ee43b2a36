//! What is appended to the logs reaches everyone who is connected and may see it. Called with the changes of Messages.
//!
//! The conversations of a batch go side by side, the entries of each in their order. The members of a large group are
//! reached in chunks, by `push-chunk`: each chunk of each conversation is a lane of a FIFO queue, so that its order holds.

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::StreamExt;
use futures_util::stream::iter;
use serde_dynamo::from_item;
use shared::error::{Error, Result};
use shared::events::{BatchAnswer, StreamEvent, StreamRecord};
use shared::model::{ConversationId, Entry, Seq, UserId};
use shared::queue::Queue;
use shared::realtime::{PushChunk, Realtime, concerned, push};

/// For how long a call begins new posts: what is left comes again, well before the lambda would be broken off.
const PATIENCE: Duration = Duration::from_secs(12);
/// How many conversations are pushed at once.
const AT_ONCE: usize = 16;
/// The largest group whose members are reached here.
const MAX_MEMBERS: usize = 500;

/// Everything that reaches people, and the queue of those who are many.
#[derive(Debug)]
pub struct Pusher {
    realtime: Realtime,
    chunks: Queue,
}

impl Pusher {
    /// Over `realtime`; the chunks of large groups go to `chunks`.
    #[must_use]
    pub fn new(realtime: Realtime, chunks: Queue) -> Self {
        Self { realtime, chunks }
    }

    /// As the lambda's environment says: as [`Realtime::from_env`], and `PUSH_CHUNKS_QUEUE_URL`.
    ///
    /// # Errors
    /// Names the variable that is missing.
    pub async fn from_env() -> Result<Self, lambda_http::Error> {
        let chunks = Queue::from_env("PUSH_CHUNKS_QUEUE_URL").await?;
        Ok(Self::new(Realtime::from_env().await?, chunks))
    }
}

/// New entries of one conversation, in order, and the place of each in the stream.
struct News {
    conversation: ConversationId,
    entries: Vec<Entry>,
    places: Vec<(Seq, String)>,
}

/// Handles a batch of changes. What did not reach everyone comes again.
pub async fn handle(pusher: Arc<Pusher>, event: StreamEvent) -> Result<BatchAnswer> {
    let deadline = Instant::now() + PATIENCE;
    let news = by_conversation(event.records)?.into_iter();
    let reaching: Vec<_> = news.map(|news| news.reach_everyone(&pusher, deadline)).collect();
    let failed: Vec<Option<String>> = iter(reaching).buffer_unordered(AT_ONCE).collect().await;
    Ok(failed.into_iter().flatten().collect())
}

fn by_conversation(records: Vec<StreamRecord>) -> Result<Vec<News>> {
    let mut found: Vec<News> = Vec::new();
    for record in records {
        let entry: Entry = from_item(record.dynamodb.new_image).map_err(Error::internal)?;
        let place = (entry.seq, record.dynamodb.sequence_number);
        match found.iter_mut().find(|news| news.conversation == entry.conversation_id) {
            Some(news) => {
                news.entries.push(entry);
                news.places.push(place);
            }
            None => found.push(News {
                conversation: entry.conversation_id.clone(),
                entries: vec![entry],
                places: vec![place],
            }),
        }
    }
    Ok(found)
}

impl News {
    /// Answers the place from which on they must come again.
    async fn reach_everyone(self, pusher: &Pusher, deadline: Instant) -> Option<String> {
        let Self { conversation, entries, places } = self;
        let failed = reach(pusher, &conversation, entries, deadline).await;
        let mut places = places.into_iter();
        let place = match failed {
            Ok(None) => None,
            Ok(Some(seq)) => places.find(|(at, _)| *at == seq),
            Err(error) => {
                shared::logging::report(&error);
                places.next()
            }
        };
        place.map(|(_, place)| place)
    }
}

/// Answers the first entry that did not reach everyone.
async fn reach(
    pusher: &Pusher,
    conversation: &ConversationId,
    entries: Vec<Entry>,
    deadline: Instant,
) -> Result<Option<Seq>> {
    let realtime = &pusher.realtime;
    if let ConversationId::Direct(lower, higher) = conversation {
        let people = [lower.clone(), higher.clone()];
        return push(realtime, conversation, entries, &people, deadline).await;
    }
    let (members, more) = realtime.app.memberships.members(conversation, None, MAX_MEMBERS).await?;
    if more.is_none() {
        let mut people: Vec<UserId> = members.into_iter().map(|member| member.user_id).collect();
        people.extend(entries.iter().flat_map(concerned));
        return push(realtime, conversation, entries, &people, deadline).await;
    }
    pusher.chunks.send_all(PushChunk::all(conversation, &entries)?).await?;
    Ok(None)
}
