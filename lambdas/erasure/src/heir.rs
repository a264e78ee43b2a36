//! Who owns a group after its last owner.

use shared::app::App;
use shared::error::{Error, Result};
use shared::log::{Decision, change, change_role};
use shared::model::{ConversationId, GroupId, Role, UserId};

/// How many members are read at once.
const PAGE: usize = 1_000;

/// The oldest admin, else the oldest member; `None` where the index knows of nobody else.
pub(super) async fn choose(
    app: &App,
    last_owner: &UserId,
    conversation: &ConversationId,
) -> Result<Option<UserId>> {
    let (mut best, mut behind) = (None, None);
    loop {
        let (members, next) = app.memberships.members(conversation, behind.as_ref(), PAGE).await?;
        let others = members.into_iter().filter(|member| member.user_id != *last_owner);
        best = best.into_iter().chain(others).min_by_key(|member| {
            (std::cmp::Reverse(member.role), member.joined_at, member.user_id.clone())
        });
        if next.is_none() {
            return Ok(best.map(|member| member.user_id));
        }
        behind = next;
    }
}

/// Makes `heir` an owner, if they still belong to the group.
pub(super) async fn promote(
    app: &App,
    last_owner: &UserId,
    group: &GroupId,
    heir: &UserId,
) -> Result<()> {
    let conversation = &ConversationId::Group(group.clone());
    let decide = |_| async move {
        let theirs = app.memberships.get(heir, conversation).await?;
        match theirs.filter(|theirs| theirs.active_role().is_some()) {
            Some(theirs) => Ok(change_role(app, group, theirs, Role::Owner, |_| ())),
            None => Ok(Decision::Nothing(())),
        }
    };
    match change(app, last_owner, conversation, decide).await {
        // Sealed meanwhile: there is nothing to own.
        Err(Error::NotFound(_)) => Ok(()),
        outcome => outcome,
    }
}
