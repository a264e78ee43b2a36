//! `GET`, `PATCH` and `DELETE /v1/conversations/{conversationId}/messages/{seq}`: one entry of a log.

mod delete;
mod edit;

use std::sync::Arc;

use lambda_http::http::Method;
use shared::app::App;
use shared::error::{Error, Result};
use shared::http::{Answer, Caller, Input};
use shared::log::{Viewer, admit};
use shared::model::{ConversationId, Entry, Membership, Message, Seq};
use shared::store::Consistency;

pub use edit::Edit;

/// Which entry.
#[derive(Debug)]
struct Place {
    conversation: ConversationId,
    seq: Seq,
}

/// Handles the three methods.
pub async fn handle(app: Arc<App>, input: Input) -> Result<Answer> {
    let caller = input.caller()?;
    let place =
        Place { conversation: input.path("conversationId", "conversation")?, seq: input.seq()? };
    match *input.method() {
        Method::PATCH => edit::edit(&app, &caller, &place, &input).await,
        Method::DELETE => delete::delete(&app, &caller, &place).await,
        _ => show(&app, &caller, &place).await,
    }
}

async fn show(app: &App, caller: &Caller, place: &Place) -> Result<Answer> {
    let (membership, blocked, entry) = tokio::try_join!(
        app.memberships.get(caller.id(), &place.conversation),
        app.blocks.all_of(caller.id()),
        app.messages.get(&place.conversation, place.seq, Consistency::Strong),
    )?;
    let membership = admit(app, &place.conversation, membership).await?;
    let viewer = Viewer { membership: &membership, blocked: &blocked };
    let shown = entry.and_then(|entry| viewer.show(entry)).ok_or(Error::NotFound("message"))?;
    Answer::ok(&shown)
}

/// A message as it was read, ready to be changed.
struct Found {
    membership: Membership,
    entry: Entry,
    message: Message,
}

impl Place {
    /// The message here and the caller's part in its conversation, read strongly.
    async fn find(&self, app: &App, caller: &Caller) -> Result<Found> {
        let (membership, entry) = tokio::try_join!(
            app.memberships.get(caller.id(), &self.conversation),
            app.messages.get(&self.conversation, self.seq, Consistency::Strong),
        )?;
        let membership = admit(app, &self.conversation, membership).await?;
        let readable = entry.filter(|entry| entry.seq >= membership.joined_seq);
        let entry = readable.ok_or(Error::NotFound("message"))?;
        let message = entry.message().cloned().ok_or(Error::NotFound("message"))?;
        Ok(Found { membership, entry, message })
    }
}
