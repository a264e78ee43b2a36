//! The logs are dense, in the order in which it happened, time does not fall, whoever changed something had the right to
//! when they did, and an owner was there at all times.

use serde_json::Value;

use super::checks::report;
use super::facts::Facts;
use super::record::{Attempt, Event, What};
use crate::support::replay::{Role, Roles, apply};

pub fn check(facts: &Facts) -> Vec<String> {
    let mut wrong = Vec::new();
    for (conversation, log) in &facts.logs {
        wrong.extend(order(log).map(|wrong| format!("{wrong} in {conversation}: {log:#?}")));
        wrong.extend(late(facts, conversation, log));
        wrong.extend(rights(log).map(|wrong| format!("{wrong}\nin {conversation}: {log:#?}")));
    }
    for event in &facts.events {
        for attempt in &event.attempts {
            if let Some(what) = answer(facts, event, attempt) {
                wrong.push(report(facts, what, event, attempt, conversation(facts, event)));
            }
        }
    }
    wrong
}

fn order(log: &[Value]) -> Option<&'static str> {
    let seqs = log.iter().map(|entry| entry["seq"].as_u64());
    if !seqs.eq((1..=log.len() as u64).map(Some)) {
        return Some("the seqs are not dense");
    }
    let times = log.iter().map(|entry| entry["createdAt"].as_str());
    (!times.is_sorted()).then_some("time falls")
}

/// An entry that somebody asked for only when a later one was acknowledged already.
fn late(facts: &Facts, conversation: &str, log: &[Value]) -> Option<String> {
    let mut acknowledged = u64::MAX;
    for entry in log.iter().rev() {
        let moment = facts.moment(conversation, entry["seq"].as_u64()?);
        if moment.is_after(acknowledged) {
            return Some(format!("{moment:?} is before what was there already: {entry}\n{log:#?}"));
        }
        acknowledged = acknowledged.min(moment.to.unwrap_or(u64::MAX));
    }
    None
}

/// Replays a log; who may edit and delete is looked at here.
fn rights(log: &[Value]) -> Option<String> {
    let is_group = log.first().is_some_and(|entry| entry["type"] == "groupCreated");
    let mut roles = Roles::new();
    for entry in log {
        if is_group && let Err(wrong) = apply(&mut roles, entry) {
            return Some(wrong);
        }
        let (actor, target) = (&entry["actorId"], &entry["target"]);
        let message = || {
            let at = target.as_u64().and_then(|seq| usize::try_from(seq).ok()).unwrap_or_default();
            log.get(at.wrapping_sub(1)).unwrap_or(&Value::Null)
        };
        let role = actor.as_str().and_then(|actor| roles.get(actor)).copied();
        let is_in = !is_group || role.is_some();
        let may = match entry["type"].as_str() {
            Some("edited") => is_in && message()["actorId"] == *actor,
            Some("deleted") => {
                is_in && (message()["actorId"] == *actor || role >= Some(Role::Admin))
            }
            _ => true,
        };
        if !may {
            return Some(format!("{role:?} may not do this to {}: {entry}", message()));
        }
    }
    None
}

fn conversation<'a>(facts: &'a Facts, event: &'a Event) -> Option<&'a str> {
    match &event.what {
        What::Put { group, .. } | What::Remove { group, .. } => {
            Some(&facts.world.groups[*group].conversation)
        }
        What::Edit { conversation, .. } | What::Delete { conversation, .. } => Some(conversation),
        _ => None,
    }
}

/// What is wrong with the answer to a change.
fn answer(facts: &Facts, event: &Event, attempt: &Attempt) -> Option<&'static str> {
    let conversation = conversation(facts, event)?;
    let made = |kind: &str| {
        facts.log(conversation).iter().any(|entry| {
            entry["type"] == kind
                && entry["actorId"] == facts.world.people[event.who].id.as_str()
                && attempt.spans(entry["createdAt"].as_str().unwrap_or_default())
        })
    };
    let is_right = match (&event.what, attempt.status) {
        (_, 503)
        | (What::Put { .. }, 200 | 403 | 404 | 409)
        | (What::Remove { .. }, 403 | 404 | 409)
        | (What::Edit { .. } | What::Delete { .. }, 403 | 404) => true,
        (What::Put { .. }, 201) => made("memberAdded"),
        (What::Remove { .. }, 204) => made("memberRemoved"),
        (What::Edit { .. }, 200) => made("edited"),
        (What::Edit { seq, .. }, 409) => {
            attempt.code() == "deleted" && was_deleted(facts, conversation, *seq, attempt.to)
        }
        (What::Delete { seq, .. }, 204) => was_deleted(facts, conversation, *seq, attempt.to),
        _ => false,
    };
    (!is_right).then_some("this cannot be the answer")
}

/// Whether a message may have been deleted before `time`.
pub fn was_deleted(facts: &Facts, conversation: &str, seq: u64, time: u64) -> bool {
    deletions(facts, conversation, seq).any(|moment| moment.from < time)
}

/// Whether a message was surely deleted before `time`.
pub fn is_deleted(facts: &Facts, conversation: &str, seq: u64, time: u64) -> bool {
    deletions(facts, conversation, seq).any(|moment| moment.is_before(time))
}

fn deletions<'a>(
    facts: &'a Facts,
    conversation: &'a str,
    seq: u64,
) -> impl Iterator<Item = super::facts::Moment> + 'a {
    let log = facts.log(conversation).iter();
    let log = log.filter(move |entry| entry["type"] == "deleted" && entry["target"] == seq);
    log.filter_map(|entry| entry["seq"].as_u64()).map(|seq| facts.moment(conversation, seq))
}
