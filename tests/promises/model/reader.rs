//! Somebody who reads, and says how far they have read. One thing after the other.

use std::sync::Arc;

use http::Method;

use super::player::insist;
use super::record::What;
use super::world::World;
use crate::support::ask;

struct Reader {
    world: Arc<World>,
    me: usize,
    random: fastrand::Rng,
}

pub async fn run(world: Arc<World>, me: usize, steps: u64, random: fastrand::Rng) {
    let mut reader = Reader { world, me, random };
    for _ in 0..steps.div_ceil(2) {
        reader.step().await;
    }
}

impl Reader {
    async fn step(&mut self) {
        match self.random.u32(0..10) {
            0..3 => self.check().await,
            3..6 => self.history().await,
            6 => self.conversations().await,
            7 => self.entry().await,
            _ => self.read().await,
        }
    }

    async fn get(&self, event: usize, path: &str) -> tests::Reply {
        let request = self.world.people[self.me].request(Method::GET, path);
        insist(&self.world, event, &request).await
    }

    /// Page by page, each of another size.
    async fn check(&mut self) {
        let event = self.world.history.begin(self.me, What::Check);
        let mut cursor = String::new();
        loop {
            let limit = self.random.u32(1..30);
            let page = self.get(event, &format!("/v1/messages?limit={limit}{cursor}")).await;
            match page.expect(200).body["nextCursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return,
            }
        }
    }

    async fn conversations(&mut self) {
        let event = self.world.history.begin(self.me, What::Conversations);
        drop(self.get(event, "/v1/conversations?limit=100").await);
    }

    async fn history(&mut self) {
        let conversation = self.world.somewhere(self.me, &mut self.random);
        let mut place = || self.random.bool().then(|| self.random.u64(0..60));
        let (after, before) = (place(), place());
        let limit = self.random.u64(1..30);
        let query = |name: &str, place: Option<u64>| {
            place.map_or_else(String::new, |place| format!("&{name}={place}"))
        };
        let path = format!(
            "/v1/conversations/{conversation}/messages?limit={limit}{}{}",
            query("after", after),
            query("before", before)
        );
        let what = What::History { conversation, after, before, limit };
        let event = self.world.history.begin(self.me, what);
        drop(self.get(event, &path).await);
    }

    async fn entry(&mut self) {
        let (conversation, seq) =
            (self.world.somewhere(self.me, &mut self.random), self.random.u64(1..30));
        let path = format!("/v1/conversations/{conversation}/messages/{seq}");
        let event = self.world.history.begin(self.me, What::Entry { conversation, seq });
        drop(self.get(event, &path).await);
    }

    async fn read(&mut self) {
        let conversation = self.world.somewhere(self.me, &mut self.random);
        let seq = self.random.u64(0..20);
        let request = ask::read(&self.world.people[self.me], &conversation, seq);
        let event = self.world.history.begin(self.me, What::Read { conversation, seq });
        drop(insist(&self.world, event, &request).await);
    }
}
