//! `DELETE /v1/users/me`: what others see of somebody who leaves.

use serde_json::{Value, json};
use tests::{Backend, Group, PASSWORD, Person, eventually, people, types};

use super::{refresh, sign_in};

/// Somebody leaves, and it is done: the user name is free.
async fn leave(backend: &Backend, person: &Person) {
    person.delete("/v1/users/me").await.expect(202);
    let again = json!({
        "username": person.username,
        "email": tests::MAILBOX,
        "password": PASSWORD,
    });
    let register = async || backend.register(again.clone()).await;
    let free = eventually(register, |reply| reply.status != 409).await;
    assert_ne!(free.expect(201).text("userId"), person.id);
}

#[tokio::test]
async fn whoever_leaves_is_signed_out_at_once_and_found_by_nobody() {
    let backend = Backend::shared().await;
    let [ada, bob] = people(backend).await;
    let socket = ada.connect().await;
    ada.begin(&bob).await;

    ada.delete("/v1/users/me").await.expect(202);
    socket.closed().await;
    refresh(backend, &ada.tokens).await.problem(401, "bad-credentials");
    sign_in(backend, &ada.username, PASSWORD).await.problem(401, "bad-credentials");
    bob.get(&format!("/v1/users/{}", ada.id)).await.problem(404, "not-found");
    bob.query("/v1/users", &[("username", &ada.username)]).await.problem(404, "not-found");
    bob.send(&ada, "are you there?").await.problem(404, "not-found");
    bob.block(&ada).await.problem(404, "not-found");
    let group = bob.group(&[]).await;
    bob.put_member(&group, &ada, None).await.problem(404, "not-found");
    // The access token is still good at the gateway; there is nobody behind it.
    ada.get("/v1/users/me").await.refused(401);
    ada.patch("/v1/users/me", json!({ "displayName": "Ada" })).await.refused(401);
    ada.send(&bob, "one more").await.refused(401);
    assert!(tests::Socket::open(&ada.door().await).await.is_err());
    // Its answer may have been lost.
    ada.delete("/v1/users/me").await.expect(202);
}

#[tokio::test]
async fn the_name_is_free_and_its_new_owner_is_another() {
    let backend = Backend::shared().await;
    let [ada, bob] = people(backend).await;
    ada.begin(&bob).await;
    leave(backend, &ada).await;
    let another = Person::sign_in(backend, &ada.username).await;
    assert_ne!(another.id, ada.id);
    assert_eq!(another.conversations().await, Vec::<Value>::new());
    // Whoever left has no part in it, whatever they still hold.
    ada.delete("/v1/users/me").await.expect(202);
    another.get("/v1/users/me").await.expect(200);
    sign_in(backend, &another.username, PASSWORD).await.expect(200);
}

#[tokio::test]
async fn of_a_direct_conversation_tombstones_are_left() {
    let backend = Backend::shared().await;
    let [ada, bob] = people(backend).await;
    let conversation = ada.begin(&bob).await;
    bob.send(&ada, "hello Ada").await.expect(201);
    let named = json!({ "recipientId": bob.id, "body": "by Ada", "clientMessageId": "ada-1" });
    ada.post("/v1/messages", named).await.expect(201);
    ada.edit(&conversation, 3, "edited by Ada").await.expect(200);
    let mut socket = bob.connect().await;

    leave(backend, &ada).await;
    let pushed = socket.next("user.erased").await;
    let log = bob.history(&conversation).await;
    assert_eq!(types(&log), ["message", "message", "message", "edited", "userErased"]);
    for at in [0, 2] {
        assert!(log[at].get("body").is_none(), "{}", log[at]);
        assert!(log[at].get("clientMessageId").is_none(), "{}", log[at]);
        assert!(log[at]["deletedAt"].is_string(), "{}", log[at]);
        assert_eq!(log[at]["senderId"], ada.id);
    }
    assert_eq!(log[1]["body"], "hello Ada");
    assert_eq!(log[4]["actorId"], ada.id);
    assert_eq!(pushed["entry"], log[4]);
    assert_eq!(bob.check_in(&conversation).await, Vec::<Value>::new());
    let listed = bob.conversation(&conversation).await.expect("the conversation");
    assert_eq!((&listed["unread"], &listed["peerId"]), (&json!(0), &json!(ada.id)));
}

async fn roles(person: &Person, group: &Group) -> Vec<(String, String)> {
    person.members(group).await
}

