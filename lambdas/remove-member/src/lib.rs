//! `DELETE /v1/groups/{groupId}/members/{userId}`: somebody leaves or is removed.

use std::sync::Arc;

use shared::app::App;
use shared::error::{Error, Result};
use shared::http::{Answer, Input};
use shared::log::{Change, Decision, Next, admit, change};
use shared::model::{Content, ConversationId, GroupId, Membership, Role, UserId};
use shared::store::Count;

/// A request as it is decided.
#[derive(Debug)]
struct Order {
    actor: UserId,
    target: UserId,
    group: GroupId,
    conversation: ConversationId,
}

/// Handles the route.
pub async fn handle(app: Arc<App>, input: Input) -> Result<Answer> {
    let caller = input.caller()?;
    let group: GroupId = input.path("groupId", "group")?;
    let target: UserId = input.path("userId", "user")?;
    let conversation = ConversationId::Group(group.clone());
    let order = Order { actor: caller.id().clone(), target, group, conversation };

    let decide = |next| decide(&app, &order, next);
    change(&app, &order.actor, &order.conversation, decide).await?;
    Ok(Answer::no_content())
}

async fn decide(app: &App, order: &Order, next: Next) -> Result<Decision<()>> {
    let removed = if order.actor == order.target {
        let mine = app.memberships.get(&order.actor, &order.conversation).await?;
        role(Some(admit(app, &order.conversation, mine).await?))?
    } else {
        another(app, order).await?
    };
    let count = Count { members: -1, owners: -i64::from(removed == Role::Owner) };
    let removal =
        app.memberships.removal_write(&order.target, &order.conversation, &order.actor, next.at);
    Ok(Decision::Append(Box::new(Change {
        content: Content::MemberRemoved { target: order.target.clone() },
        author_id: None,
        writes: vec![
            (removal, Error::NotFound("member")),
            (app.groups.count_write(&order.group, count), Error::LastOwner),
        ],
        answer: (),
    })))
}

/// The role of another member, of lower rank than the caller's.
async fn another(app: &App, order: &Order) -> Result<Role> {
    let (mine, theirs) = tokio::try_join!(
        app.memberships.get(&order.actor, &order.conversation),
        app.memberships.get(&order.target, &order.conversation),
    )?;
    let rank = role(Some(admit(app, &order.conversation, mine).await?))?;
    if rank < Role::Admin {
        return Err(Error::Forbidden("only admins and owners may remove members"));
    }
    let theirs = role(theirs)?;
    if theirs >= rank {
        return Err(Error::Forbidden("only members of lower rank may be removed"));
    }
    Ok(theirs)
}

fn role(membership: Option<Membership>) -> Result<Role> {
    let role = membership.and_then(|membership| membership.active_role());
    role.ok_or(Error::NotFound("member"))
}
