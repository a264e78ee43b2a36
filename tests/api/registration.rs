//! `POST /v1/register`.

use futures_util::future::join_all;
use serde_json::{Value, json};
use tests::{Backend, PASSWORD, Person, keys, unique};

fn application(username: &str, password: &str) -> Value {
    json!({ "username": username, "email": tests::MAILBOX, "password": password })
}

async fn register(body: Value) -> tests::Reply {
    Backend::shared().await.register(body).await
}

async fn sign_in(username: &str, password: &str) -> tests::Reply {
    let body = json!({ "username": username, "password": password });
    Backend::shared().await.anyone().post("/v1/authenticate", body).await
}

#[tokio::test]
async fn a_new_person_has_an_id_and_can_sign_in_once_confirmed() {
    let (backend, name) = (Backend::shared().await, unique("ada"));
    let registered = register(application(&name, PASSWORD)).await.expect(201);
    assert_eq!(keys(&registered.body), ["confirmed", "userId", "username"]);
    assert_eq!(registered["username"], name);
    assert_eq!(registered["confirmed"], backend.confirms_at_once());

    let ada = Person::sign_in(backend, &name).await;
    assert_eq!(ada.id, registered["userId"]);
}

#[tokio::test]
async fn a_display_name_may_be_given() {
    let name = unique("ada");
    let mut body = application(&name, PASSWORD);
    body["displayName"] = "Ada Lovelace ♞".into();
    register(body).await.expect(201);
    let ada = Person::sign_in(Backend::shared().await, &name).await;
    assert_eq!(ada.get("/v1/users/me").await.expect(200)["displayName"], "Ada Lovelace ♞");
}

#[tokio::test]
async fn without_a_display_name_a_person_has_one_all_the_same() {
    let ada = Person::new(Backend::shared().await).await;
    assert_ne!(ada.get("/v1/users/me").await.expect(200).text("displayName"), "");
}

#[tokio::test]
async fn a_username_is_taken_in_any_case_and_for_everyone() {
    let ada = Person::new(Backend::shared().await).await;
    let upper = ada.username.to_uppercase();
    for (name, password) in
        [(&ada.username, PASSWORD), (&ada.username, "Other-Horse-2"), (&upper, "Other-Horse-2")]
    {
        let refused = register(application(name, password)).await;
        refused.problem(409, "username-taken");
    }
    sign_in(&ada.username, "Other-Horse-2").await.problem(401, "bad-credentials");
    sign_in(&ada.username, PASSWORD).await.expect(200);
}

#[tokio::test]
async fn the_case_of_a_username_is_ignored() {
    let name = unique("ada.l_1");
    let registered = register(application(&name.to_uppercase(), PASSWORD)).await.expect(201);
    assert_eq!(registered["username"], name);
    sign_in(&name, PASSWORD).await.expect(200);
    sign_in(&name.to_uppercase(), PASSWORD).await.expect(200);
}

#[tokio::test]
async fn of_many_who_want_a_name_at_once_one_gets_it() {
    let name = unique("ada");
    // After five wrong passwords, Cognito lets nobody in for a while: each of those who come late counts as one here, and as
    // another below.
    let passwords: Vec<String> = (0..3).map(|n| format!("Correct-Horse-{n}")).collect();
    let applications = passwords.iter().map(|password| register(application(&name, password)));
    let replies = join_all(applications).await;

    let mut winners = Vec::new();
    for (reply, password) in replies.into_iter().zip(&passwords) {
        if reply.status == 201 {
            winners.push(password);
        } else {
            reply.problem(409, "username-taken");
        }
    }
    assert_eq!(winners.len(), 1, "one of three registers");
    for password in &passwords {
        let reply = sign_in(&name, password).await;
        if password == winners[0] {
            reply.expect(200);
        } else {
            reply.problem(401, "bad-credentials");
        }
    }
}

#[tokio::test]
async fn a_weak_password_is_refused_with_the_rule_that_failed() {
    let name = unique("ada");
    let long = format!("aB1{}", "x".repeat(254));
    for (password, rule) in [
        ("Short-1", "10"),
        ("Abcdefgh1", "10"),
        (long.as_str(), "256"),
        ("no-upper-case-1", "upper"),
        ("NO-LOWER-CASE-1", "lower"),
        ("No-Digit-At-All", "digit"),
    ] {
        let refused = register(application(&name, password)).await.refused(422);
        refused.naming(&["/password"]);
        let details = refused.details().to_lowercase();
        assert!(details.contains(rule), "{password}: {details}");
        assert!(!details.contains(&password.to_lowercase()), "the password is shown: {details}");
    }
    register(application(&name, "Abcdefgh12")).await.expect(201);
}

#[tokio::test]
async fn a_password_may_have_256_characters_of_any_kind() {
    let name = unique("ada");
    let password = format!("aB1 ü♞{}", "x".repeat(250));
    register(application(&name, &password)).await.expect(201);
    sign_in(&name, &password).await.expect(200);
    sign_in(&name, &password[..password.len() - 1]).await.problem(401, "bad-credentials");
}

#[tokio::test]
async fn a_username_is_3_to_32_plain_characters() {
    let random = unique("");
    let letters = random.trim_start_matches('-');
    for good in [&letters[..7], &format!("0._-{letters}"), &format!("{letters:x<32}")] {
        register(application(good, PASSWORD)).await.expect(201);
    }
    for bad in [
        "",
        "ab",
        &format!("{letters:x<33}"),
        &format!(".{letters}"),
        &format!("_{letters}"),
        &format!("-{letters}"),
        &format!("ada {letters}"),
        &format!("ädä{letters}"),
        &format!("ada{letters}\n"),
        &format!("ada@{letters}"),
    ] {
        register(application(bad, PASSWORD)).await.refused(422).naming(&["/username"]);
    }
}

#[tokio::test]
async fn every_bad_value_is_named_at_once() {
    register(json!({})).await.refused(422).naming(&["/email", "/password", "/username"]);
    let bad = json!({ "username": "x", "email": "nobody", "password": "x", "displayName": "" });
    let all = ["/displayName", "/email", "/password", "/username"];
    register(bad).await.refused(422).naming(&all);
}

#[tokio::test]
async fn a_refused_registration_leaves_the_name_free() {
    let somebody = Person::new(Backend::shared().await).await;
    let name = unique("ada");
    register(application(&name, "weak")).await.refused(422);
    somebody.query("/v1/users", &[("username", &name)]).await.refused(404);
    sign_in(&name, "weak").await.problem(401, "bad-credentials");
    register(application(&name, PASSWORD)).await.expect(201);
}
