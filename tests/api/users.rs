//! `/v1/users`.

use serde_json::json;
use tests::{keys, unique};

use crate::people;

const NOBODY: &str = "00000000-0000-4000-8000-000000000000";

#[tokio::test]
async fn a_public_profile_tells_three_things_and_no_more() {
    let [alice, bob] = people().await;
    let profile = alice.get(&format!("/v1/users/{}", bob.id)).await.expect(200);
    assert_eq!(keys(&profile.body), ["displayName", "userId", "username"]);
    assert_eq!(profile["userId"], bob.id);
    assert_eq!(profile["username"], bob.username);
}

#[tokio::test]
async fn one_sees_oneself() {
    let [alice] = people().await;
    let me = alice.get("/v1/users/me").await.expect(200);
    assert_eq!(me["userId"], alice.id);
    assert_eq!(me["username"], alice.username);
}

#[tokio::test]
async fn a_display_name_can_be_changed_and_everyone_sees_it() {
    let [alice, bob] = people().await;
    let change = json!({ "displayName": " Alice in 🪞 " });
    let changed = alice.patch("/v1/users/me", change).await.expect(200);
    assert_eq!(changed["displayName"], " Alice in 🪞 ");
    assert_eq!(changed["userId"], alice.id);
    let profile = bob.get(&format!("/v1/users/{}", alice.id)).await.expect(200);
    assert_eq!(profile["displayName"], " Alice in 🪞 ");
    assert_eq!(profile["username"], alice.username);
    let bobs = bob.get("/v1/users/me").await.expect(200);
    assert_ne!(bobs["displayName"], " Alice in 🪞 ");
}

#[tokio::test]
async fn a_change_of_nothing_changes_nothing() {
    let [alice] = people().await;
    let before = alice.get("/v1/users/me").await.expect(200).body.clone();
    assert_eq!(alice.patch("/v1/users/me", None).await.expect(200).body, before);
    assert_eq!(alice.patch("/v1/users/me", json!({})).await.expect(200).body, before);
}

#[tokio::test]
async fn a_bad_display_name_changes_nothing() {
    let [alice] = people().await;
    let before = alice.get("/v1/users/me").await.expect(200).body.clone();
    for bad in [String::new(), "x".repeat(10_000)] {
        let change = alice.patch("/v1/users/me", json!({ "displayName": bad })).await;
        change.refused(422).naming(&["/displayName"]);
    }
    for not_ones_own in ["userId", "username"] {
        alice.patch("/v1/users/me", json!({ not_ones_own: "other" })).await.refused(400);
    }
    assert_eq!(alice.get("/v1/users/me").await.expect(200).body, before);
}

#[tokio::test]
async fn a_person_is_found_by_their_exact_name_in_any_case() {
    let [alice, bob] = people().await;
    for name in [bob.username.clone(), bob.username.to_uppercase()] {
        let found = alice.query("/v1/users", &[("username", &name)]).await.expect(200);
        assert_eq!(keys(&found.body), ["displayName", "userId", "username"]);
        assert_eq!(found["userId"], bob.id);
    }
    let short = &bob.username[..bob.username.len() - 1];
    let long = format!("{}x", bob.username);
    for name in [short, &long, &format!("{}*", &short[..4]), &unique("nobody")] {
        alice.query("/v1/users", &[("username", name)]).await.refused(404);
    }
    alice.get("/v1/users").await.refused(422);
}

#[tokio::test]
async fn nobody_is_not_found() {
    let [alice] = people().await;
    alice.get(&format!("/v1/users/{NOBODY}")).await.refused(404);
}
