//! What a handler of the chat works with.

use crate::store::{Blocks, Groups, Memberships, Messages, SentIds, Store, Users};

/// The tables and the limits. Made once in a process, shared by all of its requests.
#[derive(Debug, Clone)]
pub struct App {
    /// Reads and writes over several tables at once.
    pub store: Store,
    /// Who there is.
    pub users: Users,
    /// The logs.
    pub messages: Messages,
    /// Who has blocked whom.
    pub blocks: Blocks,
    /// The groups.
    pub groups: Groups,
    /// Who takes part in which conversation.
    pub memberships: Memberships,
    /// Which client ids stand for which messages and groups.
    pub sent_ids: SentIds,
    /// How many messages a second one sender may write into one conversation; none: as many as they like.
    pub flood_limit: Option<u32>,
}

impl App {
    /// Over the tables of `store`.
    #[must_use]
    pub fn new(store: Store, flood_limit: Option<u32>) -> Self {
        Self {
            users: Users::new(store.clone()),
            messages: Messages::new(store.clone()),
            blocks: Blocks::new(store.clone()),
            groups: Groups::new(store.clone()),
            memberships: Memberships::new(store.clone()),
            sent_ids: SentIds::new(store.clone()),
            store,
            flood_limit,
        }
    }

    /// As the lambda's environment says: as [`Store::from_env`], and `FLOOD_LIMIT` where there is one.
    ///
    /// # Errors
    /// Names the variable that is missing or cannot be read.
    pub async fn from_env() -> Result<Self, lambda_http::Error> {
        let flood_limit = match std::env::var("FLOOD_LIMIT") {
            Ok(limit) => Some(limit.parse().map_err(|_| "FLOOD_LIMIT must be a whole number")?),
            Err(_) => None,
        };
        Ok(Self::new(Store::from_env().await?, flood_limit))
    }
}
