//! Sockets over TCP, and the management API over the SDK.

mod posts;

use std::net::SocketAddr;

use aws_sdk_apigatewaymanagement::Client;
use aws_sdk_apigatewaymanagement::primitives::Blob;
use futures_util::{FutureExt, SinkExt, StreamExt};
use serde_json::json;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use super::handshake::MAX_FRAME;
use super::*;
use crate::aws;
use crate::serving::Serving;

const USER: &str = "11111111-2222-4333-8444-555555555555";

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// Sockets with lambdas that do what the token and the frames say.
struct Api {
    address: SocketAddr,
    sockets: Sockets,
    events: UnboundedReceiver<Value>,
    client: Client,
    serving: Serving,
}

fn handler(
    events: &UnboundedSender<Value>,
    answer: impl Fn(Value) -> futures_util::future::BoxFuture<'static, Result<Value, Failed>>
    + Send
    + Sync
    + 'static,
) -> EventHandler {
    let events = events.clone();
    Arc::new(move |event: Value| {
        let _ = events.send(event.clone());
        answer(event)
    })
}

/// Lets in every token but `denied`; `unreadable`, `failing` and `panicking` do what they say.
fn authorize(event: &Value) -> Result<Value, Failed> {
    let policy = |effect: &str| {
        let statement = json!({ "Effect": effect, "Action": "execute-api:Invoke", "Resource": event["methodArn"] });
        let policy = json!({ "Version": "2012-10-17", "Statement": [statement] });
        json!({ "principalId": USER, "policyDocument": policy, "context": { "userId": USER, "sessionBegan": "1" } })
    };
    match event["queryStringParameters"]["token"].as_str().unwrap() {
        "denied" => Ok(policy("Deny")),
        "unreadable" => Ok(json!({ "isAuthorized": true })),
        "failing" => Err(Failed),
        "panicking" => panic!("the authorizer broke off"),
        _ => Ok(policy("Allow")),
    }
}

fn connection(event: &Value) -> Result<Value, Failed> {
    match event["queryStringParameters"]["token"].as_str() {
        Some("refused") => Ok(json!({ "statusCode": 429 })),
        Some("broken") => Err(Failed),
        _ => Ok(json!({ "statusCode": 200 })),
    }
}

/// Echoes; `fail` fails, `panic` panics, `silent` says nothing, `slow` is answered behind the next frame if it can be.
async fn echo(event: Value) -> Result<Value, Failed> {
    let body = event["body"].as_str().unwrap();
    match body {
        "fail" => Err(Failed),
        "panic" => panic!("the handler broke off"),
        "silent" => Ok(json!({ "statusCode": 200 })),
        "slow" => {
            tokio::time::sleep(Duration::from_millis(50)).await;
            Ok(json!({ "statusCode": 200, "body": body }))
        }
        _ => Ok(json!({ "statusCode": 200, "body": body })),
    }
}

async fn api(limits: SocketLimits) -> Api {
    let (sender, events) = unbounded_channel();
    let functions = json!({
        "authorizer": { "authorizes": "websocket" },
        "connection": { "websocketRoutes": ["$connect", "$disconnect"] },
        "message": { "websocketRoutes": ["$default"] },
    });
    let handlers = BTreeMap::from([
        ("authorizer", handler(&sender, |event| async move { authorize(&event) }.boxed())),
        ("connection", handler(&sender, |event| async move { connection(&event) }.boxed())),
        ("message", handler(&sender, |event| echo(event).boxed())),
    ]);
    let functions = serde_json::from_value(functions).unwrap();
    let hub = Hub::default();
    let sockets = Sockets::new(&functions, &handlers, limits, hub.clone()).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let serving = Serving::start(listener, sockets.router());
    let config = aws::config(address, Some(hub.http_client()));
    let config =
        aws_sdk_apigatewaymanagement::config::Builder::from(&config).endpoint_url(MANAGEMENT_URL);
    let client = Client::from_conf(config.build());
    Api { address, sockets, events, client, serving }
}

fn within(idle: u64, age: u64) -> SocketLimits {
    SocketLimits { idle: Duration::from_millis(idle), age: Duration::from_millis(age) }
}

impl Api {
    fn url(&self, token: &str) -> String {
        format!("ws://{}{PATH}?token={token}", self.address)
    }

    /// A socket, with what the `$connect` lambda was told.
    async fn connect(&mut self) -> (Socket, Value) {
        let (socket, _) = connect_async(self.url("good")).await.unwrap();
        assert_eq!(self.event().await["type"], "REQUEST");
        (socket, self.event().await["requestContext"].take())
    }

    async fn event(&mut self) -> Value {
        self.events.recv().await.unwrap()
    }

    async fn refusal(&self, query: &str) -> (u16, Value) {
        let Err(Error::Http(response)) =
            connect_async(format!("ws://{}{PATH}{query}", self.address)).await
        else {
            panic!("it was let in")
        };
        let body = response.body().as_deref().unwrap_or_default();
        (response.status().as_u16(), serde_json::from_slice(body).unwrap_or_default())
    }

