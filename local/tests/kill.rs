//! `kill -9` of the program under load, again and again: nothing that it acknowledged is lost, nothing is there twice.
#![expect(clippy::unwrap_used, reason = "what fails in a test fails the test")]

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use http::{Method, Request};
use serde_json::{Value, json};
use tests::http::Http;
use tests::{assert_dense, unique};
use tokio::sync::watch;

const PASSWORD: &str = "Correct-Horse-1";

/// How often the program is killed.
const ROUNDS: usize = 10;
/// How many messages a round acknowledges, at the least and at the most: about a second's worth.
const ACKNOWLEDGED: std::ops::Range<usize> = 20..150;
/// How many clients write at once, each to one conversation.
const CLIENTS: usize = 6;

/// The program itself, as `cargo run` starts it.
struct Program {
    child: Child,
    url: String,
}

/// What the clients know.
#[derive(Clone)]
struct State {
    /// How often the program was started.
    generation: usize,
    ended: bool,
}

/// Somebody who is signed in.
#[derive(Clone)]
struct Person {
    http: Http,
    url: String,
    token: String,
    id: String,
}

/// A message that was acknowledged: its conversation, and its place there.
type Acknowledged = BTreeMap<String, (String, u64)>;

impl Program {
    fn start(data: &Path, port: &str) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_chinwag-local"))
            .args(["--port", port, "--data"])
            .arg(data)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let ready = lines.filter_map(|line| line.strip_prefix("listening on ").map(str::to_owned));
        let url = ready.take(1).last().unwrap();
        Self { child, url }
    }

    fn port(&self) -> &str {
        self.url.rsplit(':').next().unwrap_or_default()
    }

    /// With SIGKILL.
    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn text(answer: &Value, name: &str) -> String {
    answer[name].as_str().unwrap().to_owned()
}

impl Person {
    async fn new(url: &str) -> Self {
        let (http, url) = (Http::new().unwrap(), url.to_owned());
        let mut person = Self { http, url, token: String::new(), id: String::new() };
        let name = unique("p");
        let body = json!({
            "username": name,
            "email": format!("{name}@example.com"),
            "password": PASSWORD,
        });
        let registered = person.post("/v1/register", &body).await.unwrap().1;
        person.id = text(&registered, "userId");
        let body = json!({ "username": name, "password": PASSWORD });
        let tokens = person.post("/v1/authenticate", &body).await.unwrap().1;
        person.token = text(&tokens, "accessToken");
        person
    }

    async fn post(&self, path: &str, body: &Value) -> Option<(u16, Value)> {
        self.call(Method::POST, path, body.to_string().into_bytes()).await
    }

    /// The answer, if there is one.
    async fn call(&self, method: Method, path: &str, body: Vec<u8>) -> Option<(u16, Value)> {
        let request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.url))
            .header("content-type", "application/json")
            .header("authorization", format!("Bearer {}", self.token));
        let response = self.http.send(request.body(body).unwrap()).await.ok()?;
        let body = serde_json::from_slice(response.body()).unwrap_or_default();
        Some((response.status().as_u16(), body))
    }

    async fn history(&self, conversation: &str) -> Vec<Value> {
        let mut log: Vec<Value> = Vec::new();
        loop {
            let after = log.len();
            let path = format!("/v1/conversations/{conversation}/messages?after={after}&limit=100");
            let (status, page) = self.call(Method::GET, &path, Vec::new()).await.unwrap();
            assert_eq!(status, 200, "{page}");
            match page["entries"].as_array().unwrap().as_slice() {
                [] => return log,
                entries => log.extend_from_slice(entries),
            }
        }
    }
}

/// Writes one message after the other, each until it is acknowledged.
async fn write(
    client: usize,
    person: Person,
    (path, to): (String, Value),
    mut state: watch::Receiver<State>,
    count: Arc<watch::Sender<usize>>,
) -> Acknowledged {
    let mut acknowledged = Acknowledged::new();
    while !state.borrow_and_update().ended {
        let id = format!("{client}-{}", acknowledged.len());
        let mut body = json!({ "body": id, "clientMessageId": id });
        body.as_object_mut().unwrap().extend(to.as_object().unwrap().clone());
        let message = loop {
            match person.post(&path, &body).await {
                Some((200 | 201, message)) => break message,
                Some((503, _)) => {}
                Some((status, answer)) => panic!("{status} {answer}"),
                // Killed: there is nobody to ask before the next start.
                None => state.changed().await.unwrap(),
            }
        };
        let conversation = text(&message, "conversationId");
        acknowledged.insert(id, (conversation, message["seq"].as_u64().unwrap()));
        count.send_modify(|count| *count += 1);
    }
    acknowledged
}

