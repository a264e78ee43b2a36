//! `POST /v1/groups`: a new group with its first members, in one transaction.

mod creation;

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;
use shared::app::App;
use shared::error::{Error, FieldError, Result};
use shared::http::{Answer, ByName, Input, optional, required, valid};
use shared::model::{ClientId, Name, UserId, Visibility};
use validator::{Validate, ValidationError};

use creation::{Created, Creation};

/// The most first members besides the owner: a transaction holds 100 writes (DynamoDB's limit).
const MAX_FIRST_MEMBERS: usize = 90;

/// What a group begins with.
#[derive(Debug, Deserialize, Validate, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schemars(rename = "CreateGroup")]
pub struct Create {
    /// Its name.
    #[validate(required, custom(function = "valid::<Name>"))]
    #[schemars(with = "ByName<Name>")]
    name: Option<String>,
    /// Who may see and join it; `private` where it is left out.
    #[validate(custom(function = "valid::<Visibility>"))]
    #[schemars(with = "Option<Visibility>")]
    visibility: Option<String>,
    /// The first members besides the caller: at most 90 people; repeated ids count once.
    #[validate(custom(function = "user_ids"))]
    #[schemars(with = "Option<Vec<UserId>>")]
    member_ids: Option<Vec<String>>,
    /// The caller's own id for it: made again with the same one, it is made once.
    #[validate(custom(function = "valid::<ClientId>"))]
    #[schemars(with = "Option<ClientId>")]
    client_group_id: Option<String>,
}

/// Handles the route.
pub async fn handle(app: Arc<App>, input: Input) -> Result<Answer> {
    let caller = input.caller()?;
    let body: Create = input.body()?;
    let asked_for = parsed(&body.member_ids.unwrap_or_default());
    let creation = Creation {
        creator: caller.id().clone(),
        name: required("/name", body.name.as_deref())?,
        visibility: optional("/visibility", body.visibility.as_deref())?
            .unwrap_or(Visibility::Private),
        members: first_members(caller.id(), &asked_for)?,
        client_group_id: optional("/clientGroupId", body.client_group_id.as_deref())?,
    };
    if let Some(earlier) = creation.earlier(&app).await? {
        return Answer::ok(&earlier);
    }
    let (existing, blockers) = tokio::try_join!(
        app.users.existing(&creation.members),
        app.blocks.blockers_of(caller.id(), &creation.members),
    )?;
    all_exist(caller.id(), &asked_for, &existing)?;
    if !blockers.is_empty() {
        return Err(Error::Blocked);
    }
    match creation.carry_out(&app).await? {
        Created::Now(group) => Answer::created(&group),
        Created::Before(group) => Answer::ok(&group),
    }
}

/// Every id as it was asked for.
fn parsed(ids: &[String]) -> Vec<UserId> {
    ids.iter().filter_map(|id| id.parse().ok()).collect()
}

/// The first members besides the creator, each once.
fn first_members(creator: &UserId, asked_for: &[UserId]) -> Result<Vec<UserId>> {
    let mut members = asked_for.to_vec();
    members.sort();
    members.dedup();
    members.retain(|member| member != creator);
    if members.len() > MAX_FIRST_MEMBERS {
        return Err(Error::invalid("/memberIds", "must have at most 90 people besides you"));
    }
    Ok(members)
}

/// Names each id that is nobody's.
fn all_exist(creator: &UserId, asked_for: &[UserId], existing: &[UserId]) -> Result<()> {
    let unknown: Vec<FieldError> = asked_for
        .iter()
        .enumerate()
        .filter(|(_, id)| *id != creator && !existing.contains(id))
        .map(|(index, _)| FieldError::new(format!("/memberIds/{index}"), "there is no such user"))
        .collect();
    if unknown.is_empty() { Ok(()) } else { Err(Error::Invalid(unknown)) }
}

fn user_ids(ids: &[String]) -> Result<(), ValidationError> {
    match ids.iter().position(|id| id.parse::<UserId>().is_err()) {
        None => Ok(()),
        Some(index) => {
            let detail = format!("must be user ids, which are UUIDs: item {index} is none");
            Err(ValidationError::new("user-ids").with_message(detail.into()))
        }
    }
}
