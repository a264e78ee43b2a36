//! Who takes part, and where they talk.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use futures_util::future::join_all;
use tests::faults::Wire;
use tests::{Backend, Group, Person};
use tokio::task::JoinHandle;

use super::record::History;
use crate::support::tables::Tables;

/// How many people there are.
const PEOPLE: usize = 5;
/// How many groups.
const GROUPS: usize = 3;

pub struct World {
    pub people: Vec<Person>,
    pub groups: Vec<Group>,
    pub history: History,
    pub tables: Tables,
    pub wire: Wire,
    /// How many messages a second flood control lets through.
    pub flood_limit: Option<u32>,
    /// The conversation that most is said in.
    hot: AtomicUsize,
    /// Requests whose clients did not wait for the answer.
    late: Mutex<Vec<JoinHandle<()>>>,
    /// Messages that were acknowledged, for others to edit and delete.
    known: Mutex<Vec<Known>>,
    _backend: Backend,
}

/// A message that somebody knows of.
#[derive(Debug, Clone)]
pub struct Known {
    pub sender: usize,
    pub conversation: String,
    pub seq: u64,
    pub id: String,
}

impl World {
    pub async fn new(random: &mut fastrand::Rng) -> Self {
        let flood_limit = random.bool().then(|| random.u32(4..10));
        let (backend, wire) = Wire::backend(|options| options.flood_limit = flood_limit).await;
        let people = join_all((0..PEOPLE).map(|_| Person::new(&backend))).await;
        let mut groups = Vec::new();
        for at in 0..GROUPS {
            let (owner, rest) = (&people[at], &people[at + 1..at + 3]);
            let members: Vec<&Person> = rest.iter().collect();
            groups.push(match at {
                0 => owner.open_group(&members).await,
                _ => owner.group(&members).await,
            });
        }
        Self {
            tables: Tables::of(&backend),
            history: History::default(),
            hot: AtomicUsize::new(0),
            late: Mutex::default(),
            known: Mutex::default(),
            _backend: backend,
            people,
            groups,
            wire,
            flood_limit,
        }
    }

    /// Where two people talk.
    pub fn direct(&self, one: usize, other: usize) -> String {
        let (one, other) = (&self.people[one].id, &self.people[other].id);
        let (lower, higher) = if one < other { (one, other) } else { (other, one) };
        format!("d-{lower}-{higher}")
    }

    /// Every conversation that there is or could be.
    pub fn conversations(&self) -> Vec<String> {
        let pairs = (0..PEOPLE).flat_map(|one| (0..one).map(move |other| (one, other)));
        let direct = pairs.map(|(one, other)| self.direct(one, other));
        direct.chain(self.groups.iter().map(|group| group.conversation.clone())).collect()
    }

    /// A conversation of somebody's, often that one which most is said in.
    pub fn somewhere(&self, who: usize, random: &mut fastrand::Rng) -> String {
        let mut mine = self.conversations();
        let hot = mine[self.hot.load(Ordering::Relaxed)].clone();
        let is_mine = |conversation: &String| {
            self.pair(conversation).is_none_or(|(one, other)| [one, other].contains(&who))
        };
        if is_mine(&hot) && random.bool() {
            return hot;
        }
        mine.retain(is_mine);
        random.choice(mine).expect("a conversation")
    }

    /// From now on most is said in another conversation.
    pub fn move_on(&self, random: &mut fastrand::Rng) {
        self.hot.store(random.usize(0..self.conversations().len()), Ordering::Relaxed);
    }

    /// Who has this user id.
    pub fn who(&self, id: &str) -> usize {
        self.people.iter().position(|person| person.id == id).expect("one of us")
    }

    /// The two people of a direct conversation.
    pub fn pair(&self, conversation: &str) -> Option<(usize, usize)> {
        let among = |who: &usize| conversation.contains(&self.people[*who].id);
        let mut people = (0..PEOPLE).filter(among);
        conversation.starts_with("d-").then(|| (people.next(), people.next())).and_then(|pair| {
            match pair {
                (Some(one), Some(other)) => Some((one, other)),
                _ => None,
            }
        })
    }

    /// Which group's log it is.
    pub fn group(&self, conversation: &str) -> Option<usize> {
        self.groups.iter().position(|group| group.conversation == conversation)
    }

    pub fn remember(&self, known: Known) {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).push(known);
    }

    /// Some message.
    pub fn known(
        &self,
        random: &mut fastrand::Rng,
        is_fit: impl Fn(&Known) -> bool,
    ) -> Option<Known> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let fit: Vec<&Known> = known.iter().filter(|known| is_fit(known)).collect();
        random.choice(fit).cloned()
    }

    pub fn leave(&self, request: JoinHandle<()>) {
        self.late.lock().unwrap_or_else(PoisonError::into_inner).push(request);
    }

    /// Waits for the answers that nobody waited for.
    pub async fn stragglers(&self) {
        let late = std::mem::take(&mut *self.late.lock().unwrap_or_else(PoisonError::into_inner));
        for request in join_all(late).await {
            request.expect("a request that does not panic");
        }
    }
}
