//! The lobby: the public chat room, an open group that is nobody's.

use crate::app::App;
use crate::error::{Error, Result};
use crate::model::{
    Content, ConversationId, Entry, EntryId, Group, GroupId, Seq, Streak, Timestamp, UserId,
    Visibility,
};
use crate::store::Count;

const NAME: &str = "Lobby";

/// Carries out `request` about `group`; where that is the lobby and nobody has used it before, it is opened first.
///
/// # Errors
/// What `request` says.
pub async fn opening_lobby<T, F, Fut>(app: &App, group: &GroupId, request: F) -> Result<T>
where
    F: Fn() -> Fut,
    Fut: Future<Output = Result<T>>,
{
    match request().await {
        Err(Error::NotFound("group")) if group.is_lobby() => {
            open(app).await?;
            request().await
        }
        answer => answer,
    }
}

/// Makes the group and the first entry of its log. Whoever else is about to do so makes the same.
async fn open(app: &App) -> Result<()> {
    let now = Timestamp::now();
    let group_id = GroupId::lobby();
    let group = Group {
        conversation_id: ConversationId::Group(group_id.clone()),
        group_id,
        name: NAME.parse().map_err(Error::internal)?,
        visibility: Visibility::Open,
        created_at: now,
        created_by: UserId::system(),
    };
    let first = Entry {
        conversation_id: group.conversation_id.clone(),
        seq: Seq::FIRST,
        entry_id: EntryId::generate(),
        actor_id: UserId::system(),
        created_at: now,
        author_id: None,
        waited_millis: None,
        streak: Streak::behind(None, &UserId::system(), now, false),
        content: Content::GroupCreated {
            name: group.name.clone(),
            visibility: group.visibility,
            member_ids: Vec::new(),
        },
    };
    let empty = app.groups.create_write(&group, Count::default())?;
    app.store.transact(vec![app.messages.append_write(&first)?, empty]).await?;
    Ok(())
}
