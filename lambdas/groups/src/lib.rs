//! `GET /v1/groups?visibility=open`: the groups that anyone may join.

use std::sync::Arc;

use shared::app::App;
use shared::error::{Error, Result};
use shared::http::{Answer, Input, PageRequest};
use shared::model::{GroupId, Visibility};

/// Handles the route.
pub async fn handle(app: Arc<App>, input: Input) -> Result<Answer> {
    input.caller()?;
    let visibility = input.query("visibility").map(str::parse);
    if !matches!(visibility, None | Some(Ok(Visibility::Open))) {
        return Err(Error::invalid("?visibility", "must be 'open': private groups are not listed"));
    }
    let request: PageRequest<GroupId> = PageRequest::of(&input)?;
    let (groups, next) = app.groups.open(request.position.as_ref(), request.limit).await?;
    Answer::page("groups", request.page(groups, next)?)
}
