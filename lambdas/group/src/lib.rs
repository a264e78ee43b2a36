//! `GET`, `PATCH` and `DELETE /v1/groups/{groupId}`: one group.

mod delete;
mod update;

use std::sync::Arc;

use lambda_http::http::Method;
use shared::app::App;
use shared::error::{Error, Result};
use shared::http::{Answer, Caller, Input};
use shared::log::{member, opening_lobby};
use shared::model::{ConversationId, GroupId, Membership, Role, Visibility};
use shared::realtime::Realtime;

/// Handles the three methods.
pub async fn handle(realtime: Arc<Realtime>, input: Input) -> Result<Answer> {
    let app = &realtime.app;
    let caller = input.caller()?;
    let group: GroupId = input.path("groupId", "group")?;
    match *input.method() {
        Method::PATCH => update::update(app, &caller, &group, &input).await,
        Method::DELETE => delete::delete(&realtime, &caller, &group).await,
        _ => opening_lobby(app, &group, || show(app, &caller, &group)).await,
    }
}

/// Anyone signed in may see an open group; a private one only its members.
async fn show(app: &App, caller: &Caller, id: &GroupId) -> Result<Answer> {
    let conversation = ConversationId::Group(id.clone());
    let (group, membership) =
        tokio::try_join!(app.groups.get(id), app.memberships.get(caller.id(), &conversation),)?;
    let group = group.ok_or(Error::NotFound("group"))?;
    match membership {
        _ if group.visibility == Visibility::Open => Answer::ok(&group),
        Some(membership) if membership.is_active() => Answer::ok(&group),
        Some(_) => Err(Error::NotAMember),
        None => Err(Error::NotFound("group")),
    }
}

/// The caller's part in a group that they own.
async fn owner(app: &App, caller: &Caller, conversation: &ConversationId) -> Result<Membership> {
    let membership = member(app, caller.id(), conversation).await?;
    if membership.active_role() == Some(Role::Owner) {
        Ok(membership)
    } else {
        Err(Error::Forbidden("only owners may do this"))
    }
}
