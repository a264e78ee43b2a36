//! Pages of history: whole, in order, and nothing that the reader may not see.

use serde_json::Value;

use super::checks::report;
use super::facts::{Facts, Span};
use super::record::{Attempt, Event, What};
use super::view;

/// A page that was asked for.
struct Asked<'a> {
    reader: usize,
    conversation: &'a str,
    after: Option<u64>,
    before: Option<u64>,
    limit: u64,
    span: Span,
}

pub fn check(facts: &Facts) -> Vec<String> {
    let mut wrong = Vec::new();
    for event in &facts.events {
        for attempt in &event.attempts {
            let Some(asked) = Asked::of(event, attempt) else { continue };
            if let Some(what) = asked.answer(facts, attempt) {
                wrong.push(report(facts, what, event, attempt, Some(asked.conversation)));
            }
        }
    }
    wrong
}

impl<'a> Asked<'a> {
    /// One entry is a page of one.
    fn of(event: &'a Event, attempt: &Attempt) -> Option<Self> {
        let (conversation, after, before, limit) = match &event.what {
            What::History { conversation, after, before, limit } => {
                (conversation, *after, *before, *limit)
            }
            What::Entry { conversation, seq } => (conversation, Some(seq - 1), Some(seq + 1), 1),
            _ => return None,
        };
        let span = (attempt.from, attempt.to);
        Some(Self { reader: event.who, conversation, after, before, limit, span })
    }

    fn answer(&self, facts: &Facts, attempt: &Attempt) -> Option<&'static str> {
        let joined = self.joined(facts);
        match (attempt.status, attempt.body["entries"].as_array()) {
            (200, Some(entries)) => self.page(facts, entries, joined),
            (200, None) => self.page(facts, std::slice::from_ref(&attempt.body), joined),
            (404, None) if attempt.body["detail"] == "there is no such message" => {
                self.is_short(facts, &[], joined?)
            }
            (403 | 404, _) => joined.map(|_| "one who belongs there was refused"),
            (503, _) => None,
            _ => Some("this cannot be the answer"),
        }
    }

    /// From which entry on the reader could read all the time; none where they may not have been able to.
    fn joined(&self, facts: &Facts) -> Option<u64> {
        if let Some(group) = facts.world.group(self.conversation) {
            return facts.member(group, self.reader, self.span).map(|stint| stint.joined_seq);
        }
        let began = facts.log(self.conversation).first()?;
        facts.moment(self.conversation, began["seq"].as_u64()?).is_before(self.span.0).then_some(1)
    }

    /// The first entry that the reader may have been able to read.
    fn readable_from(&self, facts: &Facts) -> Option<u64> {
        let Some(group) = facts.world.group(self.conversation) else { return Some(1) };
        let stints = facts.possible_stints(group, self.reader, self.span);
        stints.iter().map(|stint| stint.joined_seq).min()
    }

    fn page(&self, facts: &Facts, entries: &[Value], joined: Option<u64>) -> Option<&'static str> {
        let seqs: Vec<u64> = entries.iter().filter_map(|entry| entry["seq"].as_u64()).collect();
        if seqs.len() as u64 > self.limit {
            return Some("more entries than were asked for");
        }
        if seqs.windows(2).any(|pair| pair[0] + 1 != pair[1]) {
            return Some("a page has a hole");
        }
        let Some(readable_from) = self.readable_from(facts) else {
            return Some("one who does not belong there can read");
        };
        let range = readable_from.max(self.after.unwrap_or(0) + 1)..self.before.unwrap_or(u64::MAX);
        if !seqs.iter().all(|seq| range.contains(seq)) {
            return Some("entries that were not asked for, or cannot be seen");
        }
        let wrong = |entry: &Value| view::entry(facts, self.reader, entry, self.span);
        entries.iter().find_map(wrong).or_else(|| self.is_short(facts, &seqs, joined?))
    }

    /// Whether entries are missing that were acknowledged before.
    fn is_short(&self, facts: &Facts, seqs: &[u64], joined: u64) -> Option<&'static str> {
        let first = joined.max(self.after.unwrap_or(0) + 1);
        let below = self.before.unwrap_or(u64::MAX);
        let log = facts.log(self.conversation).iter().filter_map(|entry| entry["seq"].as_u64());
        let known = log.filter(|seq| *seq < below);
        let known =
            known.filter(|seq| facts.moment(self.conversation, *seq).is_before(self.span.0));
        let last = known.max().filter(|last| *last >= first)?;
        let is_whole = match (self.after, seqs.first(), seqs.last()) {
            (Some(_), Some(begin), Some(end)) => {
                *begin == first && (*end >= last || seqs.len() as u64 == self.limit)
            }
            (None, Some(begin), Some(end)) => {
                *end >= last && (*begin == first || seqs.len() as u64 == self.limit)
            }
            _ => false,
        };
        (!is_whole).then_some("an acknowledged entry is missing")
    }
}
