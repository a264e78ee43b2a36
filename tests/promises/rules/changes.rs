//! Rule 5: changes read the end of the log and then their rows, strongly; the swap proves that nothing came in between.
//! Two changes at once, in every order of their steps: the log holds, and the rows are what the log says.

use serde_json::json;
use tests::faults::Wire;
use tests::{Group, Person, Reply, Request, people, types};

use crate::support::ask;
use crate::support::replay::{Role, Roles, assert_holds};
use crate::support::tables::Tables;

/// A change takes three steps: the end of the log, the rows, the transaction.
const STEPS: usize = 3;

/// Two owners, an admin, a member, and one who is none.
struct Cast {
    olga: Person,
    otto: Person,
    ada: Person,
    max: Person,
    eve: Person,
}

/// What became of two requests at once.
struct Outcome {
    statuses: [u16; 2],
    roles: Roles,
    types: Vec<String>,
}

/// Every way to merge the steps of two requests; true is a step of the first one.
fn orders() -> Vec<Vec<bool>> {
    let masks = (0_u32..1 << (2 * STEPS)).filter(|mask| mask.count_ones() as usize == STEPS);
    masks.map(|mask| (0..2 * STEPS).map(|step| mask >> step & 1 == 1).collect()).collect()
}

/// Carries out two requests in every order, each time in a group of its own, and checks each outcome.
async fn in_every_order(
    requests: impl Fn(&Cast, &Group) -> [Request; 2],
    is_right: impl Fn(&Cast, &Outcome) -> bool,
) {
    let (backend, wire) = Wire::backend(|_| {}).await;
    let [olga, otto, ada, max, eve] = people(&backend).await;
    let (tables, cast) = (Tables::of(&backend), Cast { olga, otto, ada, max, eve });
    for order in orders() {
        let group = cast.group().await;
        let [first, second] = requests(&cast, &group);
        let statuses = run(&wire, &group, [first, second], &order).await.map(|reply| {
            assert!(!reply.status.is_server_error(), "{order:?}: {reply}");
            reply.status.as_u16()
        });
        let roles = assert_holds(&tables, &group.id, &group.conversation).await;
        let log = tables.log(&group.conversation).await;
        let types = types(&log)[3..].iter().map(ToString::to_string).collect();
        let outcome = Outcome { statuses, roles, types };
        let right = is_right(&cast, &outcome);
        assert!(right, "{order:?}: {:?} {:?} {log:#?}", outcome.statuses, outcome.roles);
    }
}

async fn run(wire: &Wire, group: &Group, requests: [Request; 2], order: &[bool]) -> [Reply; 2] {
    let steps = wire.steps(&group.conversation);
    let [first, second] = requests;
    let mut first = steps.begin(first.send()).await;
    let mut second = steps.begin(second.send()).await;
    for is_first in order {
        if *is_first {
            first.step().await;
        } else {
            second.step().await;
        }
    }
    [first.finish().await, second.finish().await]
}

impl Cast {
    async fn group(&self) -> Group {
        let Self { olga, otto, ada, max, .. } = self;
        let group = olga.group(&[otto, ada, max]).await;
        olga.put_member(&group, otto, Some("owner")).await.expect(200);
        olga.put_member(&group, ada, Some("admin")).await.expect(200);
        group
    }
}

impl Outcome {
    fn role(&self, who: &Person) -> Option<Role> {
        self.roles.get(&who.id).copied()
    }

    fn is_one_of(&self, statuses: &[[u16; 2]]) -> bool {
        statuses.contains(&self.statuses)
    }
}

#[tokio::test]
async fn of_two_owners_who_leave_at_once_one_stays() {
    in_every_order(
        |cast, group| {
            [ask::remove(&cast.olga, group, &cast.olga), ask::remove(&cast.otto, group, &cast.otto)]
        },
        |_, outcome| outcome.is_one_of(&[[204, 409], [409, 204]]),
    )
    .await;
}

#[tokio::test]
async fn of_two_owners_who_demote_each_other_one_stays() {
    in_every_order(
        |cast, group| {
            [
                ask::role(&cast.olga, group, &cast.otto, "member"),
                ask::role(&cast.otto, group, &cast.olga, "member"),
            ]
        },
        |_, outcome| outcome.is_one_of(&[[200, 403], [403, 200]]),
    )
    .await;
}

