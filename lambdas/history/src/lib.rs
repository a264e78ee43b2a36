//! `GET /v1/conversations/{conversationId}/messages`: a part of a conversation's log.

use std::sync::Arc;

use serde_json::json;
use shared::app::App;
use shared::error::Result;
use shared::http::{Answer, Input};
use shared::log::{Shown, Viewer, admit};
use shared::model::{ConversationId, Entry, Seq};
use shared::store::StoreError;

/// Which part: the entries above `after`, or the newest below `before`, or those between both.
#[derive(Debug, Clone, Copy)]
struct Part {
    after: Option<Seq>,
    before: Option<Seq>,
    limit: usize,
}

/// Handles the route.
pub async fn handle(app: Arc<App>, input: Input) -> Result<Answer> {
    let caller = input.caller()?;
    let conversation: ConversationId = input.path("conversationId", "conversation")?;
    let part = Part {
        after: input.query_seq("after")?,
        before: input.query_seq("before")?,
        limit: input.limit()?,
    };

    let (membership, blocked, mut entries) = tokio::try_join!(
        app.memberships.get(caller.id(), &conversation),
        app.blocks.all_of(caller.id()),
        part.read(&app, &conversation),
    )?;
    let membership = admit(&app, &conversation, membership).await?;
    let unreadable = membership.joined_seq.previous();
    if part.after.is_some_and(|after| after < unreadable) {
        entries = Part { after: Some(unreadable), ..part }.read(&app, &conversation).await?;
    }
    let viewer = Viewer { membership: &membership, blocked: &blocked };
    let entries: Vec<Shown> = entries.into_iter().filter_map(|entry| viewer.show(entry)).collect();
    Answer::ok(&json!({ "entries": entries }))
}

impl Part {
    /// The entries, in order.
    async fn read(
        self,
        app: &App,
        conversation: &ConversationId,
    ) -> Result<Vec<Entry>, StoreError> {
        if let Some(after) = self.after {
            return Ok(app
                .messages
                .after(conversation, after, self.before, self.limit)
                .await?
                .entries);
        }
        let mut entries = app.messages.newest(conversation, self.before, self.limit).await?;
        entries.reverse();
        Ok(entries)
    }
}
