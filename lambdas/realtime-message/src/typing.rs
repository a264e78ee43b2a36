//! `typing`: the others see that somebody is writing. It is stored nowhere.

use serde::Deserialize;
use shared::error::Result;
use shared::http::{Answer, Input};
use shared::log::member;
use shared::model::{ConversationId, Membership, UserId};
use shared::realtime::{Push, Realtime};
use validator::Validate;

/// The largest group in which it is shown.
const MAX_MEMBERS: usize = 100;

/// Nothing more is to be said.
#[derive(Debug, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
struct Nothing {}

pub async fn handle(realtime: &Realtime, input: &Input) -> Result<Answer> {
    let caller = input.caller()?;
    let conversation: ConversationId = input.path("conversationId", "conversation")?;
    let Nothing {} = input.body()?;

    let (_, mut others) = tokio::try_join!(
        member(&realtime.app, caller.id(), &conversation),
        others(realtime, caller.id(), &conversation),
    )?;
    let blockers = async { Ok(realtime.app.blocks.blockers_of(caller.id(), &others).await?) };
    let (blockers, members) =
        tokio::try_join!(blockers, still_there(realtime, &others, &conversation))?;
    others.retain(|other| members.contains(other) && !blockers.contains(other));
    let push = Push::Typing { conversation_id: conversation, user_id: caller.id().clone() };
    if let Err(error) = realtime.hint(&others, &push).await {
        // The next key that they press says it again.
        shared::logging::report(&error);
    }
    Ok(Answer::no_content())
}

/// Everyone else, unless they are too many.
async fn others(
    realtime: &Realtime,
    caller: &UserId,
    conversation: &ConversationId,
) -> Result<Vec<UserId>> {
    if conversation.group().is_none() {
        return Ok(conversation.peer_of(caller).cloned().into_iter().collect());
    }
    let (members, more) = realtime.app.memberships.members(conversation, None, MAX_MEMBERS).await?;
    if more.is_some() {
        return Ok(Vec::new());
    }
    let others = members.into_iter().map(|member| member.user_id);
    Ok(others.filter(|member| member != caller).collect())
}

/// Those of `others` who belong to the conversation now: the index follows the table within moments. The two people of a
/// direct conversation always do.
async fn still_there(
    realtime: &Realtime,
    others: &[UserId],
    conversation: &ConversationId,
) -> Result<Vec<UserId>> {
    if conversation.group().is_none() {
        return Ok(others.to_vec());
    }
    let memberships = realtime.app.memberships.of_all(others, conversation).await?;
    let active = memberships.into_iter().filter(Membership::is_active);
    Ok(active.map(|membership| membership.user_id).collect())
}
