//! Somebody who writes: messages, changes of messages and members, blocks. One thing after the other, but for repeats.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use tests::Request;

use super::player::{hurry, insist};
use super::record::What;
use super::world::{Known, World};
use crate::support::ask;

struct Writer {
    world: Arc<World>,
    me: usize,
    random: fastrand::Rng,
    /// What they have sent: where to, by which name, and its event.
    sent: Vec<(String, String, usize)>,
}

pub async fn run(world: Arc<World>, me: usize, steps: u64, random: fastrand::Rng) {
    let mut writer = Writer { world, me, random, sent: Vec::new() };
    for _ in 0..steps {
        writer.step().await;
    }
}

impl Writer {
    async fn step(&mut self) {
        match self.random.u32(0..100) {
            0..52 => self.send().await,
            52..60 => self.repeat().await,
            60..67 => self.edit().await,
            67..72 => self.delete().await,
            72..80 => self.block().await,
            80..98 => self.change_members().await,
            _ => self.burst().await,
        }
    }

    fn someone_else(&mut self) -> usize {
        let people = self.world.people.len();
        (self.me + self.random.usize(1..people)) % people
    }

    async fn send(&mut self) {
        let conversation = self.world.somewhere(self.me, &mut self.random);
        self.send_to(conversation).await;
    }

    async fn send_to(&mut self, conversation: String) {
        let id = format!("{}-{}", self.me, self.random.u64(..));
        let what = What::Send { conversation: conversation.clone(), id: id.clone() };
        let event = self.world.history.begin(self.me, what);
        let request = self.message(&conversation, &id);
        let reply = match self.random.u32(0..10) {
            0..2 => {
                let twice = (0..2).map(|_| insist(&self.world, event, &request));
                join_all(twice).await.pop().expect("two replies")
            }
            2..4 => {
                let patience = Duration::from_millis(self.random.u64(0..20));
                hurry(&self.world, event, &request, patience).await
            }
            _ => insist(&self.world, event, &request).await,
        };
        if reply.status.is_success() {
            let (sender, seq) = (self.me, reply.seq());
            let known = Known { sender, conversation: conversation.clone(), seq, id: id.clone() };
            self.world.remember(known);
        }
        self.sent.push((conversation, id, event));
    }

    fn message(&self, conversation: &str, id: &str) -> Request {
        let me = &self.world.people[self.me];
        if let Some(group) = self.world.group(conversation) {
            return ask::say_named(me, &self.world.groups[group], id, id);
        }
        let (one, other) = self.world.pair(conversation).expect("a direct conversation");
        let peer = if one == self.me { other } else { one };
        ask::named(me, &self.world.people[peer], id, id)
    }

    /// Something that was sent before, or refused, once more.
    async fn repeat(&mut self) {
        let Some((conversation, id, event)) = self.random.choice(&self.sent).cloned() else {
            return;
        };
        let request = self.message(&conversation, &id);
        drop(insist(&self.world, event, &request).await);
    }

    async fn edit(&mut self) {
        let me = self.me;
        let Some(known) = self.world.known(&mut self.random, |known| known.sender == me) else {
            return;
        };
        let Known { conversation, seq, id, .. } = known;
        let what = |body: &str| What::Edit {
            conversation: conversation.clone(),
            seq,
            body: body.to_owned(),
        };
        let body = format!("{id} {:06}", self.world.history.all().len());
        let event = self.world.history.begin(self.me, what(&body));
        let request = ask::edit(&self.world.people[self.me], &conversation, seq, &body);
        drop(insist(&self.world, event, &request).await);
    }

    /// One's own message, or anybody's in a group, where an admin may.
    async fn delete(&mut self) {
        let me = self.me;
        let is_fit = |known: &Known| known.sender == me || known.conversation.starts_with("g-");
        let Some(known) = self.world.known(&mut self.random, is_fit) else { return };
        let Known { conversation, seq, .. } = known;
        let request = ask::erase(&self.world.people[self.me], &conversation, seq);
        let event = self.world.history.begin(self.me, What::Delete { conversation, seq });
        drop(insist(&self.world, event, &request).await);
    }

    async fn block(&mut self) {
        let (whom, on) = (self.someone_else(), self.random.u32(0..5) == 0);
        let event = self.world.history.begin(self.me, What::Block { whom, on });
        let (me, other) = (&self.world.people[self.me], &self.world.people[whom]);
        let request = ask::block(me, other, on);
        drop(insist(&self.world, event, &request).await);
    }

    async fn change_members(&mut self) {
        let group = self.random.usize(0..self.world.groups.len());
        let whom = self.random.usize(0..self.world.people.len());
        let role = self.random.choice([
            None,
            None,
            Some("owner"),
            Some("admin"),
            Some("admin"),
            Some("member"),
        ]);
        let (role, removes) = (role.flatten(), self.random.u32(0..4) == 0);
        let world = &self.world;
        let (me, other) = (&world.people[self.me], &world.people[whom]);
        let (what, request) = if removes {
            (What::Remove { group, whom }, ask::remove(me, &world.groups[group], other))
        } else {
            let request = match role {
                Some(role) => ask::role(me, &world.groups[group], other, role),
                None => ask::add(me, &world.groups[group], other),
            };
            (What::Put { group, whom, role }, request)
        };
        let event = world.history.begin(self.me, what);
        drop(insist(world, event, &request).await);
    }

    /// More in a row than flood control lets through.
    async fn burst(&mut self) {
        let Some(limit) = self.world.flood_limit else { return };
        let conversation = self.world.somewhere(self.me, &mut self.random);
        for _ in 0..=limit {
            self.send_to(conversation.clone()).await;
        }
    }
}
