//! `PATCH`: the sender gives a message another body.

use schemars::JsonSchema;
use serde::Deserialize;
use shared::app::App;
use shared::error::{Error, Result};
use shared::http::{Answer, ByName, Caller, Input, required, valid};
use shared::log::{Change, Decision, Next, Shown, change};
use shared::model::{Content, Entry, Message, MessageBody};
use validator::Validate;

use super::{Found, Place};

/// The other body.
#[derive(Debug, Deserialize, Validate, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "EditMessage")]
pub struct Edit {
    /// What it is to say.
    #[validate(required, custom(function = "valid::<MessageBody>"))]
    #[schemars(with = "ByName<MessageBody>")]
    body: Option<String>,
}

pub(super) async fn edit(
    app: &App,
    caller: &Caller,
    place: &Place,
    input: &Input,
) -> Result<Answer> {
    let edit: Edit = input.body()?;
    let body: MessageBody = required("/body", edit.body.as_deref())?;
    let decide = |next| decide(app, caller, place, body.clone(), next);
    let edited = change(app, caller.id(), &place.conversation, decide).await?;
    Answer::ok(&Shown::from(edited))
}

async fn decide(
    app: &App,
    caller: &Caller,
    place: &Place,
    body: MessageBody,
    next: Next,
) -> Result<Decision<Entry>> {
    let (found, blocked) =
        tokio::try_join!(place.find(app, caller), is_blocked(app, caller, place))?;
    let Found { entry, message, .. } = found;
    if entry.actor_id != *caller.id() {
        return Err(Error::Forbidden("only its sender may edit a message"));
    }
    if message.deleted_at.is_some() {
        return Err(Error::Deleted);
    }
    if blocked {
        return Err(Error::Blocked);
    }
    let write = app.messages.edit_write(&place.conversation, place.seq, &body, next.at);
    let edited = Message { body: Some(body), edited_at: Some(next.at), ..message };
    Ok(Decision::Append(Box::new(Change {
        content: Content::Edited { target: place.seq },
        author_id: Some(caller.id().clone()),
        writes: vec![(write, Error::Deleted)],
        answer: Entry { content: Content::Message(edited), ..entry },
    })))
}

/// Whether a block stands between the two people of a direct conversation.
async fn is_blocked(app: &App, caller: &Caller, place: &Place) -> Result<bool> {
    match place.conversation.peer_of(caller.id()) {
        Some(peer) => Ok(app.blocks.stands_between(caller.id(), peer).await?),
        None => Ok(false),
    }
}
