//! `/v1/groups`, and what becomes of a group.

use futures_util::future::join_all;
use serde_json::{Value, json};
use tests::{Person, eventually, keys, types};

use crate::people;

/// The names of everything that the contract calls a `Group`.
const GROUP: [&str; 6] =
    ["conversationId", "createdAt", "createdBy", "groupId", "name", "visibility"];

/// Whether the list of open groups has the group in the end, or is rid of it.
async fn is_listed(reader: &Person, id: &str, expected: bool) -> bool {
    let ask = async || {
        let groups = reader.pages("/v1/groups?visibility=open", "groups", 100).await;
        groups.iter().any(|group| group["groupId"] == id)
    };
    eventually(ask, |listed| *listed == expected).await
}

#[tokio::test]
async fn a_group_is_private_unless_asked() {
    let [alice, bob] = people().await;
    let group = alice.group(&[&bob]).await;
    assert_eq!(keys(&group.body), GROUP);
    assert_eq!(group.body["name"], "a group");
    assert_eq!(group.body["visibility"], "private");
    assert_eq!(group.body["createdBy"], alice.id);
    for member in [&alice, &bob] {
        assert_eq!(member.get(&group.path("")).await.expect(200).body, group.body);
    }
    let explicit = json!({ "name": "a group", "visibility": "private" });
    assert_eq!(alice.post("/v1/groups", explicit).await.expect(201)["visibility"], "private");
}

#[tokio::test]
async fn a_group_begins_with_its_maker_as_owner_and_the_others_as_members() {
    let [alice, bob, carol] = people().await;
    let group = alice.group(&[&bob, &carol]).await;
    let role = |person: &Person, role: &str| (person.id.clone(), role.to_owned());
    let mut expected = vec![role(&alice, "owner"), role(&bob, "member"), role(&carol, "member")];
    expected.sort();
    for member in [&alice, &bob, &carol] {
        assert_eq!(member.members(&group).await, expected);
    }
}

#[tokio::test]
async fn its_log_begins_with_who_made_it_and_for_whom() {
    let [alice, bob, carol] = people().await;
    let group = alice.group(&[&bob, &carol]).await;
    let log = bob.history(&group.conversation).await;
    assert_eq!(types(&log), ["groupCreated"]);
    assert_eq!(log[0]["seq"], 1);
    assert_eq!(log[0]["actorId"], alice.id);
    let mut named: Vec<&str> =
        log[0]["memberIds"].as_array().unwrap().iter().map(|id| id.as_str().unwrap()).collect();
    named.retain(|id| *id != alice.id);
    named.sort_unstable();
    let mut expected = [bob.id.as_str(), carol.id.as_str()];
    expected.sort_unstable();
    assert_eq!(named, expected);
}

#[tokio::test]
async fn own_and_repeated_ids_count_once() {
    let [alice, bob] = people().await;
    let mut ids = vec![bob.id.clone(); 95];
    ids.push(alice.id.clone());
    ids.push(bob.id.to_uppercase());
    let body = json!({ "name": "two of us", "memberIds": ids });
    let group = tests::Group::from(alice.post("/v1/groups", body).await.expect(201));
    assert_eq!(alice.members(&group).await.len(), 2);
}

#[tokio::test]
async fn unknown_members_are_refused_and_no_group_is_made() {
    let [alice, bob] = people().await;
    let nobody = |n: u32| format!("00000000-0000-4000-8000-{n:012}");
    let many: Vec<String> = (0..91).map(nobody).collect();
    for ids in [
        json!([bob.id, nobody(1)]),
        json!([nobody(1), nobody(2)]),
        json!(["bob"]),
        json!([bob.id, ""]),
        json!(many),
    ] {
        let body = json!({ "name": "a group", "memberIds": ids });
        let refused = alice.post("/v1/groups", body).await.refused(422);
        let pointers = refused.pointers();
        let at_members = pointers.iter().all(|pointer| pointer.starts_with("/memberIds"));
        assert!(at_members && !pointers.is_empty(), "{ids}: {pointers:?}");
    }
    for person in [&alice, &bob] {
        assert_eq!(person.conversations().await, Vec::<Value>::new());
    }
}

#[tokio::test]
async fn a_name_has_1_to_100_characters() {
    let [alice] = people().await;
    let longest = "ü".repeat(100);
    for good in ["x", &longest] {
        assert_eq!(
            alice.post("/v1/groups", json!({ "name": good })).await.expect(201)["name"],
            good
        );
    }
    let group = alice.group(&[]).await;
    for bad in ["", &"x".repeat(101)] {
        let name = json!({ "name": bad });
        alice.post("/v1/groups", name.clone()).await.refused(422).naming(&["/name"]);
        alice.patch(&group.path(""), name).await.refused(422).naming(&["/name"]);
    }
    assert_eq!(alice.conversations().await.len(), 3);
    assert_eq!(alice.get(&group.path("")).await.expect(200).body, group.body);
}

