//! Accounts are erased. Called with the messages of the queue `erasures`.
//!
//! The first look takes everything; the account itself goes last, so that whatever breaks off goes on when the message comes
//! again. The last look, when no access token of the account is good any more, takes what came in between.

mod conversations;
mod heir;

use std::sync::Arc;
use std::time::{Duration, Instant};

use shared::error::{Error, Result};
use shared::events::{BatchAnswer, QueueEvent, QueueRecord};
use shared::identity::{ACCESS_TOKEN_OUTLIVED, Erasure, Identity, Look, Sessions};
use shared::model::{Timestamp, UserId};
use shared::queue::Queue;
use shared::realtime::Realtime;

use conversations::Conversations;

/// For how long a call goes through logs: what is left goes on in another, well before the lambda would be broken off.
const PATIENCE: Duration = Duration::from_secs(15);
/// How long a log that is too busy is left alone.
const BUSY_PAUSE: Duration = Duration::from_secs(5);
/// The longest time for which SQS holds a message back.
const LONGEST_DELAY: Duration = Duration::from_mins(15);

/// Everything that holds something of a person.
#[derive(Debug)]
pub struct Eraser {
    sessions: Arc<Sessions>,
    realtime: Arc<Realtime>,
    erasures: Queue,
    last_look: Duration,
}

impl Eraser {
    /// Over the accounts and the tables; `erasures` is the queue that calls. The last look comes after `last_look`.
    #[must_use]
    pub fn new(
        sessions: Arc<Sessions>,
        realtime: Arc<Realtime>,
        erasures: Queue,
        last_look: Duration,
    ) -> Self {
        Self { sessions, realtime, erasures, last_look }
    }

    /// As the lambda's environment says: as [`Sessions::from_env`], [`Realtime::from_env`], and `ERASURES_QUEUE_URL`.
    ///
    /// # Errors
    /// Names the variable that is missing.
    pub async fn from_env() -> Result<Self, lambda_http::Error> {
        let (sessions, realtime, erasures) =
            tokio::try_join!(Sessions::from_env(), Realtime::from_env(), async {
                Ok(Queue::from_env("ERASURES_QUEUE_URL").await?)
            })?;
        Ok(Self::new(Arc::new(sessions), Arc::new(realtime), erasures, ACCESS_TOKEN_OUTLIVED))
    }

    fn identity(&self) -> &Identity {
        &self.sessions.identity
    }
}

/// Handles a batch, one after the other.
pub async fn handle(eraser: Arc<Eraser>, event: QueueEvent) -> Result<BatchAnswer> {
    let deadline = Instant::now() + PATIENCE;
    let mut again = Vec::new();
    for record in event.records {
        if let Err(error) = erase(&eraser, &record, deadline).await {
            shared::logging::report(&error);
            again.push(record.message_id);
        }
    }
    Ok(again.into_iter().collect())
}

async fn erase(eraser: &Eraser, record: &QueueRecord, deadline: Instant) -> Result<()> {
    let erasure: Erasure = serde_json::from_str(&record.body).map_err(Error::internal)?;
    match erasure.look {
        Look::First => first_look(eraser, erasure, deadline).await,
        Look::Last { not_before } => last_look(eraser, erasure, not_before, deadline).await,
    }
}

async fn first_look(eraser: &Eraser, erasure: Erasure, deadline: Instant) -> Result<()> {
    let user = erasure.user_id.clone();
    // Without a mark nobody was told that it would be erased; without an account it is done.
    let Some(erased) = eraser.identity().users.erased(&user).await? else { return Ok(()) };
    let Some(account) = &erased.account else { return Ok(()) };
    let pool = &eraser.identity().pool;
    eraser.sessions.close(account, &user).await?;
    if !take_what_is_held(eraser, &erasure, deadline).await? {
        return Ok(());
    }
    eraser.identity().users.strip(&user, &erased).await?;
    // Another call may have been faster, and somebody else have the name by now.
    if pool.held(account).await?.is_some_and(|held| held.user_id == user) {
        pool.delete(account).await?;
    }
    let not_before = Timestamp::now().plus(eraser.last_look);
    later(eraser, user.clone(), not_before).await?;
    Ok(eraser.identity().users.forget_account(&user).await?)
}

async fn last_look(
    eraser: &Eraser,
    erasure: Erasure,
    not_before: Timestamp,
    deadline: Instant,
) -> Result<()> {
    if Timestamp::now() < not_before {
        return later(eraser, erasure.user_id, not_before).await;
    }
    take_what_is_held(eraser, &erasure, deadline).await?;
    Ok(())
}

/// Takes what the tables hold. Answers whether that is all of it; if not, it goes on in another call.
async fn take_what_is_held(eraser: &Eraser, erasure: &Erasure, deadline: Instant) -> Result<bool> {
    let Eraser { realtime, erasures, .. } = eraser;
    let user = &erasure.user_id;
    let last = matches!(erasure.look, Look::Last { .. });
    let conversations = Conversations { realtime, user, last, deadline };
    if let Some(place) = conversations.erase(erasure.from.as_ref()).await? {
        let rest = Erasure { from: Some(place), ..erasure.clone() };
        // Where there was time left, DynamoDB had none.
        let is_busy = Instant::now() < deadline;
        erasures.send_later(&rest, if is_busy { BUSY_PAUSE } else { Duration::ZERO }).await?;
        return Ok(false);
    }
    tokio::try_join!(
        realtime.app.blocks.remove_all_of(user),
        realtime.app.sent_ids.remove_all_of(user),
        realtime.pending.remove_all_of(user),
    )?;
    Ok(true)
}

/// The last look comes when it is time, or as near to it as SQS holds a message back.
async fn later(eraser: &Eraser, user_id: UserId, not_before: Timestamp) -> Result<()> {
    let rest = not_before.millis_since(Timestamp::now()).max(0).unsigned_abs();
    let delay = Duration::from_millis(rest.next_multiple_of(1_000)).min(LONGEST_DELAY);
    let erasure = Erasure { user_id, look: Look::Last { not_before }, from: None };
    Ok(eraser.erasures.send_later(&erasure, delay).await?)
}
