//! The promises under concurrency, faults and crashes: a random program of several clients, a recorded history, and
//! what must be true of it.
//!
//! `CHINWAG_SEED` takes the seed of an earlier run (which says what each client does and which calls fail, not how the
//! threads run), `CHINWAG_MODEL_STEPS` how many things each client does.

mod blocks;
mod changes;
mod checks;
mod facts;
mod histories;
mod lists;
mod player;
mod quiet;
mod reader;
mod record;
mod sends;
mod view;
mod world;
mod writer;

use std::env;
use std::sync::Arc;

use futures_util::future::join_all;
use tests::faults::Chaos;

use facts::Facts;
use world::World;

/// After how many rounds the program ends. After each, everybody is quiet and all of it is looked at.
const ROUNDS: u64 = 2;

#[tokio::test]
async fn the_promises_hold_whatever_happens() {
    let seed = setting("CHINWAG_SEED").unwrap_or_else(|| fastrand::u64(..));
    let steps = setting("CHINWAG_MODEL_STEPS").unwrap_or(40);
    println!("CHINWAG_SEED={seed} CHINWAG_MODEL_STEPS={steps}");
    let mut random = fastrand::Rng::with_seed(seed);
    let world = Arc::new(World::new(&mut random).await);
    for round in 0..ROUNDS {
        let chaos = chaos(random.u64(..));
        world.wire.chaos(Some(chaos));
        world.move_on(&mut random);
        run(&world, steps / ROUNDS, &mut random).await;
        world.wire.chaos(None);

        let facts = Facts::gather(&world).await;
        let mut wrong = checks::all(&facts);
        wrong.extend(quiet::check(&world, &facts, &mut random).await);
        assert!(
            wrong.is_empty(),
            "CHINWAG_SEED={seed}, round {round}, {chaos:?}: {} violations\n{}",
            wrong.len(),
            wrong.iter().take(5).map(String::as_str).collect::<Vec<_>>().join("\n\n")
        );
    }
    println!("{}", world.history.summary());
}

/// Everybody writes and reads at once.
async fn run(world: &Arc<World>, steps: u64, random: &mut fastrand::Rng) {
    let clients = (0..world.people.len()).flat_map(|who| {
        let (for_writer, for_reader) = (random.fork(), random.fork());
        [
            tokio::spawn(writer::run(Arc::clone(world), who, steps, for_writer)),
            tokio::spawn(reader::run(Arc::clone(world), who, steps, for_reader)),
        ]
    });
    for client in join_all(clients.collect::<Vec<_>>()).await {
        client.expect("a client that does not panic");
    }
    world.stragglers().await;
}

/// Some rounds are calmer than others.
fn chaos(seed: u64) -> Chaos {
    let mut random = fastrand::Rng::with_seed(seed);
    let mut share = |most: u32| random.u32(0..=most);
    Chaos {
        seed,
        throttle: share(25),
        conflict: share(30),
        lose_call: share(15),
        lose_answer: share(25),
        crash: share(25),
        stale: share(300),
    }
}

fn setting(name: &str) -> Option<u64> {
    env::var(name).ok().map(|text| text.parse().expect("a number"))
}
