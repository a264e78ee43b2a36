//! What a handler of the chat works with.

use crate::aws::{self, variable};
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
    /// Over the tables whose names begin with `prefix`.
    #[must_use]
    pub fn new(client: aws_sdk_dynamodb::Client, prefix: &str, flood_limit: Option<u32>) -> Self {
        let store = Store::new(client, prefix);
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

    /// As the lambda's environment says: `TABLE_PREFIX`, and `FLOOD_LIMIT` where there is one. Opens a connection to
    /// DynamoDB, so that the first request does not wait for TLS.
    ///
    /// # Errors
    /// Names the variable that is missing or cannot be read.
    pub async fn from_env() -> Result<Self, lambda_http::Error> {
        let flood_limit = match std::env::var("FLOOD_LIMIT") {
            Ok(limit) => Some(limit.parse().map_err(|_| "FLOOD_LIMIT must be a whole number")?),
            Err(_) => None,
        };
        let client = aws_sdk_dynamodb::Client::new(&aws::config().await);
        let app = Self::new(client, &variable("TABLE_PREFIX")?, flood_limit);
        app.store.warm_up().await;
        Ok(app)
    }
}
