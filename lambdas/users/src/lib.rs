//! `GET /v1/users/{userId}` and `GET /v1/users?username=…`: other people's public profiles.

use std::sync::Arc;

use shared::app::App;
use shared::error::{Error, Result};
use shared::http::{Answer, Input};
use shared::model::{Profile, UserId, Username};
use shared::store::Consistency;

/// Handles both routes.
pub async fn handle(app: Arc<App>, input: Input) -> Result<Answer> {
    input.caller()?;
    let id = if input.route_path().ends_with("/{userId}") {
        input.path("userId", "user")?
    } else {
        by_name(&app, &input).await?
    };
    let user = app.users.find(&id).await?.ok_or(Error::NotFound("user"))?;
    Answer::ok(&Profile::from(user))
}

async fn by_name(app: &App, input: &Input) -> Result<UserId> {
    let name = input.query("username").ok_or_else(|| Error::invalid("?username", "is required"))?;
    let name: Username = name.parse().map_err(|_| Error::NotFound("user"))?;
    let id = app.users.id_of(&name, Consistency::Strong).await?;
    id.ok_or(Error::NotFound("user"))
}
