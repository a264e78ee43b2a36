//! What is known of a run: the logs as they are stored, and when each entry came to be.

use std::collections::BTreeMap;

use serde_json::Value;

use super::record::{Attempt, Event, What};
use super::world::World;

/// A part of the run, from one beginning to one end.
pub type Span = (u64, u64);

/// When something came to be: after `from`; before `to`, if somebody was told so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    pub from: u64,
    pub to: Option<u64>,
}

/// A time that somebody belonged to a group.
#[derive(Debug, Clone)]
pub struct Stint {
    /// The entry that they joined with, the first that they may read.
    pub joined_seq: u64,
    pub joined: Moment,
    /// The entry that ended it.
    pub removed_seq: Option<u64>,
    pub removed: Option<Moment>,
}

pub struct Facts<'a> {
    pub world: &'a World,
    pub events: Vec<Event>,
    pub logs: BTreeMap<String, Vec<Value>>,
    /// Entries that nobody asked for.
    pub wrong: Vec<String>,
    moments: BTreeMap<(String, u64), Moment>,
    stints: BTreeMap<(usize, usize), Vec<Stint>>,
}

impl Moment {
    const SETUP: Self = Self { from: 0, to: Some(0) };

    /// Whether it was acknowledged before `time`.
    pub fn is_before(self, time: u64) -> bool {
        self.to.is_some_and(|to| to < time || to == 0)
    }

    /// Whether it cannot have come to be before `time`.
    pub fn is_after(self, time: u64) -> bool {
        self.from > time
    }
}

impl<'a> Facts<'a> {
    pub async fn gather(world: &'a World) -> Self {
        let mut logs = BTreeMap::new();
        for conversation in world.conversations() {
            let log = world.tables.log(&conversation).await;
            logs.insert(conversation, log);
        }
        let mut facts = Self {
            events: world.history.all(),
            wrong: Vec::new(),
            moments: BTreeMap::new(),
            stints: BTreeMap::new(),
            logs,
            world,
        };
        facts.find_moments();
        facts.find_stints();
        facts
    }

    /// When the entry came to be.
    pub fn moment(&self, conversation: &str, seq: u64) -> Moment {
        self.moments[&(conversation.to_owned(), seq)]
    }

    pub fn log(&self, conversation: &str) -> &[Value] {
        self.logs.get(conversation).map(Vec::as_slice).unwrap_or_default()
    }

    pub fn entry(&self, conversation: &str, seq: u64) -> Option<&Value> {
        self.log(conversation).get(usize::try_from(seq).ok()?.checked_sub(1)?)
    }

    /// The times that somebody belonged to a group.
    pub fn stints(&self, group: usize, who: usize) -> &[Stint] {
        self.stints.get(&(group, who)).map(Vec::as_slice).unwrap_or_default()
    }

    /// The stint that lasted over all of `span`, if that is sure.
    pub fn member(&self, group: usize, who: usize, span: Span) -> Option<&Stint> {
        self.stints(group, who).iter().find(|stint| {
            stint.joined.is_before(span.0)
                && stint.removed.is_none_or(|removed| removed.is_after(span.1))
        })
    }

    /// The stints that somebody may have had at some time in `span`.
    pub fn possible_stints(&self, group: usize, who: usize, span: Span) -> Vec<&Stint> {
        let is_possible = |stint: &&Stint| {
            !stint.joined.is_after(span.1)
                && !stint.removed.is_some_and(|removed| removed.is_before(span.0))
        };
        self.stints(group, who).iter().filter(is_possible).collect()
    }

    /// The times that a block may have stood, and those that it surely stood, as (from, to).
    fn block_spans(&self, blocker: usize, blocked: usize) -> (Vec<Span>, Vec<Span>) {
        let (mut possible, mut sure): (Vec<Span>, Vec<Span>) = (Vec::new(), Vec::new());
        let mut stands = false;
        for event in self.events.iter().filter(|event| event.who == blocker) {
            let What::Block { whom, on } = event.what else { continue };
            let Some((from, to)) = event.span().filter(|_| whom == blocked) else { continue };
            match (stands, on) {
                (false, true) => {
                    possible.push((from, u64::MAX));
                    sure.push((to, u64::MAX));
                }
                (true, false) => {
                    possible.last_mut().expect("a block").1 = to;
                    sure.last_mut().expect("a block").1 = from;
                }
                _ => {}
            }
            stands = on;
        }
        (possible, sure)
    }

