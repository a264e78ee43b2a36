//! All that must be true of a run.

use super::facts::Facts;
use super::record::{Attempt, Event};
use super::{blocks, changes, histories, lists, sends};

/// What is not true, each with the part of the run that shows it.
pub fn all(facts: &Facts) -> Vec<String> {
    let mut wrong = facts.wrong.clone();
    wrong.extend(changes::check(facts));
    wrong.extend(sends::check(facts));
    wrong.extend(blocks::check(facts));
    wrong.extend(histories::check(facts));
    wrong.extend(lists::check(facts));
    wrong
}

/// What is wrong, with the request and the log that it is about.
pub fn report(
    facts: &Facts,
    wrong: &str,
    event: &Event,
    attempt: &Attempt,
    conversation: Option<&str>,
) -> String {
    let log = conversation.map(|conversation| {
        let log = facts.log(conversation);
        let lines = log.iter().map(|entry| {
            let seq = entry["seq"].as_u64().unwrap_or_default();
            format!("    {:?} {entry}\n", facts.moment(conversation, seq))
        });
        lines.collect::<String>()
    });
    let others = event.attempts.iter().map(|other| (other.from, other.to, other.status));
    format!(
        "{wrong}\n  {} wants {:?}\n  {}-{} -> {} {}\n  of {:?}\n{}",
        event.who,
        event.what,
        attempt.from,
        attempt.to,
        attempt.status,
        attempt.body,
        others.collect::<Vec<_>>(),
        log.unwrap_or_default()
    )
}
