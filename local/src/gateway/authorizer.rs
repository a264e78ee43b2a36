//! The lambda that lets callers in: a REQUEST authorizer with simple answers, who knows callers by their `Authorization`
//! header.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use aws_lc_rs::digest::{SHA256, SHA256_OUTPUT_LEN, digest};
use serde::Deserialize;
use serde_json::{Map, Value};
use shared::events::{EventHandler, Failed};

use super::event::Incoming;
use super::refusal::Refusal;
use crate::invocation::call;

/// How long an answer counts.
const LIFETIME: Duration = Duration::from_mins(5);

/// How many answers are kept: the newest.
const CAPACITY: usize = 1_000;

/// What the lambda says of a caller.
pub type Context = Map<String, Value>;

/// The lambda, and what it answered lately.
pub struct LambdaAuthorizer {
    handler: EventHandler,
    cache: Mutex<Cache>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    is_authorized: bool,
    context: Option<Context>,
}

/// Whom the lambda lets in, with what it says of them; none: not them.
type Decision = Option<Context>;

/// A header's value, in little room.
type Identity = [u8; SHA256_OUTPUT_LEN];

#[derive(Default)]
struct Cache {
    decisions: HashMap<Identity, Decision>,
    /// When each of them ends, the first one first.
    ends: VecDeque<(Instant, Identity)>,
}

impl LambdaAuthorizer {
    /// Asks `handler`.
    pub fn new(handler: EventHandler) -> Self {
        Self { handler, cache: Mutex::default() }
    }

    /// What the lambda says of the caller, now or lately.
    ///
    /// # Errors
    /// `Unauthorized` without the header, `Denied` if the lambda does not let them in, `Internal` if it does not answer.
    pub async fn admit(&self, request: &Incoming<'_>) -> Result<Context, Refusal> {
        let header = request.header("authorization").filter(|value| !value.is_empty());
        let header = header.ok_or(Refusal::Unauthorized)?;
        let identity = identity(&header);
        let known = self.cache().find(&identity, Instant::now());
        let decision = if let Some(decision) = known {
            decision
        } else {
            let decision = self.ask(request.authorization(&header)).await?;
            self.cache().keep(identity, decision.clone(), Instant::now());
            decision
        };
        decision.ok_or(Refusal::Denied)
    }

    /// In a task of its own: the lambda goes on when the client leaves.
    async fn ask(&self, event: Value) -> Result<Decision, Refusal> {
        let handler = EventHandler::clone(&self.handler);
        let answer = tokio::spawn(async move { call(&handler, event).await });
        let answer = answer.await.unwrap_or(Err(Failed)).map_err(|Failed| Refusal::Internal)?;
        let answer: Answer = serde_json::from_value(answer).map_err(|error| {
            tracing::error!(%error, "the authorizer's answer cannot be read");
            Refusal::Internal
        })?;
        Ok(answer.is_authorized.then(|| answer.context.unwrap_or_default()))
    }

    fn cache(&self) -> MutexGuard<'_, Cache> {
        self.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn identity(header: &str) -> Identity {
    let mut identity = Identity::default();
    identity.copy_from_slice(digest(&SHA256, header.as_bytes()).as_ref());
    identity
}

impl Cache {
    fn find(&mut self, identity: &Identity, now: Instant) -> Option<Decision> {
        self.forget(now);
        self.decisions.get(identity).cloned()
    }

    fn keep(&mut self, identity: Identity, decision: Decision, now: Instant) {
        if self.decisions.insert(identity, decision).is_some() {
            // Two asked at once; it ends when the first one's answer does.
            return;
        }
        self.ends.push_back((now + LIFETIME, identity));
        if self.ends.len() > CAPACITY
            && let Some((_, oldest)) = self.ends.pop_front()
        {
            self.decisions.remove(&oldest);
        }
    }

    fn forget(&mut self, now: Instant) {
        while let Some((ends, identity)) = self.ends.front()
            && *ends <= now
        {
            self.decisions.remove(identity);
            self.ends.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_counts_for_five_minutes() {
        let (mut cache, now) = (Cache::default(), Instant::now());
        cache.keep(identity("a"), Some(Context::new()), now);
        cache.keep(identity("b"), None, now + LIFETIME / 2);
        cache.keep(identity("a"), Some(Context::new()), now + LIFETIME / 2);
        let last = now + LIFETIME.saturating_sub(Duration::from_millis(1));
        assert_eq!(cache.find(&identity("a"), last), Some(Some(Context::new())));
        assert_eq!(cache.find(&identity("a"), now + LIFETIME), None);
        assert_eq!(cache.find(&identity("b"), now + LIFETIME), Some(None));
        cache.forget(now + LIFETIME * 2);
        assert!(cache.decisions.is_empty() && cache.ends.is_empty());
    }

    #[test]
    fn no_more_answers_are_kept_than_there_is_room_for() {
        let (mut cache, now) = (Cache::default(), Instant::now());
        (0..=CAPACITY).for_each(|n| cache.keep(identity(&n.to_string()), None, now));
        assert_eq!((cache.decisions.len(), cache.ends.len()), (CAPACITY, CAPACITY));
        assert_eq!(cache.find(&identity("0"), now), None);
        assert_eq!(cache.find(&identity("1"), now), Some(None));
    }
}
