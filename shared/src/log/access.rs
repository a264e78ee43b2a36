//! Who may read a conversation.

use crate::app::App;
use crate::error::{Error, Result};
use crate::model::{ConversationId, Membership, Role, UserId, Visibility};

/// The part of `user` in `conversation`.
///
/// # Errors
/// As [`admit`].
pub async fn member(app: &App, user: &UserId, conversation: &ConversationId) -> Result<Membership> {
    let membership = app.memberships.get(user, conversation).await?;
    admit(app, conversation, membership).await
}

/// The part of `user` in a group that they own.
///
/// # Errors
/// As [`admit`]; `Forbidden` for other members.
pub async fn owner(app: &App, user: &UserId, conversation: &ConversationId) -> Result<Membership> {
    let membership = member(app, user, conversation).await?;
    if membership.active_role() == Some(Role::Owner) {
        Ok(membership)
    } else {
        Err(Error::Forbidden("only owners may do this"))
    }
}

/// Lets in whoever belongs to `conversation` now, by their row in it.
///
/// # Errors
/// `NotAMember` for those who were removed and for strangers to an open group; `NotFound` for strangers to anything
/// else, who may not know that it is there.
pub async fn admit(
    app: &App,
    conversation: &ConversationId,
    membership: Option<Membership>,
) -> Result<Membership> {
    match (membership, conversation) {
        (Some(membership), _) if membership.is_active() => Ok(membership),
        (Some(_), _) => Err(Error::NotAMember),
        (None, ConversationId::Direct(..)) => Err(Error::NotFound("conversation")),
        (None, ConversationId::Group(group)) => match app.groups.get(group).await? {
            Some(group) if group.visibility == Visibility::Open => Err(Error::NotAMember),
            _ => Err(Error::NotFound("group")),
        },
    }
}
