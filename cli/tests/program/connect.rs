//! Live chats.

use local::Options;
use serde_json::{Value, json};
use tests::{Backend, eventually};

use crate::support::{Live, PASSWORD, User, Wire};

/// A line without the time.
fn said(live: &Live) -> String {
    let line = live.line();
    line.split_once('#').map_or(line.clone(), |(_, rest)| rest.to_owned())
}

/// The bodies of all messages of the conversation with `peer`, as `user` sees them.
fn history(user: &User, peer: &User) -> Vec<String> {
    let live = user.run(&["connect", &peer.name, "--history", "100", "--json"]).done();
    let entries = live.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    entries.map(|entry| entry["body"].as_str().unwrap_or_default().to_owned()).collect()
}

#[tokio::test]
async fn two_terminals_are_a_chat() {
    let [ada, bob] = User::two().await;
    let (mut at_ada, mut at_bob) = (ada.connect(&[&bob.name]), bob.connect(&[&ada.name]));
    at_ada.types("Hello Bob");
    assert_eq!(said(&at_bob), format!("1 {}: Hello Bob", ada.name));
    at_bob.types("Hello Ada");
    assert_eq!(said(&at_ada), format!("2 {}: Hello Ada", bob.name));
    at_ada.types("");
    at_ada.types("one");
    at_ada.types("two");
    assert_eq!(said(&at_bob), format!("3 {}: one", ada.name));
    assert_eq!(said(&at_bob), format!("4 {}: two", ada.name));
    assert_eq!((at_ada.end(), at_bob.end()), ((0, vec![]), (0, vec![])));

    // What was shown is read, and shown again to who comes back.
    let news = async || bob.json(&["check"])["messages"].clone();
    assert_eq!(eventually(news, |messages| *messages == json!([])).await, json!([]));
    assert_eq!(history(&bob, &ada), ["Hello Bob", "Hello Ada", "one", "two"]);
}

#[tokio::test]
async fn a_group_chats_and_changes_are_told() {
    let [ada, bob] = User::two().await;
    let group = ada.json(&["group", "create", "Trio", "--member", &bob.name]);
    let id = group["groupId"].as_str().unwrap();
    let (mut at_ada, at_bob) = (ada.connect(&["--group", id]), bob.connect(&["--group", id]));
    assert_eq!(said(&at_bob), format!("1 {} made the group Trio", ada.name));
    assert_eq!(said(&at_ada), format!("1 {} made the group Trio", ada.name));
    at_ada.types("all here?");
    assert_eq!(said(&at_bob), format!("2 {}: all here?", ada.name));
    ada.run(&["group", "rename", id, "Duo"]).done();
    assert_eq!(said(&at_bob), format!("3 {} changed the group, now Duo", ada.name));
    ada.run(&["group", "remove", id, &bob.name]).done();
    assert_eq!(said(&at_bob), format!("4 {} removed {}", ada.name, bob.name));
    at_bob.told("the conversation is over");
    assert_eq!(at_bob.end().0, 1);
    assert_eq!(bob.run(&["connect", "--group", id]).code, 1);
}

#[tokio::test]
async fn an_edit_and_a_deletion_are_shown() {
    let [ada, bob] = User::two().await;
    let sent = ada.json(&["send", &bob.name, "helo"]);
    let at_bob = bob.connect(&[&ada.name]);
    assert_eq!(said(&at_bob), format!("1 {}: helo", ada.name));
    let backend = Backend::shared().await;
    let ada_client = backend.anyone().with_token(ada.run(&["auth", "token"]).done().trim());
    let path = format!("/v1/conversations/{}/messages/1", sent["conversationId"].as_str().unwrap());
    ada_client.patch(&path, json!({ "body": "hello" })).await.expect(200);
    assert_eq!(said(&at_bob), format!("2 {} edited #1", ada.name));
    assert_eq!(said(&at_bob), format!("1 {}: hello (edited)", ada.name));
    ada_client.delete(&path).await.expect(204);
    assert_eq!(said(&at_bob), format!("3 {} deleted #1", ada.name));
}

