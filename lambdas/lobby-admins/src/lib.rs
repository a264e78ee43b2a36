//! `PUT` and `DELETE /v1/lobby/admins/{userId}`: the operator appoints an admin of the lobby, and dismisses one.

use std::sync::Arc;

use lambda_http::http::Method;
use shared::app::App;
use shared::error::{Error, Result};
use shared::http::{Answer, Input};
use shared::log::{Decision, Next, add_member, change, change_role, opening_lobby};
use shared::model::{ConversationId, GroupId, Role, UserId};

/// Handles both methods; either may be repeated. Whoever is appointed becomes a member; whoever is dismissed stays one.
pub async fn handle(app: Arc<App>, input: Input) -> Result<Answer> {
    let user: UserId = input.path("userId", "user")?;
    app.users.find(&user).await?.ok_or(Error::NotFound("user"))?;
    let role = if *input.method() == Method::DELETE { Role::Member } else { Role::Admin };

    let lobby = GroupId::lobby();
    let conversation = ConversationId::Group(lobby.clone());
    let system = UserId::system();
    let decide = |next| decide(&app, &lobby, &user, role, next);
    opening_lobby(&app, &lobby, || change(&app, &system, &conversation, decide)).await?;
    Ok(Answer::no_content())
}

async fn decide(
    app: &App,
    lobby: &GroupId,
    user: &UserId,
    role: Role,
    next: Next,
) -> Result<Decision<()>> {
    let theirs = app.memberships.get(user, &ConversationId::Group(lobby.clone())).await?;
    match theirs.filter(shared::model::Membership::is_active) {
        Some(theirs) => Ok(change_role(app, lobby, theirs, role, drop)),
        None if role == Role::Member => Ok(Decision::Nothing(())),
        None => add_member(app, lobby, user, role, next, drop),
    }
}