#[tokio::test]
async fn a_group_goes_to_the_oldest_admin() {
    let backend = Backend::shared().await;
    let [ada, bob, carol, dave] = people(backend).await;
    let group = ada.group(&[&bob]).await;
    for later in [&carol, &dave] {
        ada.put_member(&group, later, None).await.expect(201);
    }
    for admin in [&dave, &carol] {
        ada.put_member(&group, admin, Some("admin")).await.expect(200);
    }
    ada.say(&group, "by Ada").await.expect(201);

    leave(backend, &ada).await;
    let of_carol = (carol.id.clone(), "owner".to_owned());
    let members = eventually(|| roles(&bob, &group), |members| members.contains(&of_carol)).await;
    assert_eq!(members.len(), 3, "{members:?}");
    assert!(members.contains(&of_carol), "{members:?}");
    let log = bob.history(&group.conversation).await;
    assert_eq!(types(&log)[types(&log).len() - 3..], ["message", "roleChanged", "userErased"]);
    assert_eq!(log[log.len() - 2]["target"], carol.id);
    assert!(log[log.len() - 3].get("body").is_none());
    // She owns it.
    carol.patch(&group.path(""), json!({ "name": "hers" })).await.expect(200);
    carol.remove_member(&group, &carol).await.problem(409, "last-owner");
}

#[tokio::test]
async fn without_admins_it_goes_to_the_oldest_member_and_with_another_owner_to_nobody() {
    let backend = Backend::shared().await;
    let [ada, bob, carol] = people(backend).await;
    let (one, other) = (ada.group(&[&bob]).await, ada.group(&[&bob, &carol]).await);
    ada.put_member(&one, &carol, None).await.expect(201);
    ada.put_member(&other, &carol, Some("owner")).await.expect(200);

    leave(backend, &ada).await;
    let is = |who: &Person, role: &str| (who.id.clone(), role.to_owned());
    for (group, expected) in [
        (&one, [is(&bob, "owner"), is(&carol, "member")]),
        (&other, [is(&bob, "member"), is(&carol, "owner")]),
    ] {
        let so = |members: &Vec<_>| {
            members.len() == 2 && expected.iter().all(|member| members.contains(member))
        };
        let members = eventually(|| roles(&bob, group), so).await;
        assert!(so(&members), "{members:?}");
    }
}

#[tokio::test]
async fn a_group_that_is_left_empty_is_gone_and_the_lobby_never_is() {
    let backend = Backend::shared().await;
    let [ada, bob] = people(backend).await;
    let group = ada.open_group(&[]).await;
    ada.say(&group, "alone").await.expect(201);
    let lobby =
        Group { id: "lobby".to_owned(), conversation: "g-lobby".to_owned(), body: json!({}) };
    for person in [&ada, &bob] {
        person.put_member(&lobby, person, None).await.expect(201);
    }
    let said = ada.say(&lobby, "by Ada").await.expect(201).seq();

    leave(backend, &ada).await;
    bob.get(&group.path("")).await.problem(404, "not-found");
    let message = bob.entry("g-lobby", said).await.expect(200);
    assert!(message.body.get("body").is_none(), "{}", message.body);
    let members =
        eventually(|| roles(&bob, &lobby), |members| members.iter().all(|(id, _)| *id != ada.id));
    assert!(members.await.iter().all(|(id, _)| *id != ada.id));
}

#[tokio::test]
async fn a_group_that_they_were_removed_from_forgets_them_too() {
    let backend = Backend::shared().await;
    let [ada, bob] = people(backend).await;
    let group = bob.group(&[&ada]).await;
    let said = ada.say(&group, "by Ada").await.expect(201).seq();
    bob.remove_member(&group, &ada).await.expect(204);

    leave(backend, &ada).await;
    let log = bob.history(&group.conversation).await;
    assert_eq!(types(&log).last(), Some(&"userErased"));
    assert!(bob.entry(&group.conversation, said).await.expect(200).body.get("body").is_none());
}

#[tokio::test]
async fn nobody_leaves_by_mistake_or_for_another() {
    let backend = Backend::shared().await;
    let [ada] = people(backend).await;
    backend.anyone().delete("/v1/users/me").await.turned_away(401);
    let body = json!({ "userId": ada.id });
    let request = ada.request(http::Method::DELETE, "/v1/users/me").json(&body);
    request.send().await.refused(400).naming(&["/userId"]);
    ada.get("/v1/users/me").await.expect(200);
}
