//! `PUT /v1/conversations/{conversationId}/read`: the caller has read up to an entry.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Number;
use shared::error::{Error, Result};
use shared::http::{Answer, ByName, Input, optional_number, valid_number};
use shared::log::{admit, member};
use shared::model::{ConversationId, Seq, UserId};
use shared::realtime::{Push, Realtime};
use shared::store::{Connected, Consistency, ReadMove, StoreError};
use validator::Validate;

/// Up to which entry.
#[derive(Debug, Deserialize, Validate, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "MarkRead")]
pub struct Read {
    /// The last entry that the caller has read.
    #[validate(required, custom(function = "valid_number::<Seq>"))]
    #[schemars(with = "ByName<Seq>")]
    seq: Option<Number>,
}

/// Handles the route. What is behind the position already changes nothing.
pub async fn handle(realtime: Arc<Realtime>, input: Input) -> Result<Answer> {
    let app = &realtime.app;
    let caller = input.caller()?;
    let conversation: ConversationId = input.path("conversationId", "conversation")?;
    let body: Read = input.body()?;
    let seq: Seq = optional_number("/seq", body.seq.as_ref())?.unwrap_or_default();

    let (entry, devices) = tokio::try_join!(
        app.messages.get(&conversation, seq, Consistency::Strong),
        told(&realtime, caller.id(), &conversation),
    )?;
    if entry.is_none() && seq > Seq::ZERO {
        member(app, caller.id(), &conversation).await?;
        return Err(Error::invalid("/seq", "must not be above the last entry"));
    }
    match app.memberships.move_read_position(caller.id(), &conversation, seq).await? {
        ReadMove::Done => {
            let user_id = caller.id().clone();
            let push = Push::ConversationRead { conversation_id: conversation, user_id, seq };
            if let Err(error) = realtime.hint_to(devices, input.socket(), &push).await {
                // It is stored, and read with the conversation.
                shared::logging::report(&error);
            }
        }
        ReadMove::Kept(membership) => {
            admit(app, &conversation, membership.map(|membership| *membership)).await?;
        }
    }
    Ok(Answer::no_content())
}

/// The sockets of those who are told: the reader, and the other person of a direct conversation unless they have blocked
/// the reader.
async fn told(
    realtime: &Realtime,
    reader: &UserId,
    conversation: &ConversationId,
) -> Result<Connected, StoreError> {
    let Some(peer) = conversation.peer_of(reader) else {
        return realtime.connections.of(std::slice::from_ref(reader)).await;
    };
    let (people, pair) = ([reader.clone(), peer.clone()], [(peer, reader)]);
    let (mut connected, blocked) =
        tokio::try_join!(realtime.connections.of(&people), realtime.app.blocks.among(&pair),)?;
    if !blocked.is_empty() {
        connected.remove(peer);
    }
    Ok(connected)
}
