//! Check messages and the list of conversations: every acknowledged message that is news, once, and nothing else; read
//! positions that never move back.

use std::collections::BTreeMap;

use serde_json::Value;

use super::changes::{is_deleted, was_deleted};
use super::checks::report;
use super::facts::{Facts, Span};
use super::record::{Attempt, Event, What};
use super::view;

/// How many entries behind the read position the list of conversations looks at.
const LOOKED_AT: u64 = 200;

pub fn check(facts: &Facts) -> Vec<String> {
    let mut wrong = Vec::new();
    for event in &facts.events {
        match event.what {
            What::Check => wrong.extend(chain(facts, event)),
            What::Conversations => {
                for attempt in event.attempts.iter().filter(|attempt| attempt.status == 200) {
                    wrong.extend(conversations(facts, event, attempt));
                }
            }
            _ => {}
        }
    }
    wrong
}

/// Between what the read position was, at the least and at the most.
fn read_position(facts: &Facts, reader: usize, conversation: &str, span: Span) -> (u64, u64) {
    let (mut least, mut most) = (0, 0);
    if let Some(group) = facts.world.group(conversation) {
        least = facts.member(group, reader, span).map_or(0, |stint| stint.joined_seq);
        let stints = facts.possible_stints(group, reader, span);
        most = stints.iter().map(|stint| stint.joined_seq).max().unwrap_or(0);
    }
    for event in facts.events.iter().filter(|event| event.who == reader) {
        let What::Read { conversation: of, seq } = &event.what else { continue };
        if of != conversation {
            continue;
        }
        if event.attempts.iter().any(|attempt| attempt.is_done() && attempt.to < span.0) {
            least = least.max(*seq);
        }
        if event.attempts.iter().any(|attempt| attempt.may_be_done() && attempt.from < span.1) {
            most = most.max(*seq);
        }
    }
    (least, most)
}

/// Whether a message is news for the reader: surely (true), or maybe (false); none: surely not.
fn news(facts: &Facts, reader: usize, entry: &Value, span: Span) -> Option<bool> {
    let conversation = entry["conversationId"].as_str()?;
    let seq = entry["seq"].as_u64()?;
    let sender = facts.world.who(entry["actorId"].as_str()?);
    if entry["type"] != "message" || sender == reader {
        return None;
    }
    let (sure_stint, possible_from) = match facts.world.group(conversation) {
        None => (true, 1),
        Some(group) => {
            let stints = facts.possible_stints(group, reader, span);
            let sure = facts.member(group, reader, span);
            let from = stints.iter().map(|stint| stint.joined_seq).min()?;
            (sure.is_some_and(|stint| stint.joined_seq <= seq), from)
        }
    };
    let (least, most) = read_position(facts, reader, conversation, span);
    let moment = facts.moment(conversation, seq);
    let is_possible = seq >= possible_from
        && seq > least
        && !moment.is_after(span.1)
        && !facts.surely_blocks(reader, sender, span)
        && !is_deleted(facts, conversation, seq, span.0);
    let is_sure = sure_stint
        && seq > most
        && moment.is_before(span.0)
        && !facts.may_block(reader, sender, span)
        && !was_deleted(facts, conversation, seq, span.1);
    is_possible.then_some(is_sure)
}

/// What is wrong with the pages of one check.
fn chain(facts: &Facts, event: &Event) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut seen: BTreeMap<&str, u64> = BTreeMap::new();
    let mut count = BTreeMap::new();
    let pages = event.attempts.iter().filter(|attempt| attempt.status == 200);
    for page in pages {
        let span = (page.from, page.to);
        for message in page.body["messages"].as_array().into_iter().flatten() {
            let conversation = message["conversationId"].as_str().unwrap_or_default();
            let seq = message["seq"].as_u64().unwrap_or_default();
            *count.entry((conversation, seq)).or_insert(0) += 1;
            let entry = facts.entry(conversation, seq).unwrap_or(&Value::Null);
            let what = if seen.insert(conversation, seq) >= Some(seq) {
                Some("messages are checked out of order, or twice")
            } else if news(facts, event.who, entry, span).is_none() {
                Some("something is checked that is no news")
            } else {
                view::message(facts, entry, message, span)
            };
            wrong.extend(what.map(|what| report(facts, what, event, page, Some(conversation))));
        }
    }
    let (Some(span), Some(last)) = (event.span(), event.last()) else { return wrong };
    for entry in facts.logs.values().flatten().filter(|entry| is_mine(facts, event.who, entry)) {
        let conversation = entry["conversationId"].as_str().unwrap_or_default();
        let seq = entry["seq"].as_u64().unwrap_or_default();
        let is_missing = !count.contains_key(&(conversation, seq));
        if is_missing && news(facts, event.who, entry, span) == Some(true) {
            let what = format!("{seq} was acknowledged and is not checked");
            wrong.push(report(facts, &what, event, last, Some(conversation)));
        }
    }
    wrong
}

fn is_mine(facts: &Facts, reader: usize, entry: &Value) -> bool {
    let pair = entry["conversationId"].as_str().and_then(|id| facts.world.pair(id));
    pair.is_none_or(|(one, other)| one == reader || other == reader)
}

/// What is wrong with the list of conversations.
fn conversations(facts: &Facts, event: &Event, attempt: &Attempt) -> Vec<String> {
    let span = (attempt.from, attempt.to);
    let listed = attempt.body["conversations"].as_array();
    let listed = listed.map(Vec::as_slice).unwrap_or_default();
    let mut wrong = Vec::new();
    for (conversation, log) in &facts.logs {
        if !log.first().is_some_and(|entry| is_mine(facts, event.who, entry)) {
            continue;
        }
        let item = listed.iter().find(|item| item["conversationId"] == conversation.as_str());
        let what = match item {
            Some(item) => listed_wrongly(facts, event.who, conversation, item, span),
            None => unlisted(facts, event.who, conversation, span),
        };
        wrong.extend(what.map(|what| report(facts, what, event, attempt, Some(conversation))));
    }
    wrong
}

fn unlisted(facts: &Facts, reader: usize, conversation: &str, span: Span) -> Option<&'static str> {
    let sure = match facts.world.group(conversation) {
        Some(group) => facts.member(group, reader, span).is_some(),
        None => facts.moment(conversation, 1).is_before(span.0),
    };
    sure.then_some("a conversation is not listed")
}

fn listed_wrongly(
    facts: &Facts,
    reader: usize,
    conversation: &str,
    item: &Value,
    span: Span,
) -> Option<&'static str> {
    let log = facts.log(conversation);
    let number = |name: &str| item[name].as_u64().unwrap_or_default();
    let (least, most) = read_position(facts, reader, conversation, span);
    if !(least..=most).contains(&number("readSeq")) {
        return Some("the read position is not where it was put");
    }
    let acknowledged = log.iter().filter_map(|entry| entry["seq"].as_u64());
    let mut acknowledged =
        acknowledged.filter(|seq| facts.moment(conversation, *seq).is_before(span.0));
    if acknowledged.any(|seq| seq > number("lastSeq")) {
        return Some("an acknowledged entry is behind the last one");
    }
    if log.len() as u64 - least > LOOKED_AT {
        return None;
    }
    let news: Vec<bool> = log.iter().filter_map(|entry| news(facts, reader, entry, span)).collect();
    let sure = news.iter().filter(|sure| **sure).count() as u64;
    let unread = sure.min(100)..=(news.len() as u64).min(100);
    (!unread.contains(&number("unread"))).then_some("unread is not what is unread")
}
