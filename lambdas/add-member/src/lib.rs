//! `PUT /v1/groups/{groupId}/members/{userId}`: somebody joins, is added, or has another role.

mod another;
mod oneself;

use std::sync::Arc;

use serde::Deserialize;
use shared::app::App;
use shared::error::{Error, Result};
use shared::http::{Answer, Input, optional, valid};
use shared::log::{Change, Decision, Next, change};
use shared::model::{Content, ConversationId, GroupId, Membership, Role, UserId};
use shared::store::{Count, Member};
use validator::Validate;

/// As what.
#[derive(Debug, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct Put {
    #[validate(custom(function = "valid::<Role>"))]
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
    match change(&app, &order.actor, &order.conversation, decide).await? {
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

impl Order {
    /// The target becomes a member.
    fn add(&self, app: &App, role: Role, next: Next) -> Result<Decision<Outcome>> {
        let (target, conversation) = (self.target.clone(), self.conversation.clone());
        let membership = Membership::of_group(target, conversation, role, next.seq, next.at);
        let count = Count { members: 1, owners: owners(role) };
        Ok(Decision::Append(Box::new(Change {
            content: Content::MemberAdded { target: self.target.clone(), role },
            author_id: None,
            writes: vec![
                (app.memberships.put_write(&membership)?, Error::Unavailable),
                (app.groups.count_write(&self.group, count), Error::GroupFull),
            ],
            answer: Outcome::Added(Member {
                user_id: membership.user_id,
                role,
                joined_at: membership.joined_at,
            }),
        })))
    }

    /// The target has another role.
    fn change(&self, app: &App, target: Membership, from: Role, to: Role) -> Decision<Outcome> {
        let count = Count { members: 0, owners: owners(to) - owners(from) };
        let role_write = app.memberships.role_write(&self.target, &self.conversation, to);
        let mut writes = vec![(role_write, Error::Unavailable)];
        if count != Count::default() {
            writes.push((app.groups.count_write(&self.group, count), Error::LastOwner));
        }
        Decision::Append(Box::new(Change {
            content: Content::RoleChanged { target: self.target.clone(), role: to },
            author_id: None,
            writes,
            answer: Outcome::Changed(member(target, to)),
        }))
    }
}

fn owners(role: Role) -> i64 {
    i64::from(role == Role::Owner)
}

fn member(membership: Membership, role: Role) -> Member {
    Member { user_id: membership.user_id, role, joined_at: membership.joined_at }
}
