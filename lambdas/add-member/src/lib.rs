//! `PUT /v1/groups/{groupId}/members/{userId}`: somebody joins, is added, or has another role.

mod another;
mod oneself;

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;
use shared::app::App;
use shared::error::Result;
use shared::http::{Answer, Input, optional, valid};
use shared::log::{Decision, Next, change, opening_lobby};
use shared::model::{ConversationId, GroupId, Role, UserId};
use shared::store::Member;
use validator::Validate;

/// As what.
#[derive(Debug, Deserialize, Validate, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "PutMember")]
pub struct Put {
    /// Their role: `member` for a new member where it is left out.
    #[validate(custom(function = "valid::<Role>"))]
    #[schemars(with = "Option<Role>")]
    role: Option<String>,
}

/// A request as it is decided.
#[derive(Debug)]
struct Order {
    actor: UserId,
    target: UserId,
    group: GroupId,
    conversation: ConversationId,
    role: Option<Role>,
}

/// What became of it.
#[derive(Debug)]
enum Outcome {
    Added(Member),
    Changed(Member),
}

/// Handles the route.
pub async fn handle(app: Arc<App>, input: Input) -> Result<Answer> {
    let caller = input.caller()?;
    let group: GroupId = input.path("groupId", "group")?;
    let target: UserId = input.path("userId", "user")?;
    let body: Put = input.body()?;
    let role = optional("/role", body.role.as_deref())?;
    let conversation = ConversationId::Group(group.clone());
    let order = Order { actor: caller.id().clone(), target, group, conversation, role };

    let decide = |next| decide(&app, &order, next);
    let put = || change(&app, &order.actor, &order.conversation, decide);
    match opening_lobby(&app, &order.group, put).await? {
        Outcome::Added(member) => Answer::created(&member),
        Outcome::Changed(member) => Answer::ok(&member),
    }
}

async fn decide(app: &App, order: &Order, next: Next) -> Result<Decision<Outcome>> {
    if order.actor == order.target {
        oneself::decide(app, order, next).await
    } else {
        another::decide(app, order, next).await
    }
}
