//! `GET /v1/groups/{groupId}/members`: who belongs to a group.

use std::sync::Arc;

use shared::app::App;
use shared::error::Result;
use shared::http::{Answer, Input, PageRequest};
use shared::log::member;
use shared::model::{ConversationId, GroupId, UserId};

/// Handles the route.
pub async fn handle(app: Arc<App>, input: Input) -> Result<Answer> {
    let caller = input.caller()?;
    let group: GroupId = input.path("groupId", "group")?;
    let request: PageRequest<UserId> = PageRequest::of(&input)?;
    let conversation = ConversationId::Group(group);

    let members = async {
        let after = request.position.as_ref();
        Ok(app.memberships.members(&conversation, after, request.limit).await?)
    };
    let (_, (members, next)) = tokio::try_join!(member(&app, caller.id(), &conversation), members)?;
    Answer::page("members", request.page(members, next)?)
}