    /// Whether a block stood over all of `span`.
    pub fn surely_blocks(&self, blocker: usize, blocked: usize, span: Span) -> bool {
        let (_, sure) = self.block_spans(blocker, blocked);
        sure.iter().any(|(from, to)| *from < span.0 && span.1 < *to)
    }

    /// Whether a block may have stood at some time in `span`.
    pub fn may_block(&self, blocker: usize, blocked: usize, span: Span) -> bool {
        let (possible, _) = self.block_spans(blocker, blocked);
        possible.iter().any(|(from, to)| *from < span.1 && span.0 < *to)
    }

    fn find_moments(&mut self) {
        for (conversation, log) in &self.logs {
            let group = self.world.group(conversation);
            for entry in log {
                let seq = entry["seq"].as_u64().unwrap_or_default();
                let moment = if seq == 1 && group.is_some() {
                    Moment::SETUP
                } else {
                    self.moment_of(conversation, group, entry).unwrap_or_else(|| {
                        self.wrong.push(format!("nobody asked for {entry}"));
                        Moment { from: 0, to: None }
                    })
                };
                self.moments.insert((conversation.clone(), seq), moment);
            }
        }
    }

    /// From the requests that can have made it.
    fn moment_of(&self, conversation: &str, group: Option<usize>, entry: &Value) -> Option<Moment> {
        let actor = self.world.who(entry["actorId"].as_str()?);
        let events = self.events.iter().filter(|event| {
            event.who == actor && makes(self.world, &event.what, conversation, group, entry)
        });
        let is_message = entry["type"] == "message";
        let time = entry["createdAt"].as_str()?;
        let can_be_it =
            |attempt: &&Attempt| attempt.may_be_done() && (is_message || attempt.spans(time));
        let attempts: Vec<&Attempt> =
            events.flat_map(|event| &event.attempts).filter(can_be_it).collect();
        let told = attempts.iter().filter(|attempt| attempt.is_done()).map(|attempt| attempt.to);
        // A message is told of by each; of several changes it may have been any.
        let to = if is_message {
            told.min()
        } else if attempts.iter().all(|attempt| attempt.is_done()) {
            told.max()
        } else {
            None
        };
        Some(Moment { from: attempts.iter().map(|attempt| attempt.from).min()?, to })
    }

    fn find_stints(&mut self) {
        for (group, of) in self.world.groups.iter().enumerate() {
            let log = self.logs.get(&of.conversation).map(Vec::as_slice).unwrap_or_default();
            for entry in log {
                let seq = entry["seq"].as_u64().unwrap_or_default();
                let moment = self.moments[&(of.conversation.clone(), seq)];
                let who = |id: &Value| id.as_str().map(|id| self.world.who(id));
                let joins: Vec<usize> = match entry["type"].as_str() {
                    Some("groupCreated") => entry["memberIds"]
                        .as_array()
                        .into_iter()
                        .flatten()
                        .filter_map(who)
                        .collect(),
                    Some("memberAdded") => who(&entry["target"]).into_iter().collect(),
                    Some("memberRemoved") => {
                        let stints = who(&entry["target"]).map(|who| (group, who));
                        let stints = stints.and_then(|key| self.stints.get_mut(&key));
                        if let Some(stint) = stints.and_then(|stints| stints.last_mut()) {
                            stint.removed_seq = Some(seq);
                            stint.removed = Some(moment);
                        }
                        continue;
                    }
                    _ => continue,
                };
                for who in joins {
                    self.stints.entry((group, who)).or_default().push(Stint {
                        joined_seq: seq,
                        joined: moment,
                        removed_seq: None,
                        removed: None,
                    });
                }
            }
        }
    }
}

/// Whether `what` makes entries like this one.
fn makes(
    world: &World,
    what: &What,
    conversation: &str,
    group: Option<usize>,
    entry: &Value,
) -> bool {
    let is = |kind: &str| entry["type"] == kind;
    let is_target = |whom: usize| entry["target"] == world.people[whom].id.as_str();
    match what {
        What::Send { id, .. } => is("message") && entry["clientMessageId"] == id.as_str(),
        What::Edit { conversation: of, seq, .. } => {
            is("edited") && of == conversation && entry["target"] == *seq
        }
        What::Delete { conversation: of, seq } => {
            is("deleted") && of == conversation && entry["target"] == *seq
        }
        What::Put { group: of, whom, .. } => {
            (is("memberAdded") || is("roleChanged")) && group == Some(*of) && is_target(*whom)
        }
        What::Remove { group: of, whom } => {
            is("memberRemoved") && group == Some(*of) && is_target(*whom)
        }
        _ => false,
    }
}
