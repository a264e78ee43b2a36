//! The lobby: the public chat room.

use futures_util::future::join_all;
use http::Method;
use serde_json::{Value, json};
use tests::{Backend, Group, Person, System, eventually, says};

use crate::people;

const LOBBY: &str = "/v1/groups/lobby";

/// The lobby, which `person` joins.
async fn join(person: &Person) -> Group {
    person.put(&format!("{LOBBY}/members/{}", person.id), None).await.expect(201);
    Group::from(person.get(LOBBY).await.expect(200))
}

async fn appoint(method: Method, person: &Person) -> tests::Reply {
    let system = System::new(Backend::shared().await);
    system.send(method, &format!("/v1/lobby/admins/{}", person.id), None).await
}

fn role(members: &[(String, String)], person: &Person) -> Option<String> {
    members.iter().find(|(id, _)| *id == person.id).map(|(_, role)| role.clone())
}

#[tokio::test]
async fn it_is_there_for_everyone() {
    let [alice] = people().await;
    let lobby = alice.get(LOBBY).await.expect(200);
    assert_eq!(lobby["groupId"], "lobby");
    assert_eq!((&lobby["visibility"], &lobby["createdBy"]), (&json!("open"), &json!("system")));
    let open = eventually(
        async || alice.pages("/v1/groups?visibility=open", "groups", 100).await,
        |groups: &Vec<Value>| groups.contains(&lobby.body),
    );
    assert!(open.await.contains(&lobby.body));
}

#[tokio::test]
async fn whoever_joins_talks_to_all_who_are_there() {
    let [alice, bob, carol] = people().await;
    let lobby = join(&alice).await;
    join(&bob).await;
    let mut sockets = [alice.connect().await, bob.connect().await];
    let body = tests::unique("hello");
    let said = bob.say(&lobby, &body).await.expect(201);
    for socket in &mut sockets {
        assert_eq!(socket.until(says(&body)).await["message"], said.body);
    }
    assert!(alice.history(&lobby.conversation).await.contains(&said.body));

    carol.say(&lobby, "from outside").await.problem(403, "not-a-member");
    bob.remove_member(&lobby, &bob).await.expect(204);
    bob.say(&lobby, "after leaving").await.problem(403, "not-a-member");
    join(&bob).await;
    bob.say(&lobby, "back").await.expect(201);
}

#[tokio::test]
async fn it_opens_once_however_many_come_first() {
    let backend = Backend::private(|_| {}).await;
    let first: [Person; 6] = tests::people(&backend).await;
    let lobbies = join_all(first.iter().map(join)).await;
    assert!(lobbies.iter().all(|lobby| lobby.body == lobbies[0].body));
    let members = first[0].members(&lobbies[0]).await;
    assert_eq!(members.len(), 6, "{members:?}");
    assert!(members.iter().all(|(_, role)| role == "member"));
}

#[tokio::test]
async fn nobody_owns_it() {
    let [alice] = people().await;
    let lobby = join(&alice).await;
    alice.patch(LOBBY, json!({ "name": "mine" })).await.problem(403, "forbidden");
    alice.delete(LOBBY).await.problem(403, "forbidden");
    alice.put_member(&lobby, &alice, Some("admin")).await.problem(403, "forbidden");
}

#[tokio::test]
async fn an_operator_appoints_and_dismisses_admins() {
    let [alice, bob] = people().await;
    appoint(Method::PUT, &alice).await.expect(204);
    appoint(Method::PUT, &alice).await.expect(204);
    let lobby = Group::from(alice.get(LOBBY).await.expect(200));
    join(&bob).await;
    let listed = eventually(
        async || alice.members(&lobby).await,
        |members| role(members, &alice).as_deref() == Some("admin"),
    );
    assert_eq!(role(&listed.await, &alice).as_deref(), Some("admin"));

    let said = bob.say(&lobby, "off topic").await.expect(201);
    alice.erase(&lobby.conversation, said.seq()).await.expect(204);
    alice.remove_member(&lobby, &bob).await.expect(204);
    bob.put_member(&lobby, &bob, None).await.problem(403, "forbidden");

    appoint(Method::DELETE, &alice).await.expect(204);
    appoint(Method::DELETE, &alice).await.expect(204);
    alice.erase(&lobby.conversation, said.seq() - 1).await.refused(404);
    alice.put_member(&lobby, &bob, None).await.problem(403, "forbidden");
}

#[tokio::test]
async fn nobody_but_an_operator_appoints() {
    let [alice] = people().await;
    let path = format!("/v1/lobby/admins/{}", alice.id);
    assert_eq!(alice.put(&path, None).await.status, 403);
    assert_eq!(Backend::shared().await.anyone().put(&path, None).await.status, 403);
    let system = System::new(Backend::shared().await);
    let nobody = "/v1/lobby/admins/00000000-0000-4000-8000-000000000000";
    system.send(Method::PUT, nobody, None).await.problem(404, "not-found");
    system.send(Method::PUT, "/v1/lobby/admins/x", None).await.problem(404, "not-found");
}
