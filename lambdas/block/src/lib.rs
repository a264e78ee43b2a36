//! `PUT` and `DELETE /v1/blocks/{userId}`: the caller blocks and unblocks a person.

use std::sync::Arc;

use lambda_http::http::Method;
use shared::error::{Error, Result};
use shared::http::{Answer, Input};
use shared::model::UserId;
use shared::realtime::{Push, Realtime};

/// Handles both methods; either may be repeated. The caller's devices are told, so that they page in anew: where one may not
/// know yet, the caller is asked to repeat it.
pub async fn handle(realtime: Arc<Realtime>, input: Input) -> Result<Answer> {
    let app = &realtime.app;
    let caller = input.caller()?;
    let user: UserId = input.path("userId", "user")?;
    if user == *caller.id() {
        return Err(Error::invalid("/userId", "must be another person"));
    }
    let devices = realtime.connections.of(std::slice::from_ref(caller.id()));
    let devices = if *input.method() == Method::DELETE {
        tokio::try_join!(app.blocks.remove(caller.id(), &user), devices)?.1
    } else {
        let (found, devices) = tokio::try_join!(app.users.find(&user), devices)?;
        found.ok_or(Error::NotFound("user"))?;
        app.blocks.add(caller.id(), &user).await?;
        devices
    };
    realtime.hint_to(devices, None, &Push::BlocksChanged).await?;
    Ok(Answer::no_content())
}