#[tokio::test]
async fn a_group_is_made_once_for_one_client_group_id() {
    let [alice, bob] = people().await;
    let body = json!({ "name": "once", "memberIds": [bob.id], "clientGroupId": "g-1" });
    let replies = join_all((0..6).map(|_| alice.post("/v1/groups", body.clone()))).await;
    let created = replies.iter().filter(|reply| reply.status == 201).count();
    assert_eq!(created, 1, "one of six is the first");
    let mut ids = Vec::new();
    for reply in replies {
        let answer = if reply.status == 201 { reply.expect(201) } else { reply.expect(200) };
        assert_eq!(keys(&answer.body), GROUP);
        ids.push(answer.text("groupId").to_owned());
    }
    ids.dedup();
    assert_eq!(ids.len(), 1, "all are told of the same group");
    assert_eq!(alice.post("/v1/groups", body).await.expect(200)["groupId"], ids[0]);
    for person in [&alice, &bob] {
        assert_eq!(person.conversations().await.len(), 1);
    }
    let other = json!({ "name": "other", "clientGroupId": "g-1" });
    alice.post("/v1/groups", other.clone()).await.refused(409);
    bob.post("/v1/groups", other).await.expect(201);
}

#[tokio::test]
async fn to_a_stranger_a_private_group_does_not_exist() {
    let [alice, bob, stranger] = people().await;
    let group = alice.group(&[&bob]).await;
    let seq = alice.say(&group, "among us").await.expect(201).seq();
    stranger.get(&group.path("")).await.refused(404);
    stranger.get(&group.path("/members")).await.refused(404);
    stranger.say(&group, "hi").await.refused(404);
    stranger.patch(&group.path(""), json!({ "name": "mine" })).await.refused(404);
    stranger.delete(&group.path("")).await.refused(404);
    stranger.put_member(&group, &stranger, None).await.refused(404);
    stranger.remove_member(&group, &bob).await.refused(404);
    stranger.entry(&group.conversation, seq).await.refused(404);
    assert!(!is_listed(&stranger, &group.id, false).await);
    assert_eq!(alice.history(&group.conversation).await.len(), 2);
}

#[tokio::test]
async fn an_open_group_is_seen_by_all_and_read_by_members() {
    let [alice, bob, stranger] = people().await;
    let group = alice.open_group(&[&bob]).await;
    let seq = alice.say(&group, "among us").await.expect(201).seq();
    assert!(is_listed(&stranger, &group.id, true).await);
    assert_eq!(stranger.get(&group.path("")).await.expect(200).body, group.body);
    let log = format!("/v1/conversations/{}/messages", group.conversation);
    for reply in [
        stranger.get(&group.path("/members")).await,
        stranger.get(&log).await,
        stranger.entry(&group.conversation, seq).await,
        stranger.read(&group.conversation, seq).await,
        stranger.say(&group, "hi").await,
    ] {
        reply.problem(403, "not-a-member");
    }
    assert_eq!(stranger.conversations().await, Vec::<Value>::new());
}

#[tokio::test]
async fn the_list_of_open_groups_is_the_same_by_any_page_size() {
    let [alice] = people().await;
    let mut ids = Vec::new();
    for _ in 0..3 {
        ids.push(alice.open_group(&[]).await.id);
    }
    for limit in [2, 7, 100] {
        let ask = async || {
            let groups = alice.pages("/v1/groups?visibility=open", "groups", limit).await;
            ids.iter().all(|id| groups.iter().filter(|group| group["groupId"] == **id).count() == 1)
        };
        assert!(eventually(ask, |complete| *complete).await, "by {limit}");
    }
    let page = alice.get("/v1/groups?visibility=open&limit=2").await.expect(200);
    assert_eq!(page["groups"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn an_owner_renames_and_opens_a_group() {
    let [alice, bob, stranger] = people().await;
    let group = alice.group(&[&bob]).await;
    let renamed = alice.patch(&group.path(""), json!({ "name": "new" })).await.expect(200);
    assert_eq!(renamed["name"], "new");
    assert_eq!(renamed["visibility"], "private");
    let opened = alice.patch(&group.path(""), json!({ "visibility": "open" })).await.expect(200);
    assert_eq!(opened["name"], "new");
    assert_eq!(opened["visibility"], "open");
    assert_eq!(stranger.get(&group.path("")).await.expect(200).body, opened.body);
    assert!(is_listed(&stranger, &group.id, true).await);

    let log = bob.history(&group.conversation).await;
    assert_eq!(types(&log), ["groupCreated", "groupUpdated", "groupUpdated"]);
    assert_eq!(log[1]["actorId"], alice.id);

    alice.patch(&group.path(""), json!({ "visibility": "private" })).await.expect(200);
    stranger.get(&group.path("")).await.refused(404);
    assert!(!is_listed(&stranger, &group.id, false).await);
    assert_eq!(alice.patch(&group.path(""), None).await.expect(200)["name"], "new");
}

#[tokio::test]
async fn a_deleted_group_is_gone_for_everyone() {
    let [alice, bob, stranger] = people().await;
    let group = alice.open_group(&[&bob]).await;
    let seq = alice.say(&group, "the last words").await.expect(201).seq();
    alice.delete(&group.path("")).await.expect(204);

    let log = format!("/v1/conversations/{}/messages", group.conversation);
    for person in [&alice, &bob, &stranger] {
        person.get(&group.path("")).await.refused(404);
        person.get(&group.path("/members")).await.refused(404);
        person.get(&log).await.refused(404);
        person.entry(&group.conversation, seq).await.refused(404);
        person.say(&group, "hi").await.refused(404);
        person.put_member(&group, person, None).await.refused(404);
        person.delete(&group.path("")).await.refused(404);
        assert_eq!(person.conversations().await, Vec::<Value>::new());
        assert_eq!(person.check().await, Vec::<Value>::new());
    }
    assert!(!is_listed(&stranger, &group.id, false).await);
}