    async fn post(&self, id: &Value, data: &[u8]) -> Result<(), String> {
        let post = self.client.post_to_connection().connection_id(id.as_str().unwrap());
        let outcome = post.data(Blob::new(data)).send().await;
        outcome.map(drop).map_err(|error| format!("{:?}", error.into_service_error()))
    }

    /// The code and the reason of the next end that a lambda is told of, and that it is the last.
    async fn disconnected(&mut self) -> (u64, String) {
        let event = loop {
            let event = self.event().await;
            if event["requestContext"]["eventType"] == "DISCONNECT" {
                break event["requestContext"].clone();
            }
        };
        let reason = event["disconnectReason"].as_str().unwrap().to_owned();
        (event["disconnectStatusCode"].as_u64().unwrap(), reason)
    }
}

async fn text(socket: &mut Socket) -> String {
    socket.next().await.unwrap().unwrap().into_text().unwrap().to_string()
}

async fn closed(socket: &mut Socket) -> Option<CloseFrame> {
    let mut closed = None;
    while let Some(Ok(message)) = socket.next().await {
        if let Message::Close(frame) = message {
            closed = frame;
        }
    }
    closed
}

async fn code(socket: &mut Socket) -> u16 {
    closed(socket).await.map_or(0, |frame| frame.code.into())
}

#[tokio::test]
async fn the_handshake_is_refused_as_on_api_gateway() {
    let mut api = api(SocketLimits::default()).await;
    for (query, status, message) in [
        ("", 401, "Unauthorized"),
        ("?token=", 401, "Unauthorized"),
        ("?token=denied", 403, "Forbidden"),
        ("?token=unreadable", 500, "Internal server error"),
        ("?token=failing", 500, "Internal server error"),
        ("?token=panicking", 500, "Internal server error"),
        ("?token=refused", 429, "Forbidden"),
        ("?token=broken", 502, "Internal server error"),
    ] {
        let (refused, body) = api.refusal(query).await;
        assert_eq!((refused, &body["message"]), (status, &json!(message)), "{query}");
        assert_eq!(body["connectionId"].as_str().unwrap().len(), 16);
        assert_eq!(body["requestId"].as_str().unwrap().len(), 36);
    }
    api.sockets.stop().await;
    while let Ok(event) = api.events.try_recv() {
        assert_ne!(event["requestContext"]["eventType"], "DISCONNECT");
    }
}

#[tokio::test]
async fn the_events_are_those_of_api_gateway() {
    let mut api = api(SocketLimits::default()).await;
    let (mut socket, _) = connect_async(api.url("a%20b&x=1&x=2")).await.unwrap();
    let asked = api.event().await;
    assert_eq!(
        asked["methodArn"],
        "arn:aws:execute-api:us-east-1:000000000000:local/local/$connect"
    );
    assert_eq!(asked["queryStringParameters"], json!({ "token": "a b", "x": "2" }));
    assert_eq!(asked["multiValueQueryStringParameters"]["x"], json!(["1", "2"]));
    assert_eq!(asked["headers"]["upgrade"], "websocket");
    assert!(asked["requestContext"].get("authorizer").is_none());

    let connect = api.event().await["requestContext"].take();
    let id = connect["connectionId"].as_str().unwrap();
    assert!(id.len() == 16 && id.ends_with('='), "{id}");
    let authorizer = json!({ "principalId": USER, "userId": USER, "sessionBegan": "1" });
    assert_eq!(connect["authorizer"], authorizer);
    assert_eq!(connect["routeKey"], "$connect");

    socket.send(Message::text("hi")).await.unwrap();
    assert_eq!(text(&mut socket).await, "hi");
    let message = api.event().await;
    assert_eq!((&message["body"], &message["isBase64Encoded"]), (&json!("hi"), &json!(false)));
    let context = &message["requestContext"];
    assert_eq!(context["routeKey"], "$default");
    assert_eq!(context["eventType"], "MESSAGE");
    assert_eq!(context["connectionId"], id);
    assert_eq!(context["connectedAt"], connect["connectedAt"]);
    assert_eq!(context["authorizer"], connect["authorizer"]);
    assert_eq!(context["identity"]["sourceIp"], "127.0.0.1");
    for field in ["messageId", "requestId", "requestTimeEpoch", "domainName", "stage", "apiId"] {
        assert!(!context[field].is_null(), "{field}");
    }
    let read: shared::events::SocketEvent = serde_json::from_value(message).unwrap();
    assert_eq!(read.request_context.connection_id, id);

    let frame = CloseFrame { code: CloseCode::Library(4001), reason: "done".into() };
    socket.close(Some(frame)).await.unwrap();
    let left = api.event().await["requestContext"].take();
    assert_eq!(left["routeKey"], "$disconnect");
    assert_eq!(left["disconnectStatusCode"], 4001);
    assert_eq!(left["disconnectReason"], "done");
    assert_eq!(left["authorizer"], connect["authorizer"]);
}