#[tokio::test]
async fn an_owner_who_leaves_while_the_other_one_steps_down_finds_one_that_stays() {
    in_every_order(
        |cast, group| {
            [
                ask::remove(&cast.olga, group, &cast.olga),
                ask::role(&cast.otto, group, &cast.otto, "member"),
            ]
        },
        |_, outcome| outcome.is_one_of(&[[204, 409], [409, 200]]),
    )
    .await;
}

#[tokio::test]
async fn nobody_acts_with_a_role_that_is_gone() {
    in_every_order(
        |cast, group| {
            [
                ask::role(&cast.olga, group, &cast.ada, "member"),
                ask::remove(&cast.ada, group, &cast.max),
            ]
        },
        |cast, outcome| {
            let stays = outcome.role(&cast.max) == Some(Role::Member);
            outcome.is_one_of(&[[200, 204], [200, 403]]) && stays == (outcome.statuses[1] == 403)
        },
    )
    .await;
}

#[tokio::test]
async fn nobody_is_removed_by_one_who_is_out() {
    in_every_order(
        |cast, group| {
            [ask::remove(&cast.olga, group, &cast.ada), ask::remove(&cast.ada, group, &cast.max)]
        },
        |cast, outcome| {
            let stays = outcome.role(&cast.max) == Some(Role::Member);
            outcome.is_one_of(&[[204, 204], [204, 403]]) && stays == (outcome.statuses[1] == 403)
        },
    )
    .await;
}

#[tokio::test]
async fn one_who_is_removed_while_being_added_is_out_or_in_as_the_log_says() {
    in_every_order(
        |cast, group| {
            [ask::remove(&cast.olga, group, &cast.max), ask::add(&cast.ada, group, &cast.max)]
        },
        |cast, outcome| {
            let is_in = outcome.role(&cast.max) == Some(Role::Member);
            outcome.is_one_of(&[[204, 201], [204, 200]]) && is_in == (outcome.statuses[1] == 201)
        },
    )
    .await;
}

#[tokio::test]
async fn one_who_leaves_while_being_removed_is_removed_once() {
    in_every_order(
        |cast, group| {
            [ask::remove(&cast.olga, group, &cast.max), ask::remove(&cast.max, group, &cast.max)]
        },
        |cast, outcome| {
            outcome.is_one_of(&[[204, 403], [404, 204]])
                && outcome.role(&cast.max).is_none()
                && outcome.types == ["memberRemoved"]
        },
    )
    .await;
}

#[tokio::test]
async fn one_who_leaves_while_being_made_owner_is_no_owner() {
    in_every_order(
        |cast, group| {
            [
                ask::role(&cast.olga, group, &cast.max, "owner"),
                ask::remove(&cast.max, group, &cast.max),
            ]
        },
        // Given a role after leaving, they come back: the request says who is to be what.
        |cast, outcome| {
            let back = outcome.role(&cast.max) == Some(Role::Owner);
            outcome.is_one_of(&[[200, 204], [201, 204]]) && back == (outcome.statuses[0] == 201)
        },
    )
    .await;
}

#[tokio::test]
async fn of_two_who_take_the_last_place_at_once_one_gets_it() {
    let (backend, wire) = Wire::backend(|_| {}).await;
    let [olga, ann, eve] = people(&backend).await;
    let tables = Tables::of(&backend);
    for order in orders() {
        let group = olga.open_group(&[]).await;
        let key = json!({ "groupId": group.id });
        tables.change("Groups", &key, &json!({ "members": 9_999 })).await;
        let requests = [ask::add(&olga, &group, &ann), ask::add(&eve, &group, &eve)];
        let mut statuses = run(&wire, &group, requests, &order).await.map(|reply| reply.status);
        statuses.sort();
        assert_eq!(statuses, [201, 409], "{order:?}");
        let row = tables.get("Groups", &key).await.expect("the group");
        assert_eq!(row["members"], 10_000);
        assert_eq!(tables.members(&group.conversation).await.len(), 2);
    }
}

#[tokio::test]
async fn one_who_is_added_twice_at_once_is_added_once() {
    in_every_order(
        |cast, group| {
            [ask::add(&cast.olga, group, &cast.eve), ask::add(&cast.ada, group, &cast.eve)]
        },
        |_, outcome| {
            outcome.is_one_of(&[[201, 200], [200, 201]]) && outcome.types == ["memberAdded"]
        },
    )
    .await;
}
