//! When all is quiet, everybody sees exactly what the logs say, however they page.

use std::collections::BTreeSet;

use futures_util::future::join_all;
use serde_json::{Value, json};
use tests::Person;

use super::facts::Facts;
use super::record::What;
use super::view::{author, hidden, shown};
use super::world::World;
use crate::support::replay::assert_holds;

/// One reader of a quiet world.
struct Quiet<'a> {
    facts: &'a Facts<'a>,
    who: usize,
    person: &'a Person,
    blocked: BTreeSet<usize>,
}

pub async fn check(world: &World, facts: &Facts<'_>, random: &mut fastrand::Rng) -> Vec<String> {
    for group in &world.groups {
        assert_holds(&world.tables, &group.id, &group.conversation).await;
    }
    let readers = world.people.iter().enumerate().map(|(who, person)| {
        let quiet = Quiet { facts, who, person, blocked: blocked(facts, who) };
        quiet.check(random.fork())
    });
    join_all(readers.collect::<Vec<_>>()).await.concat()
}

/// Whom somebody blocks now.
fn blocked(facts: &Facts, who: usize) -> BTreeSet<usize> {
    let mut blocked = BTreeSet::new();
    for event in facts.events.iter().filter(|event| event.who == who) {
        match event.what {
            What::Block { whom, on: true } => blocked.insert(whom),
            What::Block { whom, on: false } => blocked.remove(&whom),
            _ => false,
        };
    }
    blocked
}