#[tokio::test]
async fn a_message_whose_answer_was_lost_is_there_once() {
    let backend = Backend::private(|_| {}).await;
    let wire = Wire::to(backend.server().unwrap().address());
    let (ada, bob) = (User::new(&wire.url()), User::new(backend.url()));
    let mut at_ada = ada.connect(&[&bob.name]);
    wire.swallow_answers();
    at_ada.types("once");
    let arrived = async || bob.json(&["check"])["messages"].as_array().unwrap().len();
    assert_eq!(eventually(arrived, |count| *count == 1).await, 1);
    wire.break_and_mend();
    at_ada.types("after it");
    assert_eq!(eventually(arrived, |count| *count == 2).await, 2);
    assert_eq!(at_ada.end(), (0, vec![]));
    assert_eq!(history(&bob, &ada), ["once", "after it"]);
}

#[tokio::test]
async fn too_many_at_once_are_sent_later_and_once() {
    let backend = Backend::private(|options| options.flood_limit = Some(2)).await;
    let (ada, bob) = (User::new(backend.url()), User::new(backend.url()));
    let mut at_ada = ada.connect(&[&bob.name]);
    let at_bob = bob.connect(&[&ada.name]);
    let lines = ["one", "two", "three", "four", "five"];
    for line in lines {
        at_ada.types(line);
    }
    for (index, line) in lines.iter().enumerate() {
        assert_eq!(said(&at_bob), format!("{} {}: {line}", index + 1, ada.name));
    }
    assert_eq!(at_ada.end().0, 0);
}

#[tokio::test]
async fn a_server_that_comes_back_finds_everything_said_once() {
    let data = tempfile::tempdir().unwrap();
    let backend = Backend::start(Options::new(data.path())).await;
    let port = backend.server().unwrap().address().port();
    let (ada, bob) = (User::new(backend.url()), User::new(backend.url()));
    let (mut at_ada, at_bob) = (ada.connect(&[&bob.name]), bob.connect(&[&ada.name, "--json"]));
    at_ada.types("before");
    assert_eq!(seq_and_body(&at_bob), (1, "before".to_owned()));

    let mut backend = backend;
    for round in 1..=3 {
        backend.stop().await;
        at_bob.told("no connection");
        at_ada.told("no connection");
        let line = format!("typed while it was away, {round}");
        at_ada.types(&line);
        at_ada.told("not sent yet");
        let options = Options { port, ..Options::new(data.path()) };
        backend = Backend::start(options).await;
        assert_eq!(seq_and_body(&at_bob), (round + 1, line));
        at_bob.told("connected");
        at_ada.told("connected");
    }
    at_ada.types("after");
    assert_eq!(seq_and_body(&at_bob), (5, "after".to_owned()));
    assert_eq!((at_ada.end(), at_bob.end()), ((0, vec![]), (0, vec![])));
    assert_eq!(history(&bob, &ada).len(), 5);
}

#[tokio::test]
async fn what_was_missed_is_printed_in_order() {
    let data = tempfile::tempdir().unwrap();
    let backend = Backend::start(Options::new(data.path())).await;
    let port = backend.server().unwrap().address().port();
    let (ada, bob) = (User::new(backend.url()), User::new(backend.url()));
    ada.run(&["send", &bob.name, "1"]).done();
    let at_bob = bob.connect(&[&ada.name, "--history", "0", "--json"]);
    backend.stop().await;
    at_bob.told("no connection");
    // Another server on the same data, of which the program does not know.
    let elsewhere = Backend::start(Options::new(data.path())).await;
    ada.run(&["profile", "add", "elsewhere", elsewhere.url()]).done();
    let sign_in = ["--profile", "elsewhere", "auth", &ada.name, "--password-stdin"];
    ada.machine.run_with(&sign_in, PASSWORD).done();
    for body in ["2", "3", "4"] {
        ada.run(&["--profile", "elsewhere", "send", &bob.id, body]).done();
    }
    elsewhere.stop().await;
    let _backend = Backend::start(Options { port, ..Options::new(data.path()) }).await;
    at_bob.told("connected");
    ada.run(&["send", &bob.id, "5"]).done();
    for seq in 2..=5 {
        assert_eq!(seq_and_body(&at_bob), (seq, seq.to_string()));
    }
    assert_eq!(at_bob.end(), (0, vec![]));
}

fn seq_and_body(live: &Live) -> (u64, String) {
    let entry: Value = serde_json::from_str(&live.line()).unwrap();
    (entry["seq"].as_u64().unwrap(), entry["body"].as_str().unwrap().to_owned())
}
