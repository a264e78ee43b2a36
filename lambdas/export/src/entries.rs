//! What a person wrote and changed, in log after log.

use serde::{Deserialize, Serialize};
use shared::app::App;
use shared::error::Result;
use shared::model::{ConversationId, Seq, UserId};

use super::item::Item;

/// How many logs one page looks into.
const LOGS: usize = 20;

/// A place in all of them.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct InLogs {
    /// The last log that was gone through.
    behind: Option<ConversationId>,
    /// The one behind it, and up to where that was.
    within: Option<(ConversationId, Seq)>,
}

/// Up to `limit` entries of `user` from `from` on, tombstones included, and where to go on if there may be more.
pub(super) async fn page(
    app: &App,
    user: &UserId,
    from: InLogs,
    limit: usize,
) -> Result<(Vec<Item>, Option<InLogs>)> {
    let InLogs { mut behind, within } = from;
    let (logs, more) = app.memberships.page(user, behind.as_ref(), LOGS).await?;
    let mut items = Vec::new();
    for log in logs {
        let begun = within.as_ref().filter(|(begun, _)| *begun == log.conversation_id);
        let after = begun.map_or(Seq::ZERO, |(_, seq)| *seq);
        let (mut entries, rest) =
            app.messages.made_by(&log.conversation_id, user, after, None).await?;
        let cut = entries.len() > limit - items.len();
        entries.truncate(limit - items.len());
        let stopped_at =
            if cut { Some(entries.last().map_or(after, |last| last.seq)) } else { rest };
        items.extend(entries.into_iter().map(|entry| Item::Entry(entry.into())));
        if let Some(seq) = stopped_at {
            let within = Some((log.conversation_id, seq));
            return Ok((items, Some(InLogs { behind, within })));
        }
        behind = Some(log.conversation_id);
    }
    Ok((items, more.map(|last| InLogs { behind: Some(last), within: None })))
}