impl Quiet<'_> {
    async fn check(self, mut random: fastrand::Rng) -> Vec<String> {
        let mut wrong = Vec::new();
        let mut all_news = Vec::new();
        let mut all_listed = Vec::new();
        for conversation in self.facts.world.conversations() {
            let Some(joined) = self.joined(&conversation) else {
                self.sees_nothing(&conversation, &mut wrong).await;
                continue;
            };
            let log = &self.facts.log(&conversation)[joined - 1..];
            let expected: Vec<Value> = log.iter().map(|entry| self.shown(entry)).collect();
            self.reads(&conversation, &expected, &mut random, &mut wrong).await;
            let read = self.read_position(&conversation, joined);
            all_listed.push(self.listed(&conversation, log, read));
            all_news.extend(self.news(log, read));
        }
        let checked = self.pages(&mut random).await;
        self.compare("check messages", checked, all_news, &mut wrong);
        let listed = self.person.conversations().await;
        self.compare("the conversations", listed, all_listed, &mut wrong);
        wrong
    }

    /// The place in the log (from 1) from which on they can read; none where they cannot.
    fn joined(&self, conversation: &str) -> Option<usize> {
        let Some(group) = self.facts.world.group(conversation) else {
            let (one, other) = self.facts.world.pair(conversation)?;
            let is_mine = one == self.who || other == self.who;
            return (is_mine && !self.facts.log(conversation).is_empty()).then_some(1);
        };
        let stint = self.facts.stints(group, self.who).last()?;
        stint.removed_seq.is_none().then(|| usize::try_from(stint.joined_seq).unwrap_or(usize::MAX))
    }

    fn shown(&self, entry: &Value) -> Value {
        let author = author(self.facts, entry).map(|author| self.facts.world.who(author));
        let in_group = entry["conversationId"].as_str().is_some_and(|id| id.starts_with("g-"));
        if in_group && author.is_some_and(|author| self.blocked.contains(&author)) {
            hidden(entry)
        } else {
            shown(self.facts, entry)
        }
    }

    fn read_position(&self, conversation: &str, joined: usize) -> u64 {
        let in_group = self.facts.world.group(conversation).is_some();
        let start = if in_group { joined as u64 } else { 0 };
        let reads = self.facts.events.iter().filter(|event| event.who == self.who);
        let reads = reads.filter_map(|event| match &event.what {
            What::Read { conversation: of, seq } if of == conversation => {
                event.last().filter(|last| last.is_done()).map(|_| *seq)
            }
            _ => None,
        });
        reads.max().unwrap_or(0).max(start)
    }

    fn news(&self, log: &[Value], read: u64) -> Vec<Value> {
        let is_news = |entry: &&Value| {
            let sender = self.facts.world.who(entry["actorId"].as_str().unwrap_or_default());
            entry["type"] == "message"
                && entry["deletedAt"].is_null()
                && entry["seq"].as_u64() > Some(read)
                && sender != self.who
                && !self.blocked.contains(&sender)
        };
        log.iter().filter(is_news).map(|entry| shown(self.facts, entry)).collect()
    }

    fn listed(&self, conversation: &str, log: &[Value], read: u64) -> Value {
        let last = log.iter().rev().take(200).map(|entry| self.shown(entry));
        let last = last.into_iter().find(|entry| entry["type"] == "message");
        let behind: Vec<Value> = log
            .iter()
            .filter(|entry| entry["seq"].as_u64() > Some(read))
            .take(200)
            .cloned()
            .collect();
        let mut listed = json!({
            "conversationId": conversation,
            "lastSeq": log.last().map(|entry| &entry["seq"]),
            "readSeq": read,
            "unread": self.news(&behind, read).len().min(100),
        });
        if let Some(group) = self.facts.world.group(conversation) {
            let group = &self.facts.world.groups[group];
            listed["kind"] = json!("group");
            listed["groupId"] = json!(group.id);
            listed["name"] = group.body["name"].clone();
        } else if let Some((one, other)) = self.facts.world.pair(conversation) {
            let peer = if one == self.who { other } else { one };
            listed["kind"] = json!("direct");
            listed["peerId"] = json!(self.facts.world.people[peer].id);
        }
        if let Some(last) = last {
            listed["lastMessage"] = last;
        }
        listed
    }

    async fn sees_nothing(&self, conversation: &str, wrong: &mut Vec<String>) {
        let reply = self.person.get(&format!("/v1/conversations/{conversation}/messages")).await;
        if ![403, 404].contains(&reply.status.as_u16()) {
            wrong.push(format!("{} sees {reply}", self.who));
        }
    }

    /// Forwards, backwards, in pages of any size: the same.
    async fn reads(
        &self,
        conversation: &str,
        expected: &[Value],
        random: &mut fastrand::Rng,
        wrong: &mut Vec<String>,
    ) {
        let path = format!("/v1/conversations/{conversation}/messages");
        for (name, start) in [("after", 0), ("before", 1 << 53)] {
            let (mut read, mut place): (Vec<Value>, u64) =
                (Vec::new(), start - u64::from(start > 0));
            loop {
                let limit = random.u32(1..=100);
                let page = self.person.get(&format!("{path}?{name}={place}&limit={limit}")).await;
                let page = page.expect(200).body["entries"].as_array().cloned().unwrap_or_default();
                let edge = if name == "after" { page.last() } else { page.first() };
                let Some(seq) = edge.and_then(|entry| entry["seq"].as_u64()) else { break };
                place = seq;
                let at = if name == "after" { read.len() } else { 0 };
                read.splice(at..at, page);
            }
            if read != expected {
                wrong.push(format!("{} reads {name} {read:#?}\nnot {expected:#?}", self.who));
            }
        }
    }

    /// All pages of check messages, each of another size.
    async fn pages(&self, random: &mut fastrand::Rng) -> Vec<Value> {
        let (mut messages, mut cursor) = (Vec::new(), String::new());
        loop {
            let limit = random.u32(1..=100);
            let page = self.person.get(&format!("/v1/messages?limit={limit}{cursor}")).await;
            let page = page.expect(200);
            messages.extend(page["messages"].as_array().cloned().unwrap_or_default());
            match page["nextCursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return messages,
            }
        }
    }

    /// The same items; those of one conversation in the same order.
    fn compare(
        &self,
        what: &str,
        mut found: Vec<Value>,
        mut expected: Vec<Value>,
        wrong: &mut Vec<String>,
    ) {
        let conversation = |item: &Value| item["conversationId"].as_str().map(str::to_owned);
        found.sort_by_key(conversation);
        expected.sort_by_key(conversation);
        if found != expected {
            wrong.push(format!("{}: {what} {found:#?}\nnot {expected:#?}", self.who));
        }
    }
}
