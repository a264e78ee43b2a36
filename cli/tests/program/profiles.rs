//! Deployments by name.

use serde_json::json;
use tests::Backend;

use crate::support::{Machine, User};

#[tokio::test]
async fn a_profile_is_added_used_and_forgotten() {
    let machine = Machine::new("http://127.0.0.1:1/");
    assert_eq!(
        machine.run(&["profile", "list", "--json"]).json(),
        json!({ "profiles": [
            { "current": false, "name": "local", "url": "http://127.0.0.1:8080" },
            { "current": true, "name": "test", "url": "http://127.0.0.1:1" },
        ] })
    );
    machine.run(&["profile", "remove", "test"]).done();
    assert!(machine.run(&["profile", "list"]).done().starts_with("* local"));
    assert!(machine.run(&["profile", "use", "test"]).failed(2).contains("profile add test"));
    assert!(machine.run(&["--profile", "../x", "check"]).failed(2).contains("letters"));
    let told = machine.run(&["profile", "add", "far", "http://chat.example.com"]).failed(2);
    assert!(told.contains("not encrypted"), "{told}");
}

#[tokio::test]
async fn no_server_is_shown_the_tokens_of_another() {
    let user = User::new(Backend::shared().await.url());
    user.run(&["profile", "add", "test", "http://127.0.0.1:1"]).done();
    user.run(&["check"]).failed(3);
}

#[test]
fn a_server_that_is_not_there_can_be_tried_again() {
    let machine = Machine::new("http://127.0.0.1:1");
    let arguments = ["create-user", "ann", "--email", "a@example.com", "--password-stdin"];
    let told = machine.run_with(&arguments, "Correct-Horse-1").failed(4);
    assert!(told.contains("cannot reach http://127.0.0.1:1"), "{told}");
}

#[test]
fn shells_are_told_how_to_complete() {
    let machine = Machine::new("http://127.0.0.1:1");
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        assert!(machine.run(&["completions", shell]).done().contains("create-user"), "{shell}");
    }
}

#[test]
fn a_command_that_is_wrong_is_not_run() {
    let machine = Machine::new("http://127.0.0.1:1");
    for arguments in [
        &[][..],
        &["nonsense"],
        &["connect"],
        &["connect", "bob", "--group", "lobby"],
        &["group", "role", "x", "bob", "king"],
    ] {
        machine.run(arguments).failed(2);
    }
    assert!(machine.run(&["--help"]).done().contains("Exit codes"));
}
