//! What a blocked person cannot do any more: edit a direct message, add the blocker to a group.

use super::checks::report;
use super::facts::Facts;
use super::record::What;

pub fn check(facts: &Facts) -> Vec<String> {
    let mut wrong = Vec::new();
    for event in &facts.events {
        for attempt in &event.attempts {
            let span = (attempt.from, attempt.to);
            let what = match (&event.what, attempt.status) {
                (What::Block { .. }, 204 | 503) => None,
                (What::Block { .. }, _) => Some("a block or its end has no other answer than 204"),
                (What::Put { whom, .. }, 201) => facts
                    .surely_blocks(*whom, event.who, span)
                    .then_some("a blocked person has added their blocker to a group"),
                (What::Edit { conversation, .. }, 200) => {
                    let pair = facts.world.pair(conversation);
                    let blocked = pair.is_some_and(|(one, other)| {
                        facts.surely_blocks(one, other, span)
                            || facts.surely_blocks(other, one, span)
                    });
                    blocked.then_some("a message was edited although a block stood")
                }
                _ => None,
            };
            wrong.extend(what.map(|what| report(facts, what, event, attempt, None)));
        }
    }
    wrong
}
