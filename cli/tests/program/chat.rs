//! Messages, groups and blocks.

use serde_json::{Value, json};

use crate::support::{Ended, User};

fn bodies(messages: &Value) -> Vec<&str> {
    let messages = messages["messages"].as_array().unwrap();
    messages.iter().map(|message| message["body"].as_str().unwrap()).collect()
}

/// What `check` prints, without the times.
fn checked(user: &User) -> Vec<String> {
    let text = user.run(&["check"]).done();
    text.lines()
        .map(|line| line.split_once('#').map_or(line, |(_, rest)| rest).to_owned())
        .collect()
}

#[tokio::test]
async fn a_message_is_sent_checked_and_read() {
    let [ada, bob] = User::two().await;
    let sent = ada.json(&["send", &bob.name, "Hello", "Bob"]);
    assert_eq!((&sent["body"], &sent["seq"]), (&json!("Hello Bob"), &json!(1)));
    ada.machine.run_with(&["send", &bob.id, "--reply-to", "1"], "from\nstdin\n").done();

    let lines = vec![
        format!("1 {}: Hello Bob", ada.name),
        format!("2 {} re #1: from", ada.name),
        "    stdin".to_owned(),
    ];
    assert_eq!(checked(&bob), lines);
    assert_eq!(bodies(&bob.json(&["check", "--read"])), ["Hello Bob", "from\nstdin"]);
    assert_eq!(bob.run(&["check"]).done(), "nothing new\n");
}

#[tokio::test]
async fn a_message_that_is_sent_again_under_its_name_is_there_once() {
    let [ada, bob] = User::two().await;
    let again = ["send", &bob.name, "once", "--client-message-id", "m-1"];
    assert_eq!(ada.json(&again), ada.json(&again));
    let told = ada.run(&["send", &bob.name, "another", "--client-message-id", "m-1"]).failed(1);
    assert!(told.contains("(409)"), "{told}");
    assert_eq!(bodies(&bob.json(&["check"])), ["once"]);
}

#[tokio::test]
async fn messages_of_others_cannot_steer_the_terminal() {
    let [ada, bob] = User::two().await;
    // The API takes no control characters of ASCII; those of a text's direction it does.
    ada.run(&["send", &bob.name, "a\u{202e}txt.exe\u{2066}"]).done();
    ada.run(&["group", "create", "evil\u{202e}name", "--member", &bob.name]).done();
    assert_eq!(checked(&bob), [format!("1 {}: a\\u{{202e}}txt.exe\\u{{2066}}", ada.name)]);
    let printed = bob.run(&["check", "--json"]).done();
    assert!(!printed.contains('\u{202e}') && printed.contains("\\u202e"), "{printed}");
    assert!(bob.run(&["group", "list"]).done().contains("evil\\u{202e}name"));
    let told = bob.run(&["send", "no\u{1b}[2Jbody", "hi"]).failed(1);
    assert!(told.contains("no\\u{1b}[2Jbody"), "{told}");
}

#[tokio::test]
async fn a_bad_message_and_an_unknown_person_are_refused() {
    let [ada, bob] = User::two().await;
    let told = ada.run(&["send", &bob.name, " "]).failed(1);
    assert!(told.contains("(422)") && told.contains("/body: "), "{told}");
    assert!(ada.run(&["send", "nobody-at-all", "hi"]).failed(1).contains("nobody is called"));
}

#[tokio::test]
async fn a_group_is_made_filled_used_and_deleted() {
    let [ada, bob] = User::two().await;
    let group = ada.json(&["group", "create", "Chess club", "--open"]);
    let id = group["groupId"].as_str().unwrap();
    assert_eq!(ada.json(&["group", "show", id]), group);
    assert_eq!(ada.json(&["group", "rename", id, "Chess"])["name"], "Chess");
    let listed = bob.json(&["group", "list", "--open"]);
    assert!(listed["groups"].as_array().unwrap().iter().any(|found| found["groupId"] == id));

    bob.run(&["group", "send", id, "let me in"]).failed(1);
    bob.run(&["group", "join", id]).done();
    bob.run(&["group", "send", id, "I am in"]).done();
    let printed = ada.run(&["check"]).done();
    assert!(printed.starts_with(&format!("in Chess ({id})\n")), "{printed}");
    assert!(printed.ends_with(&format!("{}: I am in\n", bob.name)), "{printed}");
    assert!(bob.run(&["group", "list"]).done().contains("Chess"));

    ada.run(&["group", "role", id, &bob.name, "admin"]).done();
    let members = ada.run(&["group", "members", id]).done();
    assert!(members.contains(&format!("{} admin\n", bob.name)), "{members}");
    assert!(ada.run(&["group", "leave", id]).failed(1).contains("(409)"));
    bob.run(&["group", "leave", id]).done();
    ada.run(&["group", "add", id, &bob.name, "--role", "admin"]).done();
    ada.run(&["group", "remove", id, &bob.name]).done();
    assert_eq!(ada.json(&["group", "members", id])["members"].as_array().unwrap().len(), 1);
    ada.run(&["group", "delete", id]).done();
    ada.run(&["group", "show", id]).failed(1);
}

#[tokio::test]
async fn a_group_that_is_made_again_under_its_name_is_there_once() {
    let [ada, bob] = User::two().await;
    let again = ["group", "create", "Once", "--member", &bob.id, "--client-group-id", "g-1"];
    assert_eq!(ada.json(&again), ada.json(&again));
    assert_eq!(bob.json(&["group", "list"])["conversations"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn who_is_blocked_is_refused_until_that_ends() {
    let [ada, bob] = User::two().await;
    bob.run(&["block", "add", &ada.name]).done();
    assert!(bob.run(&["block", "list"]).done().starts_with(&ada.name));
    assert_eq!(bob.json(&["block", "list"])["blocks"][0]["userId"], json!(ada.id));
    assert!(ada.run(&["send", &bob.name, "hi"]).failed(1).contains("(403)"));
    bob.run(&["block", "remove", &ada.name]).done();
    ada.run(&["send", &bob.name, "hi"]).done();
    assert_eq!(bob.run(&["block", "list"]).done(), "");
}

#[tokio::test]
async fn no_colours_where_no_terminal_is() {
    let [ada, bob] = User::two().await;
    ada.run(&["send", &bob.name, "plain"]).done();
    let Ended { stdout, .. } = bob.run(&["check"]);
    assert!(!stdout.contains('\u{1b}'), "{stdout:?}");
    let mut forced = bob.machine.command(&["check"]);
    let forced = Ended::from(forced.env("CLICOLOR_FORCE", "1").output().unwrap()).done();
    assert!(forced.contains('\u{1b}'), "{forced:?}");
    let mut off = bob.machine.command(&["check", "--no-color"]);
    let off = Ended::from(off.env("CLICOLOR_FORCE", "1").output().unwrap()).done();
    assert_eq!(off, stdout);
}
