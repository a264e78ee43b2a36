//! `PATCH`: an owner gives the group another name or visibility.

use schemars::JsonSchema;
use serde::Deserialize;
use shared::app::App;
use shared::error::{Error, Result};
use shared::http::{Answer, Caller, Input, optional, valid};
use shared::log::{Change, Decision, change, owner};
use shared::model::{Content, ConversationId, Group, GroupId, Name, Visibility};
use validator::Validate;

/// What is to be changed.
#[derive(Debug, Deserialize, Validate, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "UpdateGroup")]
pub struct Update {
    /// Its new name.
    #[validate(custom(function = "valid::<Name>"))]
    #[schemars(with = "Option<Name>")]
    name: Option<String>,
    /// Who may see and join it from now on.
    #[validate(custom(function = "valid::<Visibility>"))]
    #[schemars(with = "Option<Visibility>")]
    visibility: Option<String>,
}

pub(super) async fn update(
    app: &App,
    caller: &Caller,
    id: &GroupId,
    input: &Input,
) -> Result<Answer> {
    let update: Update = input.body()?;
    let name: Option<Name> = optional("/name", update.name.as_deref())?;
    let visibility: Option<Visibility> = optional("/visibility", update.visibility.as_deref())?;
    let conversation = ConversationId::Group(id.clone());
    let decide = |_| decide(app, caller, id, name.clone(), visibility);
    Answer::ok(&change(app, caller.id(), &conversation, decide).await?)
}

async fn decide(
    app: &App,
    caller: &Caller,
    id: &GroupId,
    name: Option<Name>,
    visibility: Option<Visibility>,
) -> Result<Decision<Group>> {
    let conversation = ConversationId::Group(id.clone());
    let group = async { Ok(app.groups.get(id).await?) };
    let (_, group) = tokio::try_join!(owner(app, caller.id(), &conversation), group)?;
    let mut group = group.ok_or(Error::NotFound("group"))?;

    let name = name.filter(|name| *name != group.name);
    let visibility = visibility.filter(|visibility| *visibility != group.visibility);
    if name.is_none() && visibility.is_none() {
        return Ok(Decision::Nothing(group));
    }
    group.name = name.clone().unwrap_or(group.name);
    group.visibility = visibility.unwrap_or(group.visibility);
    Ok(Decision::Append(Box::new(Change {
        content: Content::GroupUpdated { name, visibility },
        author_id: None,
        writes: vec![(app.groups.update_write(&group), Error::NotFound("group"))],
        answer: group,
    })))
}