/// Waits until so many more messages are acknowledged.
async fn acknowledged(count: &watch::Sender<usize>, more: usize) {
    let mut count = count.subscribe();
    let enough = *count.borrow() + more;
    count.wait_for(|count| *count >= enough).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_survives_every_kill_and_is_there_once() {
    let data = tempfile::tempdir().unwrap();
    let mut program = Program::start(data.path(), "0");
    let (alice, bob) = (Person::new(&program.url).await, Person::new(&program.url).await);
    let group = json!({ "name": "a group", "memberIds": [bob.id] });
    let group = alice.post("/v1/groups", &group).await.unwrap().1;
    let to_group = format!("/v1/groups/{}/messages", text(&group, "groupId"));

    let (state, seen) = watch::channel(State { generation: 0, ended: false });
    let count = Arc::new(watch::Sender::new(0));
    let clients = (0..CLIENTS).map(|client| {
        let (me, peer) = if client % 2 == 0 { (&alice, &bob) } else { (&bob, &alice) };
        let to = match client % 3 {
            0 => (to_group.clone(), json!({})),
            _ => ("/v1/messages".to_owned(), json!({ "recipientId": peer.id })),
        };
        tokio::spawn(write(client, me.clone(), to, seen.clone(), Arc::clone(&count)))
    });
    let clients: Vec<_> = clients.collect();
    for _ in 0..ROUNDS {
        acknowledged(&count, fastrand::usize(ACKNOWLEDGED)).await;
        let port = program.port().to_owned();
        program.kill();
        program = Program::start(data.path(), &port);
        state.send_modify(|state| state.generation += 1);
    }
    acknowledged(&count, 1).await;
    state.send_modify(|state| state.ended = true);

    let mut all = BTreeMap::new();
    for client in clients {
        all.extend(client.await.unwrap());
    }
    let mut found = 0;
    let conversations: BTreeSet<String> =
        all.values().map(|(conversation, _)| conversation.clone()).collect();
    for conversation in conversations {
        let log = alice.history(&conversation).await;
        assert_dense(&log, 1);
        for entry in log.iter().filter(|entry| entry["type"] == "message") {
            let place = (conversation.clone(), entry["seq"].as_u64().unwrap());
            let id = entry["clientMessageId"].as_str().unwrap();
            assert_eq!(all.get(id), Some(&place), "it is not where it was acknowledged: {entry}");
            found += 1;
        }
    }
    assert_eq!(found, all.len(), "acknowledged messages are lost");
    println!("{found} messages in {ROUNDS} rounds");
}

/// A request for the gateway, signed with what the local server knows.
async fn notify(person: &Person, number: usize) -> Option<u16> {
    let body =
        json!({ "userId": person.id, "message": number, "deduplicationId": number.to_string() });
    let url = format!("{}/v1/gateway/messages", person.url);
    let signed = tests::sign_locally(&url, &body.to_string());
    Some(person.http.send(signed).await.ok()?.status().as_u16())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_gateway_took_survives_every_kill_and_comes_in_order() {
    let data = tempfile::tempdir().unwrap();
    let mut program = Program::start(data.path(), "0");
    let alice = Person::new(&program.url).await;
    let mut taken = 0;
    for _ in 0..5 {
        for _ in 0..fastrand::usize(3..20) {
            assert_eq!(notify(&alice, taken).await, Some(202));
            taken += 1;
        }
        let port = program.port().to_owned();
        program.kill();
        program = Program::start(data.path(), &port);
    }
    let issued = alice.post("/v1/realtime/token", &json!({})).await.unwrap().1;
    let door = format!("{}?token={}", text(&issued, "url"), text(&issued, "token"));
    let mut socket = tests::Socket::open(&door).await.unwrap();
    let mut seen: Vec<u64> = Vec::new();
    while seen.len() < taken {
        let number = socket.next("notification").await["message"].as_u64().unwrap();
        if !seen.contains(&number) {
            seen.push(number);
        }
    }
    assert!(seen.iter().copied().eq(0..taken as u64), "{seen:?}");
}