#[tokio::test]
async fn frames_are_handled_one_after_the_other_and_a_failure_is_answered() {
    let mut api = api(SocketLimits::default()).await;
    let (mut socket, context) = api.connect().await;
    let frames = ["slow", "1", "silent", "slow", "2"];
    for frame in frames.into_iter().chain((3..50).map(|_| "more")) {
        socket.feed(Message::text(frame)).await.unwrap();
    }
    socket.flush().await.unwrap();
    for answer in ["slow", "1", "slow", "2"] {
        assert_eq!(text(&mut socket).await, answer);
    }
    for _ in 3..50 {
        assert_eq!(text(&mut socket).await, "more");
    }
    for frame in ["fail", "panic"] {
        socket.send(Message::text(frame)).await.unwrap();
        let answer: Value = serde_json::from_str(&text(&mut socket).await).unwrap();
        assert_eq!(answer["message"], "Internal server error");
        assert_eq!(answer["connectionId"], context["connectionId"]);
        assert_eq!(answer["requestId"].as_str().unwrap().len(), 36);
    }
    socket.send(Message::text("last")).await.unwrap();
    socket.close(None).await.unwrap();
    while api.event().await["body"] != "last" {}
    assert_eq!(api.disconnected().await.0, 1005);
}

#[tokio::test]
async fn a_message_has_128_kb_in_frames_of_32_kb() {
    use tokio_tungstenite::tungstenite::protocol::frame::Frame;
    use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};
    let mut api = api(SocketLimits::default()).await;
    let (mut socket, _) = api.connect().await;
    let part = |part, last| {
        let opcode = OpCode::Data(if part == 0 { Data::Text } else { Data::Continue });
        Message::Frame(Frame::message(vec![b'x'; 32 * 1024], opcode, last))
    };
    for number in 0..4 {
        socket.send(part(number, number == 3)).await.unwrap();
    }
    assert_eq!(text(&mut socket).await.len(), 128 * 1024);
    for number in 0..5 {
        // The server may have closed the socket before it has all.
        let _ = socket.send(part(number, number == 4)).await;
    }
    assert_eq!(code(&mut socket).await, 1009);
    assert_eq!(api.disconnected().await.0, 1009);

    let (mut socket, _) = api.connect().await;
    socket.send(Message::text("x".repeat(32 * 1024 + 1))).await.unwrap();
    assert_eq!(code(&mut socket).await, 1009);
    assert_eq!(api.disconnected().await.0, 1009);
}

#[tokio::test]
async fn a_silent_or_old_socket_is_ended_and_pings_are_silence() {
    let mut api = api(within(800, 60_000)).await;
    let (mut socket, _) = api.connect().await;
    let begun = std::time::Instant::now();
    for number in 0..5 {
        tokio::time::sleep(Duration::from_millis(200)).await;
        socket.send(Message::text(number.to_string())).await.unwrap();
        assert_eq!(text(&mut socket).await, number.to_string());
    }
    assert!(begun.elapsed() > Duration::from_millis(800));
    for _ in 0..2 {
        tokio::time::sleep(Duration::from_millis(200)).await;
        socket.send(Message::Ping("x".into())).await.unwrap();
        assert_eq!(socket.next().await.unwrap().unwrap(), Message::Pong("x".into()));
    }
    assert_eq!(code(&mut socket).await, 1001);
    assert_eq!(api.disconnected().await, (1001, "Going away".to_owned()));

    let mut api = self::api(within(60_000, 100)).await;
    let (mut socket, _) = api.connect().await;
    assert_eq!(code(&mut socket).await, 1001);
    assert_eq!(api.disconnected().await.0, 1001);
}

#[tokio::test]
async fn the_end_of_the_server_is_told_to_everyone_once() {
    let mut api = api(SocketLimits::default()).await;
    let (mut first, _) = api.connect().await;
    let (mut second, _) = api.connect().await;
    second.send(Message::text("slow")).await.unwrap();
    api.event().await;
    let (sockets, began) = (api.sockets.clone(), std::time::Instant::now());
    let (first, second, ()) = tokio::join!(code(&mut first), code(&mut second), sockets.stop());
    assert_eq!((first, second), (1001, 1001));
    assert!(began.elapsed() < Duration::from_millis(500), "{:?}", began.elapsed());
    for _ in 0..2 {
        assert_eq!(api.disconnected().await.0, 1001);
    }
    assert_eq!(api.refusal("?token=good").await.0, 500);
    api.serving.stop().await;
    drop((api.sockets, sockets));
    assert!(api.events.recv().await.is_none(), "a lambda was told twice");
}

#[tokio::test]
async fn a_client_that_is_gone_without_a_word_is_noticed() {
    let mut api = api(SocketLimits::default()).await;
    let (socket, context) = api.connect().await;
    drop(socket);
    assert_eq!(api.disconnected().await.0, 1006);
    assert!(api.post(&context["connectionId"], b"hi").await.unwrap_err().starts_with("Gone"));
}
