//! `DELETE`: a message becomes a tombstone.

use shared::app::App;
use shared::error::{Error, Result};
use shared::http::{Answer, Caller};
use shared::log::{Change, Decision, Next, change};
use shared::model::{Content, Role};

use super::{Found, Place};

pub(super) async fn delete(app: &App, caller: &Caller, place: &Place) -> Result<Answer> {
    let decide = |next| decide(app, caller, place, next);
    change(app, caller.id(), &place.conversation, decide).await?;
    Ok(Answer::no_content())
}

async fn decide(app: &App, caller: &Caller, place: &Place, next: Next) -> Result<Decision<()>> {
    let Found { membership, entry, message } = place.find(app, caller).await?;
    let is_admin = membership.active_role() >= Some(Role::Admin);
    if entry.actor_id != *caller.id() && !is_admin {
        return Err(Error::Forbidden("only its sender and admins may delete a message"));
    }
    if message.deleted_at.is_some() {
        return Ok(Decision::Nothing(()));
    }
    let write = app.messages.delete_write(&place.conversation, place.seq, next.at);
    Ok(Decision::Append(Box::new(Change {
        content: Content::Deleted { target: place.seq },
        author_id: Some(entry.actor_id),
        writes: vec![(write, Error::NotFound("message"))],
        answer: (),
    })))
}
