//! What operators and other systems do.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use tests::notifier::{EMAIL_SENDER, SMS_SENDER, mail_address, phone_number, sent_out};
use tests::{Backend, eventually, unique};

use crate::support::{Machine, User};

#[tokio::test]
async fn another_system_says_something_to_somebody() {
    let [ada, bob] = User::two().await;
    let live = ada.connect(&[&bob.name, "--json"]);
    let message = r#"{"report":"ready\u001b[2J"}"#;
    // To send by an id nobody is signed in.
    let system = Machine::new(Backend::shared().await.url());
    let queued = system.run(&["gateway", "send", &ada.id, message, "--json"]).json();
    assert_eq!(queued["status"], "Message sent to queue");
    let notification: Value = serde_json::from_str(&live.line()).unwrap();
    assert_eq!(notification["message"], serde_json::from_str::<Value>(message).unwrap());
    assert_eq!(live.end(), (0, vec![]));

    assert!(system.run(&["gateway", "send", &ada.name, "1"]).failed(3).contains("auth login"));
    ada.machine.run_with(&["gateway", "send", &bob.name], "[1, 2]").done();
    assert!(ada.run(&["gateway", "send", &bob.name, "no json"]).failed(2).contains("quotes"));
    let unknown = "00000000-0000-4000-8000-000000000000";
    assert!(system.run(&["gateway", "send", unknown, "1"]).failed(1).contains("(404)"));
}

#[tokio::test]
async fn mail_is_sent_and_what_became_of_it_is_told() {
    let backend = Backend::shared().await;
    let machine = Machine::new(backend.url());
    let (to, trace) = (mail_address(), unique("trace"));
    let send = [
        "notify",
        "email",
        &to,
        "--from",
        EMAIL_SENDER,
        "--subject",
        "To {name}",
        "--body",
        "Hello {name}",
        "--set",
        "name=Ada",
        "--trace-id",
        &trace,
        "--json",
    ];
    assert_eq!(machine.run(&send).json()["traceId"], json!(trace));
    let status = async || machine.run(&["notify", "status", &trace]).done();
    let delivered = eventually(status, |text| text.contains("DELIVERED")).await;
    assert_eq!(delivered.trim_end(), format!("{to}  DELIVERED"));
    // A repeat is the same request.
    machine.run(&send).json();
    let sent = sent_out(backend, &to).await;
    assert_eq!(sent.len(), 1);
    assert_eq!((sent[0].subject.as_deref(), sent[0].body.as_str()), (Some("To Ada"), "Hello Ada"));
}

#[tokio::test]
async fn text_messages_are_sent_and_refusals_are_told() {
    let backend = Backend::shared().await;
    let machine = Machine::new(backend.url());
    let to = phone_number();
    machine.run_with(&["notify", "sms", &to, "--from", SMS_SENDER], "from stdin\n").done();
    let sent = async || sent_out(backend, &to).await;
    let sent = eventually(sent, |sent| !sent.is_empty()).await;
    assert_eq!(sent[0].body, "from stdin");

    let told = machine.run(&["notify", "sms", "nowhere", "--from", "+1", "--body", "x"]).failed(1);
    assert!(told.contains("(422)") && told.contains("/Addresses/nowhere"), "{told}");
    machine.run(&["notify", "status", "no-such-trace"]).failed(1);
    let mut foreign = machine.command(&["notify", "status", "no-such-trace"]);
    let secret = "another-secret-of-more-than-32-characters";
    let foreign = foreign.env("CHINWAG_MESSAGING_API_SECRET", secret).output().unwrap();
    assert!(String::from_utf8_lossy(&foreign.stderr).contains("(403)"), "{foreign:?}");
}

#[test]
fn a_token_is_minted() {
    let machine = Machine::new("http://127.0.0.1:1");
    let token = machine.run(&["token", "mint", "somebody"]).done();
    assert_eq!(token.trim().split('.').count(), 3);
    assert!(machine.run(&["token", "mint", "somebody", "--json"]).json()["token"].is_string());
    machine.run(&["token", "mint", ""]).failed(2);
}

#[tokio::test]
async fn demo_data_is_added_once() {
    let backend = Backend::private(|_| {}).await;
    let machine = Machine::new(backend.url());
    let first = machine.run(&["seed", "--json"]).json();
    assert_eq!(first["messagesSent"], 15);
    let second = machine.run(&["seed", "--json"]).json();
    assert_eq!((&second["messagesSent"], &second["groups"]), (&json!(0), &first["groups"]));
    machine.run_with(&["auth", "demo-ada", "--password-stdin"], "Correct-Horse-1").done();
    let messages = machine.run(&["check", "--json"]).json();
    assert_eq!(messages["messages"].as_array().unwrap().len(), 9);
}

#[tokio::test]
async fn a_bench_tells_its_figures() {
    let backend = Backend::private(|_| {}).await;
    let machine = Machine::new(backend.url());
    let bench = ["bench", "--senders", "2", "--seconds", "1"];
    let figures = machine.run(&[&bench[..], &["--json"]].concat()).json();
    assert!(figures["sent"].as_u64().unwrap() > 0, "{figures}");
    let figure = |name: &str| figures[name].as_f64().unwrap();
    assert!(figure("p50Millis") <= figure("p95Millis"), "{figures}");
    assert!(figure("p95Millis") <= figure("p99Millis"), "{figures}");
    assert_eq!(figures["errors"], json!({}));
    assert!(machine.run(&bench).done().contains("errors: none"));
}

#[test]
fn the_documents_that_clients_are_made_from_are_written() {
    let (machine, folder) = (Machine::new("http://127.0.0.1:9"), tempfile::tempdir().unwrap());
    let api = folder.path().join("new").join("api");
    let written = machine.run(&["api", "write", api.to_str().unwrap(), "--json"]).json();
    let names: Vec<&str> =
        written["files"].as_array().unwrap().iter().map(|file| file.as_str().unwrap()).collect();
    assert_eq!(names.len(), 3, "{names:?}");
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("../api");
    for name in ["openapi.json", "asyncapi.json", "schema.graphql"] {
        assert_eq!(fs::read(api.join(name)).unwrap(), fs::read(kept.join(name)).unwrap(), "{name}");
    }
    let file = api.join("openapi.json");
    assert!(
        machine.run(&["api", "write", file.to_str().unwrap()]).failed(1).contains("openapi.json")
    );
}
