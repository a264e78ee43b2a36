//! `GET /v1/conversations`: the caller's conversations, each with its end and how much of it is unread.

use std::collections::HashSet;
use std::sync::Arc;

use futures_util::future::try_join_all;
use schemars::JsonSchema;
use serde::Serialize;
use shared::app::App;
use shared::error::Result;
use shared::http::{Answer, Input, PageRequest};
use shared::log::{MAX_LOOKED_AT, MessageView, Viewer};
use shared::model::{
    Content, ConversationId, Entry, Group, GroupId, Membership, Name, Seq, UserId,
};

/// Up to how many unread messages are counted.
const MAX_UNREAD: usize = 100;
/// How many entries the first look at the end of a log reads: about what one read unit buys.
const FIRST_LOOK: usize = 4;

/// A conversation as one of its people sees it.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Conversation {
    /// Its id.
    #[serde(rename = "conversationId")]
    id: ConversationId,
    #[serde(flatten)]
    kind: Kind,
    /// The place of its last entry.
    last_seq: Seq,
    /// Up to which entry the caller has read.
    read_seq: Seq,
    /// How many messages of others the caller has not read, up to 100.
    #[schemars(range(max = MAX_UNREAD))]
    unread: usize,
    /// The last message that the caller may see.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_message: Option<MessageView>,
}

/// Whose conversation it is.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
enum Kind {
    /// Two people's.
    Direct {
        /// The other one.
        peer_id: UserId,
    },
    /// A group's.
    Group {
        /// The group.
        group_id: GroupId,
        /// Its name.
        name: Name,
    },
}

/// Handles the route.
pub async fn handle(app: Arc<App>, input: Input) -> Result<Answer> {
    let caller = input.caller()?;
    let request: PageRequest<ConversationId> = PageRequest::of(&input)?;

    let memberships = app.memberships.page(caller.id(), request.position.as_ref(), request.limit);
    let (memberships, blocked) = tokio::try_join!(memberships, app.blocks.all_of(caller.id()))?;
    let (mut memberships, next) = memberships;
    memberships.retain(Membership::is_active);

    let groups: Vec<GroupId> = memberships
        .iter()
        .filter_map(|membership| membership.conversation_id.group().cloned())
        .collect();
    let groups = async { Ok(app.groups.find_all(&groups).await?) };
    let ends = memberships.iter().map(|membership| End::read(&app, membership, &blocked));
    let (groups, ends) = tokio::try_join!(groups, try_join_all(ends))?;

    let conversations: Vec<Conversation> = memberships
        .into_iter()
        .zip(ends)
        .filter_map(|(membership, end)| conversation(membership, end?, &groups))
        .collect();
    Answer::page("conversations", request.page(conversations, next)?)
}

/// A conversation, unless its group is gone.
fn conversation(membership: Membership, end: End, groups: &[Group]) -> Option<Conversation> {
    let kind = match (membership.conversation_id.group(), membership.peer_id) {
        (None, peer_id) => Kind::Direct { peer_id: peer_id? },
        (Some(id), _) => {
            let group = groups.iter().find(|group| group.group_id == *id)?;
            Kind::Group { group_id: id.clone(), name: group.name.clone() }
        }
    };
    Some(Conversation {
        id: membership.conversation_id,
        kind,
        last_seq: end.last_seq,
        read_seq: membership.read_seq,
        unread: end.unread,
        last_message: end.last_message,
    })
}

/// The end of a log as one reader sees it.
struct End {
    last_seq: Seq,
    unread: usize,
    last_message: Option<MessageView>,
}

impl End {
    /// Reads it; `None` for a log that is sealed.
    async fn read(
        app: &App,
        membership: &Membership,
        blocked: &HashSet<UserId>,
    ) -> Result<Option<Self>> {
        let viewer = Viewer { membership, blocked };
        let (last, unread) = tokio::try_join!(last(app, &viewer), unread(app, &viewer))?;
        let Some((last_seq, last_message)) = last else { return Ok(None) };
        Ok(Some(Self { last_seq, unread, last_message }))
    }
}

/// The last entry's place, and the last message that the reader may see.
async fn last(app: &App, viewer: &Viewer<'_>) -> Result<Option<(Seq, Option<MessageView>)>> {
    let conversation = &viewer.membership.conversation_id;
    let mut newest = app.messages.newest(conversation, None, FIRST_LOOK).await?;
    let Some(last_seq) = newest.first().filter(|entry| !is_seal(entry)).map(|entry| entry.seq)
    else {
        return Ok(None);
    };
    let mut looked_at = 0;
    loop {
        looked_at += newest.len();
        let oldest = newest.last().map(|entry| entry.seq);
        if let Some(message) = newest.into_iter().find_map(|entry| viewer.message(entry)) {
            return Ok(Some((last_seq, Some(message))));
        }
        match oldest.filter(|oldest| *oldest > viewer.membership.joined_seq) {
            Some(oldest) if looked_at < MAX_LOOKED_AT => {
                let rest = MAX_LOOKED_AT - looked_at;
                newest = app.messages.newest(conversation, Some(oldest), rest).await?;
            }
            _ => return Ok(Some((last_seq, None))),
        }
    }
}

fn is_seal(entry: &Entry) -> bool {
    entry.content == Content::GroupDeleted
}

/// How many messages of others the reader has not read, up to [`MAX_UNREAD`].
async fn unread(app: &App, viewer: &Viewer<'_>) -> Result<usize> {
    let Membership { conversation_id, read_seq, .. } = viewer.membership;
    let (mut seen, mut looked_at, mut unread) = (*read_seq, 0, 0);
    loop {
        let limit = (MAX_LOOKED_AT - looked_at).min(MAX_UNREAD);
        let slice = app.messages.after(conversation_id, seen, None, limit).await?;
        unread += slice.entries.iter().filter(|entry| viewer.is_news(entry)).count();
        looked_at += slice.entries.len();
        match slice.entries.last() {
            Some(last) if slice.more && unread < MAX_UNREAD && looked_at < MAX_LOOKED_AT => {
                seen = last.seq;
            }
            _ => return Ok(unread.min(MAX_UNREAD)),
        }
    }
}
