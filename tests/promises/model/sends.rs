//! Every acknowledged message is in its log, once; what was refused is not; nobody is refused without a reason, and
//! nobody is let through who has no right to write.

use std::collections::BTreeMap;

use serde_json::Value;

use super::checks::report;
use super::facts::{Facts, Span};
use super::record::{Attempt, Event, What};

/// The messages of each sender and name: where they are.
type Places<'a> = BTreeMap<(&'a str, &'a str), Vec<&'a Value>>;

pub fn check(facts: &Facts) -> Vec<String> {
    let mut places: Places = BTreeMap::new();
    for entry in facts.logs.values().flatten() {
        if let (Some(actor), Some(id)) =
            (entry["actorId"].as_str(), entry["clientMessageId"].as_str())
        {
            places.entry((actor, id)).or_default().push(entry);
        }
    }
    let mut wrong = Vec::new();
    for event in &facts.events {
        let What::Send { conversation, id } = &event.what else { continue };
        let sender = facts.world.people[event.who].id.as_str();
        let found = places.get(&(sender, id.as_str())).map(Vec::as_slice).unwrap_or_default();
        let report =
            |what, attempt: &Attempt| report(facts, what, event, attempt, Some(conversation));
        if let (Some(what), Some(attempt)) =
            (whole(facts, event, conversation, found), event.last())
        {
            wrong.push(report(what, attempt));
        }
        for attempt in &event.attempts {
            wrong.extend(
                answer(facts, event, conversation, found, attempt)
                    .map(|what| report(what, attempt)),
            );
        }
    }
    wrong
}

/// What is wrong with all the requests for one message.
fn whole(
    facts: &Facts,
    event: &Event,
    conversation: &str,
    found: &[&Value],
) -> Option<&'static str> {
    let makers = event.attempts.iter().filter(|attempt| attempt.status == 201).count();
    if found.len() > 1 {
        return Some("a clientMessageId is there twice");
    }
    if makers > 1 {
        return Some("two requests say that they have sent it");
    }
    if found.is_empty() {
        let told = event.attempts.iter().any(Attempt::is_done);
        return told.then_some("an acknowledged message is not there");
    }
    let may_have_sent = |attempt: &Attempt| match makers {
        0 => attempt.status >= 500,
        _ => attempt.status == 201,
    };
    let mut senders = event.attempts.iter().filter(|attempt| may_have_sent(attempt)).peekable();
    if senders.peek().is_none() {
        return Some("a message is there that no request says to have sent");
    }
    let has_no_right = |attempt: &Attempt| surely_refused(facts, event, conversation, attempt);
    senders.all(has_no_right).then_some("a message is there that its sender had no right to send")
}

/// What is wrong with the answer to one request.
fn answer(
    facts: &Facts,
    event: &Event,
    conversation: &str,
    found: &[&Value],
    attempt: &Attempt,
) -> Option<&'static str> {
    let span = (attempt.from, attempt.to);
    let is_right = match (attempt.status, attempt.code()) {
        (200 | 201, _) => found.first().is_some_and(|entry| {
            attempt.body["seq"] == entry["seq"]
                && attempt.body["messageId"] == entry["entryId"]
                && attempt.body["createdAt"] == entry["createdAt"]
                && attempt.body["conversationId"] == conversation
        }),
        (403, "blocked") => may_be_blocked(facts, event.who, conversation, span),
        (403, "not-a-member") | (404, "not-found") => match facts.world.group(conversation) {
            Some(group) => facts.member(group, event.who, span).is_none(),
            None => false,
        },
        (429, _) => facts.world.flood_limit.is_some(),
        (503, _) => true,
        _ => false,
    };
    (!is_right).then_some("this cannot be the answer")
}

/// Whether a request had no right to send from its beginning to its end.
fn surely_refused(facts: &Facts, event: &Event, conversation: &str, attempt: &Attempt) -> bool {
    let span = (attempt.from, attempt.to);
    match (facts.world.group(conversation), facts.world.pair(conversation)) {
        (Some(group), _) => facts.possible_stints(group, event.who, span).is_empty(),
        (None, Some((one, other))) => {
            facts.surely_blocks(one, other, span) || facts.surely_blocks(other, one, span)
        }
        _ => false,
    }
}

fn may_be_blocked(facts: &Facts, _sender: usize, conversation: &str, span: Span) -> bool {
    facts.world.pair(conversation).is_some_and(|(one, other)| {
        facts.may_block(one, other, span) || facts.may_block(other, one, span)
    })
}
