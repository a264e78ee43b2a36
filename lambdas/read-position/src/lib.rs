//! `PUT /v1/conversations/{conversationId}/read`: the caller has read up to an entry.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::Number;
use shared::app::App;
use shared::error::{Error, Result};
use shared::http::{Answer, Input, optional_number, valid_number};
use shared::log::{admit, member};
use shared::model::{ConversationId, Seq};
use shared::store::{Consistency, ReadMove};
use validator::Validate;

/// Up to which entry.
#[derive(Debug, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct Read {
    #[validate(required, custom(function = "valid_number::<Seq>"))]
    seq: Option<Number>,
}

/// Handles the route. What is behind the position already changes nothing.
pub async fn handle(app: Arc<App>, input: Input) -> Result<Answer> {
    let caller = input.caller()?;
    let conversation: ConversationId = input.path("conversationId", "conversation")?;
    let body: Read = input.body()?;
    let seq: Seq = optional_number("/seq", body.seq.as_ref())?.unwrap_or_default();

    let entry = app.messages.get(&conversation, seq, Consistency::Strong).await?;
    if entry.is_none() && seq > Seq::ZERO {
        member(&app, caller.id(), &conversation).await?;
        return Err(Error::invalid("/seq", "must not be above the last entry"));
    }
    match app.memberships.move_read_position(caller.id(), &conversation, seq).await? {
        ReadMove::Done => {}
        ReadMove::Kept(membership) => {
            admit(&app, &conversation, membership.map(|membership| *membership)).await?;
        }
    }
    Ok(Answer::no_content())
}
