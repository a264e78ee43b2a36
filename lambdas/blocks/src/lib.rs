//! `GET /v1/blocks`: whom the caller has blocked.

use std::sync::Arc;

use shared::app::App;
use shared::error::Result;
use shared::http::{Answer, Input, PageRequest};
use shared::model::UserId;

/// Handles the route.
pub async fn handle(app: Arc<App>, input: Input) -> Result<Answer> {
    let caller = input.caller()?;
    let request: PageRequest<UserId> = PageRequest::of(&input)?;
    let (blocks, next) =
        app.blocks.page(caller.id(), request.position.clone(), request.limit).await?;
    Answer::page("blocks", request.page(blocks, next)?)
}
