//! An admin adds somebody; an owner gives a role.

use shared::app::App;
use shared::error::{Error, Result};
use shared::log::{Decision, Next, add_member, admit, change_role};
use shared::model::{Membership, Role};

use super::{Order, Outcome};

pub(super) async fn decide(app: &App, order: &Order, next: Next) -> Result<Decision<Outcome>> {
    let target = std::slice::from_ref(&order.target);
    let (mine, theirs, blockers, user) = tokio::try_join!(
        app.memberships.get(&order.actor, &order.conversation),
        app.memberships.get(&order.target, &order.conversation),
        app.blocks.blockers_of(&order.actor, target),
        app.users.find(&order.target),
    )?;
    let mine = admit(app, &order.conversation, mine).await?;
    let rank = mine.active_role().filter(|role| *role >= Role::Admin);
    let rank = rank.ok_or(Error::Forbidden("only admins and owners may add members"))?;
    user.ok_or(Error::NotFound("user"))?;

    if let Some((theirs, current)) = active(theirs) {
        let role = order.role.unwrap_or(current);
        may_give(rank, role != current)?;
        return Ok(change_role(app, &order.group, theirs, role, Outcome::Changed));
    }
    if !blockers.is_empty() {
        return Err(Error::Blocked);
    }
    let role = order.role.unwrap_or(Role::Member);
    may_give(rank, role > Role::Member)?;
    add_member(app, &order.group, &order.target, role, next, Outcome::Added)
}

/// The role of one who belongs to the group.
fn active(membership: Option<Membership>) -> Option<(Membership, Role)> {
    let membership = membership?;
    let role = membership.active_role()?;
    Some((membership, role))
}

fn may_give(rank: Role, another_role: bool) -> Result<()> {
    if another_role && rank < Role::Owner {
        return Err(Error::Forbidden("only owners may give a role"));
    }
    Ok(())
}
