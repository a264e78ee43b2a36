//! What sockets cost that say nothing. In a process of its own, so that it sees its own memory alone.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "what fails in a test fails the test")]

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;

use local::realtime::{Hub, PATH, SocketLimits, Sockets};
use serde_json::{Value, json};
use shared::events::EventHandler;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const COUNT: usize = 2_000;

/// With the client's half of each, which is no more than a TCP socket here.
const MOST_BYTES: usize = 40 * 1024;

fn handlers() -> BTreeMap<&'static str, EventHandler> {
    let authorizer: EventHandler = Arc::new(|event: Value| {
        let statement = json!({ "Effect": "Allow", "Action": "*", "Resource": event["methodArn"] });
        let policy = json!({ "Version": "2012-10-17", "Statement": [statement] });
        let answer = json!({ "principalId": "me", "policyDocument": policy });
        Box::pin(async { Ok(answer) })
    });
    let connection: EventHandler =
        Arc::new(|_| Box::pin(async { Ok(json!({ "statusCode": 200 })) }));
    BTreeMap::from([("authorizer", authorizer), ("connection", connection)])
}

async fn serve() -> SocketAddr {
    let functions = json!({
        "authorizer": { "authorizes": "websocket" },
        "connection": { "websocketRoutes": ["$connect", "$disconnect", "$default"] },
    });
    let functions = serde_json::from_value(functions).unwrap();
    let sockets =
        Sockets::new(&functions, &handlers(), SocketLimits::default(), Hub::default()).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let service = sockets.router().into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(axum::serve(listener, service).into_future());
    address
}

async fn connect(address: SocketAddr) -> TcpStream {
    let mut client = TcpStream::connect(address).await.unwrap();
    let request = format!(
        "GET {PATH}?token=x HTTP/1.1\r\nhost: {address}\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
         sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    );
    client.write_all(request.as_bytes()).await.unwrap();
    let mut answer = [0; 12];
    client.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 101");
    client
}

fn resident_bytes() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<usize>().unwrap() * 1_024
}

#[tokio::test]
async fn an_idle_socket_costs_little() {
    let address = serve().await;
    let mut clients = Vec::with_capacity(COUNT);
    clients.push(connect(address).await);
    let before = resident_bytes();
    for _ in 1..COUNT {
        clients.push(connect(address).await);
    }
    let each = (resident_bytes() - before) / COUNT;
    println!("{each} bytes for each of {COUNT} idle sockets");
    assert!(each < MOST_BYTES, "{each} bytes");
}
