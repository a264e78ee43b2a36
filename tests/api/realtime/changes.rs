//! Push of what becomes of a group and its members.

use serde_json::json;
use tests::Group;

use crate::people;

#[tokio::test]
async fn the_first_members_of_a_group_are_told() {
    let [alice, bob] = people().await;
    let mut sockets = [alice.connect().await, bob.connect().await];
    let group = alice.group(&[&bob]).await;
    for socket in &mut sockets {
        let told = socket.next("group.created").await;
        assert_eq!(told["entry"], alice.entry(&group.conversation, 1).await.expect(200).body);
    }
}

#[tokio::test]
async fn the_members_are_told_of_every_change() {
    let [alice, bob, carol] = people().await;
    let group = alice.group(&[&bob]).await;
    let mut socket = bob.connect().await;
    alice.put_member(&group, &carol, None).await.expect(201);
    alice.put_member(&group, &carol, Some("admin")).await.expect(200);
    alice.patch(&group.path(""), json!({ "name": "another name" })).await.expect(200);
    carol.remove_member(&group, &carol).await.expect(204);
    for (kind, seq) in
        [("member.added", 2), ("member.updated", 3), ("group.updated", 4), ("member.removed", 5)]
    {
        let told = socket.next(kind).await;
        assert_eq!(told["entry"], bob.entry(&group.conversation, seq).await.expect(200).body);
    }
}

#[tokio::test]
async fn who_is_added_is_told_on_all_devices() {
    let [alice, bob] = people().await;
    let group = alice.group(&[]).await;
    let mut sockets = [bob.connect().await, bob.connect().await];
    alice.put_member(&group, &bob, None).await.expect(201);
    for socket in &mut sockets {
        let told = socket.next("member.added").await;
        let expected = json!({ "target": bob.id, "role": "member", "actorId": alice.id, "seq": 2 });
        for (name, value) in expected.as_object().unwrap() {
            assert_eq!(told["entry"][name], *value, "{told}");
        }
    }
}

#[tokio::test]
async fn the_members_are_told_of_the_end() {
    let [alice, bob] = people().await;
    let group: Group = alice.group(&[&bob]).await;
    let mut sockets = [alice.connect().await, bob.connect().await];
    alice.delete(&group.path("")).await.expect(204);
    for socket in &mut sockets {
        let told = socket.next("group.deleted").await;
        let entry = &told["entry"];
        assert_eq!(entry["conversationId"], group.conversation);
        assert_eq!((&entry["type"], &entry["seq"]), (&json!("groupDeleted"), &json!(2)));
        assert_eq!(entry["actorId"], alice.id);
    }
}
