//! One joins an open group, or steps down.

use shared::app::App;
use shared::error::{Error, Result};
use shared::log::{Decision, Next, add_member, change_role};
use shared::model::{Role, Visibility};

use super::{Order, Outcome};

pub(super) async fn decide(app: &App, order: &Order, next: Next) -> Result<Decision<Outcome>> {
    let (mine, group) = tokio::try_join!(
        app.memberships.get(&order.actor, &order.conversation),
        app.groups.get(&order.group),
    )?;
    let group = group.ok_or(Error::NotFound("group"))?;
    if let Some(mine) = &mine
        && let Some(current) = mine.active_role()
    {
        return match order.role.unwrap_or(current) {
            role if role <= current => {
                Ok(change_role(app, &order.group, mine.clone(), role, Outcome::Changed))
            }
            _ => Err(Error::Forbidden("nobody may raise their own role")),
        };
    }
    match (mine, group.visibility) {
        (None, Visibility::Private) => Err(Error::NotFound("group")),
        (Some(_), Visibility::Private) => Err(Error::NotAMember),
        (Some(mine), Visibility::Open) if mine.removed_by.as_ref() != Some(&order.actor) => {
            Err(Error::Forbidden("you were removed from the group: an admin has to add you"))
        }
        (_, Visibility::Open) if order.role.unwrap_or(Role::Member) > Role::Member => {
            Err(Error::Forbidden("nobody may raise their own role"))
        }
        (_, Visibility::Open) => {
            add_member(app, &order.group, &order.actor, Role::Member, next, Outcome::Added)
        }
    }
}
