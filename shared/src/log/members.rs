//! The changes that make somebody a member, or give them another role.

use super::change::{Change, Decision, Next};
use crate::app::App;
use crate::error::{Error, Result};
use crate::model::{Content, ConversationId, GroupId, Membership, Role, UserId};
use crate::store::{Count, Member};

/// `target` becomes a member of `group`; `answer` is what the caller is told.
///
/// # Errors
/// When the membership cannot be written as a row, which none of ours is.
pub fn add_member<T>(
    app: &App,
    group: &GroupId,
    target: &UserId,
    role: Role,
    next: Next,
    answer: impl FnOnce(Member) -> T,
) -> Result<Decision<T>> {
    let conversation = ConversationId::Group(group.clone());
    let membership = Membership::of_group(target.clone(), conversation, role, next.seq, next.at);
    let count = Count { members: 1, owners: owners(role) };
    let writes = vec![
        (app.memberships.put_write(&membership)?, Error::Unavailable),
        (app.groups.count_write(group, count), Error::GroupFull),
    ];
    Ok(Decision::Append(Box::new(Change {
        content: Content::MemberAdded { target: target.clone(), role },
        author_id: None,
        writes,
        answer: answer(as_member(membership, role)),
    })))
}

/// The member whose part is `theirs` has the role `to` from now on; nothing happens where it is theirs already.
pub fn change_role<T>(
    app: &App,
    group: &GroupId,
    theirs: Membership,
    to: Role,
    answer: impl FnOnce(Member) -> T,
) -> Decision<T> {
    let from = theirs.active_role().unwrap_or(Role::Member);
    if from == to {
        return Decision::Nothing(answer(as_member(theirs, to)));
    }
    let target = theirs.user_id.clone();
    let role_write = app.memberships.role_write(&target, &theirs.conversation_id, to);
    let mut writes = vec![(role_write, Error::Unavailable)];
    let count = Count { members: 0, owners: owners(to) - owners(from) };
    if count != Count::default() {
        writes.push((app.groups.count_write(group, count), Error::LastOwner));
    }
    Decision::Append(Box::new(Change {
        content: Content::RoleChanged { target, role: to },
        author_id: None,
        writes,
        answer: answer(as_member(theirs, to)),
    }))
}

fn owners(role: Role) -> i64 {
    i64::from(role == Role::Owner)
}

fn as_member(membership: Membership, role: Role) -> Member {
    Member { user_id: membership.user_id, role, joined_at: membership.joined_at }
}
