//! `GET` and `PATCH /v1/users/me`: the caller's own profile.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;
use shared::app::App;
use shared::error::{Error, Result};
use shared::http::{Answer, Caller, Input, optional, valid};
use shared::model::{Name, Profile};
use validator::Validate;

/// What the caller changes.
#[derive(Debug, Deserialize, Validate, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schemars(rename = "ChangeProfile")]
pub struct Change {
    /// How the caller is to be called.
    #[validate(custom(function = "valid::<Name>"))]
    #[schemars(with = "Option<Name>")]
    display_name: Option<String>,
}

/// Handles both methods.
pub async fn handle(app: Arc<App>, input: Input) -> Result<Answer> {
    let caller = input.caller()?;
    match *input.method() {
        lambda_http::http::Method::PATCH => change(&app, &caller, &input).await,
        _ => show(&app, &caller).await,
    }
}

async fn show(app: &App, caller: &Caller) -> Result<Answer> {
    let user = app.users.find(caller.id()).await?.ok_or(Error::Unauthenticated)?;
    Answer::ok(&Profile::from(user))
}

async fn change(app: &App, caller: &Caller, input: &Input) -> Result<Answer> {
    let body: Change = input.body()?;
    let Some(name) = optional::<Name>("/displayName", body.display_name.as_deref())? else {
        return show(app, caller).await;
    };
    let user = app.users.rename(caller.id(), &name).await?.ok_or(Error::Unauthenticated)?;
    Answer::ok(&Profile::from(user))
}
