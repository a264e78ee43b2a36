//! Owners, admins and members.

use futures_util::future::join;
use serde_json::json;
use tests::{Group, Person, eventually};

use crate::people;

async fn role_of(who: &Person, group: &Group, reader: &Person) -> Option<String> {
    let members = reader.members(group).await;
    members.into_iter().find(|(id, _)| *id == who.id).map(|(_, role)| role)
}

/// Checks the role, which the list of members may show a moment later on AWS.
async fn assert_role(who: &Person, group: &Group, reader: &Person, role: &str) {
    let expected = Some(role.to_owned());
    let found = eventually(async || role_of(who, group, reader).await, |found| *found == expected);
    assert_eq!(found.await, expected);
}

#[tokio::test]
async fn an_owner_gives_any_role() {
    let [owner, bob, carol] = people().await;
    let group = owner.group(&[&bob]).await;
    for role in ["admin", "owner"] {
        owner.put_member(&group, &bob, Some(role)).await.expect(200);
        assert_role(&bob, &group, &owner, role).await;
    }
    owner.put_member(&group, &carol, Some("admin")).await.expect(201);
    assert_role(&carol, &group, &owner, "admin").await;
    owner.put_member(&group, &carol, Some("member")).await.expect(200);
    assert_role(&carol, &group, &owner, "member").await;
}

#[tokio::test]
async fn an_admin_adds_members_as_members_only() {
    let [owner, admin, bob, carol] = people().await;
    let group = owner.group(&[&admin, &bob]).await;
    owner.put_member(&group, &admin, Some("admin")).await.expect(200);
    for role in ["admin", "owner"] {
        admin.put_member(&group, &carol, Some(role)).await.problem(403, "forbidden");
        admin.put_member(&group, &bob, Some(role)).await.problem(403, "forbidden");
    }
    admin.put_member(&group, &owner, Some("member")).await.problem(403, "forbidden");
    assert_role(&bob, &group, &owner, "member").await;
    assert_role(&owner, &group, &owner, "owner").await;
    assert_eq!(role_of(&carol, &group, &owner).await, None);
    admin.put_member(&group, &carol, Some("member")).await.expect(201);
}

#[tokio::test]
async fn a_member_gives_no_role() {
    let [owner, bob, carol] = people().await;
    let group = owner.group(&[&bob, &carol]).await;
    bob.put_member(&group, &carol, Some("admin")).await.problem(403, "forbidden");
    bob.put_member(&group, &owner, Some("member")).await.problem(403, "forbidden");
    assert_role(&carol, &group, &owner, "member").await;
}

#[tokio::test]
async fn nobody_raises_their_own_role() {
    let [owner, admin, bob, stranger] = people().await;
    let group = owner.open_group(&[&admin, &bob]).await;
    owner.put_member(&group, &admin, Some("admin")).await.expect(200);
    let log = owner.history(&group.conversation).await;
    for (who, role) in [(&bob, "admin"), (&bob, "owner"), (&admin, "owner"), (&stranger, "admin")] {
        who.put_member(&group, who, Some(role)).await.problem(403, "forbidden");
    }
    assert_eq!(owner.history(&group.conversation).await, log);
}

#[tokio::test]
async fn anyone_may_demote_themself() {
    let [owner, admin, other] = people().await;
    let group = owner.group(&[&admin, &other]).await;
    owner.put_member(&group, &admin, Some("admin")).await.expect(200);
    owner.put_member(&group, &other, Some("owner")).await.expect(200);
    admin.put_member(&group, &admin, Some("member")).await.expect(200);
    assert_role(&admin, &group, &owner, "member").await;
    owner.put_member(&group, &owner, Some("admin")).await.expect(200);
    assert_role(&owner, &group, &other, "admin").await;
    owner.put_member(&group, &owner, Some("owner")).await.problem(403, "forbidden");
}

#[tokio::test]
async fn the_last_owner_stays() {
    let [owner, admin] = people().await;
    let group = owner.group(&[&admin]).await;
    owner.put_member(&group, &admin, Some("admin")).await.expect(200);
    owner.remove_member(&group, &owner).await.problem(409, "last-owner");
    for role in ["admin", "member"] {
        let refused = owner.put_member(&group, &owner, Some(role)).await;
        refused.problem(409, "last-owner");
    }
    assert_role(&owner, &group, &admin, "owner").await;
    assert_eq!(owner.history(&group.conversation).await.len(), 2);

    owner.put_member(&group, &admin, Some("owner")).await.expect(200);
    owner.remove_member(&group, &owner).await.expect(204);
    admin.remove_member(&group, &admin).await.problem(409, "last-owner");
}

#[tokio::test]
async fn the_last_owner_stays_also_alone() {
    let [owner] = people().await;
    let group = owner.group(&[]).await;
    owner.remove_member(&group, &owner).await.problem(409, "last-owner");
    owner.delete(&group.path("")).await.expect(204);
}

#[tokio::test]
async fn of_two_owners_who_leave_at_once_one_stays() {
    let [one, other, reader] = people().await;
    let group = one.group(&[&other, &reader]).await;
    one.put_member(&group, &other, Some("owner")).await.expect(200);
    let (left, right) =
        join(one.remove_member(&group, &one), other.put_member(&group, &other, Some("member")))
            .await;
    match (left.status.as_u16(), right.status.as_u16()) {
        (204, _) => right.problem(409, "last-owner"),
        _ => left.problem(409, "last-owner"),
    };
    let owner = |members: &Vec<(String, String)>| {
        members.iter().filter(|(_, role)| role == "owner").count() == 1
    };
    let members = eventually(async || reader.members(&group).await, owner).await;
    assert!(owner(&members), "{members:?}");
}

#[tokio::test]
async fn only_owners_rename_and_delete() {
    let [owner, admin, bob, stranger] = people().await;
    let group = owner.open_group(&[&admin, &bob]).await;
    owner.put_member(&group, &admin, Some("admin")).await.expect(200);
    for (who, code) in [(&admin, "forbidden"), (&bob, "forbidden"), (&stranger, "not-a-member")] {
        let rename = json!({ "name": "mine" });
        who.patch(&group.path(""), rename).await.problem(403, code);
        let close = json!({ "visibility": "private" });
        who.patch(&group.path(""), close).await.problem(403, code);
        who.delete(&group.path("")).await.problem(403, code);
    }
    assert_eq!(owner.get(&group.path("")).await.expect(200).body, group.body);
    assert_eq!(owner.history(&group.conversation).await.len(), 2);
}

#[tokio::test]
async fn a_role_is_one_of_three() {
    let [owner, bob] = people().await;
    let group = owner.group(&[]).await;
    for bad in ["", "king", "Owner", "system"] {
        let refused = owner.put_member(&group, &bob, Some(bad)).await;
        refused.refused(422).naming(&["/role"]);
    }
    assert_eq!(bob.conversations().await, Vec::<serde_json::Value>::new());
}
