//! `GET`, `PATCH` and `DELETE /v1/groups/{groupId}`: one group.

mod update;

use std::sync::Arc;
use std::time::{Duration, Instant};

use lambda_http::http::Method;
use shared::app::App;
use shared::error::{Error, Result};
use shared::http::{Answer, Caller, Input};
use shared::log::opening_lobby;
use shared::model::{ConversationId, GroupId, Visibility};
use shared::realtime::{EndsWhen, Realtime, end_group};

pub use update::Update;

/// How long one request ends a group: well within the gateway's 30 s.
const PATIENCE: Duration = Duration::from_secs(20);

/// Handles the three methods.
pub async fn handle(realtime: Arc<Realtime>, input: Input) -> Result<Answer> {
    let app = &realtime.app;
    let caller = input.caller()?;
    let group: GroupId = input.path("groupId", "group")?;
    match *input.method() {
        Method::PATCH => update::update(app, &caller, &group, &input).await,
        Method::DELETE => {
            let deadline = Instant::now() + PATIENCE;
            end_group(&realtime, caller.id(), &group, EndsWhen::Always, deadline).await?;
            Ok(Answer::no_content())
        }
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
