//! `PUT` and `DELETE /v1/blocks/{userId}`: the caller blocks and unblocks a person.

use std::sync::Arc;

use lambda_http::http::Method;
use shared::app::App;
use shared::error::{Error, Result};
use shared::http::{Answer, Input};
use shared::model::UserId;

/// Handles both methods; either may be repeated.
pub async fn handle(app: Arc<App>, input: Input) -> Result<Answer> {
    let caller = input.caller()?;
    let user: UserId = input.path("userId", "user")?;
    if user == *caller.id() {
        return Err(Error::invalid("/userId", "must be another person"));
    }
    if *input.method() == Method::DELETE {
        app.blocks.remove(caller.id(), &user).await?;
    } else {
        app.users.find(&user).await?.ok_or(Error::NotFound("user"))?;
        app.blocks.add(caller.id(), &user).await?;
    }
    Ok(Answer::no_content())
}
