//! The erasure of an account, seen from outside the program: what its files and its log still say.
#![expect(clippy::unwrap_used, reason = "what fails in a test fails the test")]

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use http::{Method, Request};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags};
use serde_json::{Value, json};
use tests::http::Http;
use tests::within;

/// What only she has.
const MARK: &str = "adalovelace";
const PASSWORD: &str = "Analytical-Engine-1";
const PATIENCE: Duration = Duration::from_secs(30);

/// The program, with all that it says.
struct Program {
    child: Child,
    url: String,
    http: Http,
}

impl Program {
    fn start(data: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_chinwag-local"))
            .args(["--port", "0", "--data"])
            .arg(data)
            .env("RUST_LOG", "debug")
            .stdout(Stdio::piped())
            .stderr(std::fs::File::create(data.with_extension("log")).unwrap())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let ready = lines.filter_map(|line| line.strip_prefix("listening on ").map(str::to_owned));
        let url = ready.take(1).last().unwrap();
        Self { child, url, http: Http::new().unwrap() }
    }

    async fn call(&self, method: Method, path: &str, token: &str, body: &Value) -> (u16, Value) {
        let request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.url))
            .header("content-type", "application/json")
            .header("authorization", format!("Bearer {token}"));
        let body = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
        let response = self.http.send(request.body(body).unwrap()).await.unwrap();
        let answer = serde_json::from_slice(response.body()).unwrap_or_default();
        (response.status().as_u16(), answer)
    }

    async fn post(&self, path: &str, token: &str, body: Value) -> Value {
        let (status, answer) = self.call(Method::POST, path, token, &body).await;
        assert!((200..300).contains(&status), "{path}: {status} {answer}");
        answer
    }

    /// Registers somebody; their tokens and their id.
    async fn person(&self, name: &str) -> (Value, String) {
        let body = json!({
            "username": name,
            "email": format!("{name}@{name}.example"),
            "password": PASSWORD,
            "displayName": format!("Countess {name}"),
        });
        let registered = self.post("/v1/register", "", body).await;
        let body = json!({ "username": name, "password": PASSWORD });
        let tokens = self.post("/v1/authenticate", "", body).await;
        (tokens, registered["userId"].as_str().unwrap().to_owned())
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// All values of all tables of a database in which one of `texts` stands.
fn values_with(database: &Path, texts: &[String]) -> Vec<String> {
    let database = Connection::open_with_flags(database, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    let mut tables =
        database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").unwrap();
    let tables: Vec<String> =
        tables.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    assert!(!tables.is_empty());
    let mut found = Vec::new();
    for table in tables {
        let mut all = database.prepare(&format!("SELECT * FROM \"{table}\"")).unwrap();
        let columns = all.column_count();
        let mut rows = all.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            for column in 0..columns {
                let (ValueRef::Text(bytes) | ValueRef::Blob(bytes)) = row.get_ref(column).unwrap()
                else {
                    continue;
                };
                let value = String::from_utf8_lossy(bytes);
                if texts.iter().any(|text| value.contains(text)) {
                    found.push(format!("{table}: {value}"));
                }
            }
        }
    }
    found
}

#[tokio::test]
async fn no_file_and_no_line_of_the_log_says_who_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let program = Program::start(&data);
    let (bobs, bob) = program.person("bob").await;
    let (adas, ada) = program.person(MARK).await;
    let token = adas["accessToken"].as_str().unwrap();
    let to_bob = json!({
        "recipientId": bob,
        "body": format!("{MARK} writes"),
        "clientMessageId": format!("{MARK}-1"),
    });
    program.post("/v1/messages", token, to_bob).await;
    let back = json!({ "recipientId": ada, "body": "an answer" });
    program.post("/v1/messages", bobs["accessToken"].as_str().unwrap(), back).await;
    let group = program.post("/v1/groups", token, json!({ "name": "a group" })).await;
    let path = format!("/v1/groups/{}/messages", group["groupId"].as_str().unwrap());
    program.post(&path, token, json!({ "body": format!("{MARK} says") })).await;
    program.post("/v1/password/forgot", "", json!({ "username": MARK })).await;
    program.post("/v1/users/me/mfa", token, json!({})).await;

    let texts: Vec<String> = ["accessToken", "idToken", "refreshToken"]
        .map(|name| adas[name].as_str().unwrap().to_owned())
        .into_iter()
        .chain([MARK.to_owned(), PASSWORD.to_owned()])
        .collect();
    let (tables, queues) = (data.join("chinwag.sqlite"), data.join("queues.sqlite"));
    assert!(values_with(&tables, &texts).len() > 5);

    assert_eq!(program.call(Method::DELETE, "/v1/users/me", token, &Value::Null).await.0, 202);
    // What was sent to her lies in the outbox, as with the provider of mail.
    program.call(Method::DELETE, "/local/outbox", "", &Value::Null).await;
    let left = async || [values_with(&tables, &texts), values_with(&queues, &texts)].concat();
    assert_eq!(within(PATIENCE, left, Vec::is_empty).await, Vec::<String>::new());

    drop(program);
    let log = std::fs::read_to_string(data.with_extension("log")).unwrap();
    let lines: Vec<&str> =
        log.lines().filter(|line| texts.iter().any(|text| line.contains(text))).collect();
    assert_eq!(lines, Vec::<&str>::new());
    // The look when no access token is good any more waits in the queue.
    assert_eq!(values_with(&queues, &[ada]).len(), 2);
}
