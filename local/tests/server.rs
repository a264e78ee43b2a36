//! The server as a whole: what it keeps, how it starts and how it ends.
#![expect(clippy::unwrap_used, reason = "what fails in a test fails the test")]

use std::time::{Duration, Instant};

use http::{Method, Request};
use local::{Options, Server, StartError};
use serde_json::{Value, json};
use tests::http::Http;

const PASSWORD: &str = "Correct horse 1";

async fn start(data: &tempfile::TempDir) -> Server {
    local::start(Options::new(data.path())).await.unwrap()
}

async fn call(
    server: &Server,
    method: Method,
    path: &str,
    token: &Value,
    body: Value,
) -> (u16, Value) {
    let request = Request::builder()
        .method(method)
        .uri(format!("{}{path}", server.url()))
        .header("content-type", "application/json")
        .header("authorization", format!("Bearer {}", token.as_str().unwrap_or_default()));
    let body = if body.is_null() { vec![] } else { body.to_string().into_bytes() };
    let response = Http::new().unwrap().send(request.body(body).unwrap()).await.unwrap();
    let body = serde_json::from_slice(response.body()).unwrap_or_default();
    (response.status().as_u16(), body)
}

async fn post(server: &Server, path: &str, body: Value) -> (u16, Value) {
    call(server, Method::POST, path, &Value::Null, body).await
}

async fn me(server: &Server, token: &Value) -> (u16, Value) {
    call(server, Method::GET, "/v1/users/me", token, Value::Null).await
}

async fn register(server: &Server) -> (u16, Value) {
    let body = json!({ "username": "ann", "email": "ann@example.com", "password": PASSWORD });
    post(server, "/v1/register", body).await
}

async fn sign_in(server: &Server) -> (u16, Value) {
    let body = json!({ "username": "ann", "password": PASSWORD });
    post(server, "/v1/authenticate", body).await
}

#[tokio::test]
async fn users_keys_and_tokens_survive_a_restart() {
    let data = tempfile::tempdir().unwrap();
    let server = start(&data).await;
    let (status, registered) = register(&server).await;
    assert_eq!((status, &registered["confirmed"]), (201, &json!(true)));
    let (_, tokens) = sign_in(&server).await;
    server.stop().await;

    let server = start(&data).await;
    assert_eq!(me(&server, &tokens["accessToken"]).await.1["userId"], registered["userId"]);
    assert_eq!(me(&server, &tokens["idToken"]).await.0, 401);
    assert_eq!(sign_in(&server).await.0, 200);
    assert_eq!(register(&server).await.0, 409);
    let body = json!({ "refreshToken": tokens["refreshToken"] });
    let (status, refreshed) = post(&server, "/v1/authenticate/refresh", body).await;
    assert_eq!(status, 200);
    assert_eq!(me(&server, &refreshed["accessToken"]).await.0, 200);
    server.stop().await;
}

#[tokio::test]
async fn a_token_of_another_server_is_refused() {
    let (here, there) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (here, there) = (start(&here).await, start(&there).await);
    register(&there).await;
    let (_, tokens) = sign_in(&there).await;
    assert_eq!(me(&there, &tokens["accessToken"]).await.0, 200);
    assert_eq!(me(&here, &tokens["accessToken"]).await.0, 401);
}

#[tokio::test]
async fn a_registration_waits_for_the_code_in_the_outbox() {
    let data = tempfile::tempdir().unwrap();
    let options = Options { confirm_registration: true, ..Options::new(data.path()) };
    let server = local::start(options).await.unwrap();
    let outbox =
        async |method| call(&server, method, "/local/outbox", &Value::Null, Value::Null).await;
    assert_eq!(register(&server).await.1["confirmed"], false);
    assert_eq!(sign_in(&server).await.1["code"], "not-confirmed");

    let (_, sent) = outbox(Method::GET).await;
    let mail = &sent["messages"][0];
    assert_eq!((&mail["channel"], &mail["to"]), (&json!("EMAIL"), &json!("ann@example.com")));
    let code = mail["body"].as_str().unwrap().split(' ').next_back().unwrap();
    let body = json!({ "username": "ann", "code": code });
    assert_eq!(post(&server, "/v1/register/confirm", body).await.0, 204);
    assert_eq!(sign_in(&server).await.0, 200);

    assert_eq!(outbox(Method::DELETE).await.0, 204);
    assert_eq!(outbox(Method::GET).await.1, json!({ "messages": [] }));
    assert_eq!(outbox(Method::PUT).await.0, 404);
}

#[tokio::test]
async fn the_hosted_sign_in_is_served() {
    let data = tempfile::tempdir().unwrap();
    let server = start(&data).await;
    let status =
        async |method, path| call(&server, method, path, &Value::Null, Value::Null).await.0;
    assert_eq!(status(Method::GET, "/local/hosted-ui/login").await, 400);
    assert_eq!(status(Method::GET, "/local/google").await, 400);
    assert_eq!(status(Method::POST, "/local/hosted-ui/oauth2/token").await, 400);
    assert_eq!(status(Method::GET, "/local/hosted-ui/oauth2/token").await, 404);
}

#[tokio::test]
async fn a_port_or_a_folder_in_use_is_named() {
    let (data, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let server = start(&data).await;
    let locked = local::start(Options::new(data.path())).await.unwrap_err();
    assert!(matches!(locked, StartError::Locked { .. }), "{locked}");

    let port = server.address().port();
    let options = Options { port, ..Options::new(other.path()) };
    let in_use = local::start(options).await.unwrap_err();
    assert!(matches!(in_use, StartError::PortInUse { .. }), "{in_use}");
}

#[tokio::test]
async fn open_connections_do_not_hold_up_the_end() {
    let data = tempfile::tempdir().unwrap();
    let server = start(&data).await;
    let idle = Http::new().unwrap();
    let request = Request::get(format!("{}/v1/users/me", server.url())).body(Vec::new()).unwrap();
    assert_eq!(idle.send(request).await.unwrap().status(), 401);
    let silent = tokio::net::TcpStream::connect(server.address()).await.unwrap();

    let begin = Instant::now();
    server.stop().await;
    assert!(begin.elapsed() < Duration::from_secs(1), "{:?}", begin.elapsed());
    drop((idle, silent));
}
