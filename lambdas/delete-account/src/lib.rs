//! `DELETE /v1/users/me`: the caller's account is erased. Sign-in, refresh and sockets end here; the rest is the lambda `erasure`'s.

use std::sync::Arc;
use std::time::Duration;

use schemars::JsonSchema;
use serde::Deserialize;
use shared::error::Result;
use shared::http::{Answer, Input};
use shared::identity::{Erasure, Sessions};
use shared::queue::Queue;
use validator::Validate;

/// When the erasure begins if what this lambda does is broken off in the middle: later than it can still be under way.
pub const BACKUP: Duration = Duration::from_mins(1);

/// The accounts, and the queue of those to be erased.
#[derive(Debug)]
pub struct Leaving {
    sessions: Arc<Sessions>,
    erasures: Queue,
    backup: Duration,
}

impl Leaving {
    /// Over `sessions`; what is to be erased goes to `erasures`, once more after `backup`.
    #[must_use]
    pub fn new(sessions: Arc<Sessions>, erasures: Queue, backup: Duration) -> Self {
        Self { sessions, erasures, backup }
    }

    /// As the lambda's environment says: as [`Sessions::from_env`], and `ERASURES_QUEUE_URL`.
    ///
    /// # Errors
    /// Names the variable that is missing.
    pub async fn from_env() -> Result<Self, lambda_http::Error> {
        let erasures = Queue::from_env("ERASURES_QUEUE_URL").await?;
        Ok(Self::new(Arc::new(Sessions::from_env().await?), erasures, BACKUP))
    }
}

/// Nothing is to be said.
#[derive(Debug, Deserialize, Validate, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "DeleteAccount")]
pub struct Nothing {}

/// Handles the route. The mark is the commit: before it nothing is erased, after it everything is, whatever breaks off here.
pub async fn handle(leaving: Arc<Leaving>, input: Input) -> Result<Answer> {
    let (caller, token) = (input.caller()?, input.access_token()?);
    let Nothing {} = input.body()?;
    let Leaving { sessions, erasures, backup } = &*leaving;
    let erasure = Erasure::of(caller.id().clone());
    erasures.send_later(&erasure, *backup).await?;
    let identity = &sessions.identity;
    identity.users.mark_erased(caller.id(), token.account()).await?;
    sessions.close(token.account(), caller.id()).await?;
    erasures.spread(&[erasure]).await?;
    Ok(Answer::accepted())
}
