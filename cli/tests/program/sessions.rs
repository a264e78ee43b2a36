//! Tokens: where they are kept, and how they are renewed.

use std::os::unix::fs::PermissionsExt;
use std::process::Stdio;

use serde_json::{Value, json};
use tests::{Backend, unique};

use crate::support::{Ended, Machine, PASSWORD, User};

#[tokio::test]
async fn tokens_are_for_their_owner_alone_and_never_printed_unasked() {
    let user = User::new(Backend::shared().await.url());
    let mode =
        |name| std::fs::metadata(user.machine.file(name)).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode("sessions/test.json"), mode("sessions")), (0o600, 0o700));
    let tokens = user.machine.tokens();
    let access = tokens["people"][&user.name]["accessToken"].as_str().unwrap().to_owned();
    for arguments in
        [&["auth", "whoami", "--json"][..], &["check", "--json"], &["profile", "list", "--json"]]
    {
        assert!(!user.run(arguments).done().contains(&access));
    }
    assert_eq!(user.run(&["auth", "token"]).done().trim(), access);
    assert_eq!(user.json(&["auth", "token"]), json!({ "accessToken": access }));
}

#[tokio::test]
async fn who_is_not_signed_in_is_told_so() {
    let machine = Machine::new(Backend::shared().await.url());
    for arguments in [
        &["check"][..],
        &["send", "somebody", "hi"],
        &["connect", "somebody"],
        &["group", "list"],
        &["auth", "logout"],
        &["auth", "token"],
        &["--user", "zoe", "check"],
    ] {
        assert!(machine.run(arguments).failed(3).contains("auth login"), "{arguments:?}");
    }
}

#[tokio::test]
async fn an_access_token_that_is_refused_is_renewed() {
    let user = User::new(Backend::shared().await.url());
    let before = user.machine.tokens();
    user.machine.spoil_access_token(&user.name);
    user.run(&["auth", "whoami"]).done();
    let after = user.machine.tokens();
    let refresh = |tokens: &Value| tokens["people"][&user.name]["refreshToken"].clone();
    assert_ne!(refresh(&before), refresh(&after));
    assert_ne!(after["people"][&user.name]["accessToken"], "refused");
    // And once more, with the refresh token that came with it.
    user.machine.spoil_access_token(&user.name);
    user.run(&["auth", "whoami"]).done();
}

#[tokio::test]
async fn programs_that_run_at_once_renew_it_once() {
    let user = User::new(Backend::shared().await.url());
    user.machine.spoil_access_token(&user.name);
    let start = || user.machine.command(&["auth", "token"]).stdin(Stdio::null()).spawn().unwrap();
    let children = [start(), start(), start(), start(), start(), start()];
    let tokens: Vec<String> = children
        .into_iter()
        .map(|child| Ended::from(child.wait_with_output().unwrap()).done())
        .collect();
    assert!(tokens.iter().all(|token| *token == tokens[0]), "{tokens:?}");
}

#[tokio::test]
async fn a_session_that_was_ended_elsewhere_asks_for_another_sign_in() {
    let url = Backend::shared().await.url();
    let user = User::new(url);
    let elsewhere = Machine::new(url);
    elsewhere.run_with(&["auth", &user.name, "--password-stdin"], PASSWORD).done();
    elsewhere.run(&["auth", "logout", "--all"]).done();
    user.machine.spoil_access_token(&user.name);
    assert!(user.run(&["check"]).failed(3).contains(&user.name));
    assert_eq!(user.machine.tokens()["people"], json!({}));
}

#[tokio::test]
async fn two_people_share_a_machine() {
    let backend = Backend::shared().await;
    let ada = User::new(backend.url());
    let bob = unique("u");
    let create = ["create-user", &bob, "--email", "b@example.com", "--password-stdin"];
    ada.machine.run_with(&create, PASSWORD).done();
    ada.machine.run_with(&["auth", &bob, "--password-stdin"], PASSWORD).done();
    assert_eq!(ada.json(&["auth", "whoami"])["username"], json!(bob));
    assert_eq!(ada.json(&["--user", &ada.name, "auth", "whoami"])["username"], json!(ada.name));
    ada.run(&["--user", &ada.name, "send", &bob, "hi"]).done();
    assert_eq!(ada.json(&["check"])["messages"][0]["senderId"], json!(ada.id));
}
