//! In a terminal, as a person uses it.

use tests::Backend;

use crate::support::{PASSWORD, Terminal, User};

const CTRL_C: &str = "\x03";
const CTRL_D: &str = "\x04";
const ENTER: &str = "\r";
const UP: &str = "\x1b[A";

fn connected(user: &User, peer: &User) -> Terminal {
    let terminal = Terminal::start(user.machine.in_terminal(&["connect", &peer.name]));
    terminal.shows(|lines| lines.contains(&"connected") && lines.last() == Some(&">"));
    terminal
}

/// A line that shows what `user` wrote.
fn is_from(line: &str, user: &User, text: &str) -> bool {
    line.ends_with(&format!("{}: {text}", user.name))
}

#[tokio::test]
async fn what_is_typed_stays_below_what_comes_meanwhile() {
    let [ada, bob] = User::two().await;
    let (at_ada, at_bob) = (connected(&ada, &bob), connected(&bob, &ada));
    at_ada.types("Hello B");
    at_ada.shows(|lines| lines.last() == Some(&"> Hello B"));
    at_bob.types("Are you there?");
    at_bob.types(ENTER);
    at_ada.shows(|lines| match lines {
        [.., above, typed] => is_from(above, &bob, "Are you there?") && *typed == "> Hello B",
        _ => false,
    });
    at_ada.types("ob");
    at_ada.types(ENTER);
    at_bob.shows(|lines| lines.iter().any(|line| is_from(line, &ada, "Hello Bob")));
    at_ada.shows(|lines| lines.ends_with(&["> Hello Bob", ">"]));

    // A line that was sent can be had again, and another one of it.
    at_ada.types(UP);
    at_ada.types("!");
    at_ada.types(ENTER);
    at_bob.shows(|lines| lines.iter().any(|line| is_from(line, &ada, "Hello Bob!")));
    at_ada.types(CTRL_D);
    at_bob.types(CTRL_C);
    assert_eq!((at_ada.end(), at_bob.end()), (Some(0), Some(0)));
}

#[tokio::test]
async fn a_conversation_that_is_over_leaves_the_terminal_as_it_was() {
    let [ada, bob] = User::two().await;
    let group = ada.json(&["group", "create", "Duo", "--member", &bob.name]);
    let id = group["groupId"].as_str().unwrap();
    let at_bob = Terminal::start(bob.machine.in_terminal(&["connect", "--group", id]));
    at_bob.shows(|lines| lines.contains(&"connected"));
    at_bob.types("Not s");
    at_bob.shows(|lines| lines.last() == Some(&"> Not s"));
    ada.run(&["group", "remove", id, &bob.name]).done();
    at_bob.shows(|lines| lines.iter().any(|line| line.contains("the conversation is over")));
    assert_eq!(at_bob.end(), Some(1));
}

#[tokio::test]
async fn a_password_is_asked_for_and_not_shown() {
    let user = User::new(Backend::shared().await.url());
    user.run(&["auth", "logout"]).done();
    let terminal = Terminal::start(user.machine.in_terminal(&["auth", "login", &user.name]));
    terminal.shows(|lines| lines.last() == Some(&"Password:"));
    terminal.hides();
    terminal.types(PASSWORD);
    terminal.types(ENTER);
    let signed_in = format!("{} is signed in", user.name);
    let shown = terminal.shows(|lines| lines.contains(&signed_in.as_str()));
    assert!(!shown.concat().contains(PASSWORD), "{shown:?}");
    assert_eq!(terminal.end(), Some(0));
}
