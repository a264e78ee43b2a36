//! `POST /v1/groups/{groupId}/messages`: a member writes to a group.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Number;
use shared::app::App;
use shared::error::Result;
use shared::http::{
    Answer, ByName, Input, optional, optional_number, required, valid, valid_number,
};
use shared::log::{Draft, send};
use shared::model::{ClientId, ConversationId, GroupId, MessageBody, Seq};
use validator::Validate;

/// A message to a group.
#[derive(Debug, Deserialize, Validate, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schemars(rename = "SendGroupMessage")]
pub struct Send {
    /// What it says.
    #[validate(required, custom(function = "valid::<MessageBody>"))]
    #[schemars(with = "ByName<MessageBody>")]
    body: Option<String>,
    /// The message of the group that it answers.
    #[validate(custom(function = "valid_number::<Seq>"))]
    #[schemars(with = "Option<Seq>")]
    reply_to: Option<Number>,
    /// The sender's own id for it: sent again with the same one within 24 hours, it is sent once.
    #[validate(custom(function = "valid::<ClientId>"))]
    #[schemars(with = "Option<ClientId>")]
    client_message_id: Option<String>,
}

/// Handles the route.
pub async fn handle(app: Arc<App>, input: Input) -> Result<Answer> {
    let caller = input.caller()?;
    let group: GroupId = input.path("groupId", "group")?;
    let body: Send = input.body()?;
    let draft = Draft {
        sender: caller.id().clone(),
        conversation: ConversationId::Group(group),
        body: required("/body", body.body.as_deref())?,
        reply_to: optional_number("/replyTo", body.reply_to.as_ref())?,
        client_message_id: optional("/clientMessageId", body.client_message_id.as_deref())?,
    };
    Answer::sent(send(&app, &draft).await?)
}
