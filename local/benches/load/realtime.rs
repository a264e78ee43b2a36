//! Sockets: how fast a message reaches everyone, and what a silent socket costs.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use futures_util::StreamExt;
use futures_util::future::try_join_all;
use http::Method;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::timeout;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::people::{People, Person, text};
use crate::report::{Report, Times};
use crate::server::Server;
use crate::{Result, fill, millis};

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// How long anything may take to arrive.
const PATIENCE: Duration = Duration::from_mins(1);
/// How many handshakes are under way at once.
const HANDSHAKES: usize = 16;
/// How long a handshake may take.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// How many sockets one person may have.
const PER_PERSON: usize = 20;

/// Opens a socket.
async fn connect(person: &Person) -> Result<Socket> {
    let (issued, _) = person.call(Method::POST, "/v1/realtime/token", Value::Null, 201).await?;
    let url = format!("{}?token={}", text(&issued, "url")?, text(&issued, "token")?);
    Ok(connect_async(url).await?.0)
}

async fn connect_all<'a>(people: impl Iterator<Item = &'a Person>) -> Result<Vec<Socket>> {
    let people: Vec<&Person> = people.collect();
    let mut sockets = Vec::with_capacity(people.len());
    for some in people.chunks(HANDSHAKES) {
        sockets.extend(try_join_all(some.iter().map(|person| connect(person))).await?);
    }
    Ok(sockets)
}

/// From the send to the arrival on the other's socket.
pub async fn to_one_peer(report: &mut Report, people: &People) -> Result<()> {
    let [alice, bob] = people.first();
    let mut socket = connect(bob).await?;
    let mut times = Times::default();
    for number in 0..300 {
        let body = json!({ "recipientId": bob.id, "body": format!("to bob {number}") });
        let began = Instant::now();
        let sent = tokio::spawn({
            let alice = alice.clone();
            async move { alice.call(Method::POST, "/v1/messages", body, 201).await }
        });
        let arrived = format!("to bob {number}\"");
        while !timeout(PATIENCE, socket.next())
            .await?
            .ok_or("closed")??
            .to_text()?
            .contains(&arrived)
        {}
        times.push(began.elapsed());
        sent.await??;
    }
    let (p50, p99) = (times.median(), times.percentile(99));
    report.add("send to push on the peer's socket", format!("p50 {p50:.1} ms, p99 {p99:.1} ms"));
    Ok(())
}

/// Everyone in one group, everyone connected.
pub async fn to_a_group(report: &mut Report, people: &People, count: usize) -> Result<()> {
    let members = people.take(count);
    let path = group_of(members).await?;
    let mut arrivals = listen(connect_all(members.iter()).await?);
    let mut times = Times::default();
    let say = |number: usize| {
        members[0].call(Method::POST, &path, json!({ "body": format!("to all {number}.") }), 201)
    };
    for number in 0..30 {
        let began = Instant::now();
        let (sent, last) = tokio::join!(say(number), arrivals.all(1));
        sent?;
        times.push(last? - began);
    }
    let (p50, p99) = (times.median(), times.percentile(99));
    report.add(
        format!("one message to {count} connected members, the last delivered"),
        format!("p50 {p50:.0} ms, p99 {p99:.0} ms"),
    );

    let messages = 100;
    let began = Instant::now();
    let saying = async {
        for number in 0..messages {
            say(number).await?;
        }
        Ok(())
    };
    let (said, last): (Result<()>, _) = tokio::join!(saying, arrivals.all(messages));
    said?;
    let took = last? - began;
    #[expect(clippy::cast_precision_loss, reason = "a rate")]
    let rate = (messages * count) as f64 / took.as_secs_f64();
    report.add(
        format!("{messages} messages, one after the other, to {count} connected members"),
        format!("{rate:.0} deliveries/s"),
    );
    Ok(())
}

/// A group of all `members`, of which 90 at most can be its first.
async fn group_of(members: &[Person]) -> Result<String> {
    let first: Vec<&str> = members.iter().take(91).map(|person| person.id.as_str()).collect();
    let group = json!({ "name": "Everybody", "memberIds": first });
    let (group, _) = members[0].call(Method::POST, "/v1/groups", group, 201).await?;
    let path = format!("/v1/groups/{}", text(&group, "groupId")?);
    for member in members.iter().skip(91) {
        let path = format!("{path}/members/{}", member.id);
        members[0].call(Method::PUT, &path, Value::Null, 201).await?;
    }
    Ok(format!("{path}/messages"))
}

/// What arrives on many sockets.
struct Arrivals {
    sockets: usize,
    arrived: UnboundedReceiver<Instant>,
}

impl Arrivals {
    /// When the last of `messages` messages has arrived everywhere.
    async fn all(&mut self, messages: usize) -> Result<Instant> {
        let mut last = Instant::now();
        for _ in 0..messages * self.sockets {
            last = timeout(PATIENCE, self.arrived.recv()).await?.ok_or("a socket was closed")?;
        }
        Ok(last)
    }
}

fn listen(sockets: Vec<Socket>) -> Arrivals {
    let (sender, arrived) = unbounded_channel();
    let count = sockets.len();
    for socket in sockets {
        tokio::spawn(read(socket, sender.clone()));
    }
    Arrivals { sockets: count, arrived }
}

async fn read(mut socket: Socket, arrived: UnboundedSender<Instant>) {
    while let Some(Ok(message)) = socket.next().await {
        if message.to_text().is_ok_and(|text| text.contains("to all ")) {
            let _ = arrived.send(Instant::now());
        }
    }
}

/// Sockets on which nothing is said.
pub async fn idle(
    report: &mut Report,
    server: &Server,
    people: &People,
    count: usize,
) -> Result<()> {
    let people = people.take(count / PER_PERSON);
    let before = server.resident_kilobytes()?;
    let owners = people.iter().flat_map(|person| std::iter::repeat_n(person, PER_PERSON));
    let began = Instant::now();
    let sockets = connect_all(owners).await?;
    let took = began.elapsed();
    let each = server.resident_kilobytes()?.saturating_sub(before) / u64::try_from(count)?;
    report.add(format!("{count} idle sockets"), format!("{each} KB each"));
    let per_handshake = millis(took) / f64::from(u32::try_from(count)?);
    report.add("a token and a handshake, 16 at once", format!("{per_handshake:.1} ms each"));
    drop(sockets);
    Ok(())
}

/// Sockets that come and go, half of them left without a word, and a server that is killed half-way: what is left of them in
/// Connections is nothing but what is open.
pub async fn come_and_go(report: &mut Report, data: &Path, count: usize) -> Result<()> {
    let server = Server::start(data)?;
    let people = People::register(&server, HANDSHAKES, &mut Report::default()).await?;
    let done = Arc::new(AtomicUsize::new(0));
    let began = Instant::now();
    cycle(&people, &done, count / 2, || drop(server)).await;
    let killed = Instant::now();
    let server = Server::start(data)?;
    let people = people.at(&server);
    cycle(&people, &done, count, || ()).await;
    let rate = f64::from(u32::try_from(count)?) / began.elapsed().as_secs_f64();
    report.add(
        format!("{count} sockets that open and close, one server killed half-way"),
        format!("{rate:.0}/s"),
    );

    // A younger socket could still be in its handshake.
    tokio::time::sleep_until((killed + HANDSHAKE).into()).await;
    let mut sockets = connect_all(people.take(HANDSHAKES).iter()).await?;
    for _ in 0..2 {
        let [first, second] = people.first();
        say_to_all(&people, first, second, &mut sockets).await?;
    }
    drop(server);
    let rows = fill::sockets_of(data)?;
    if rows != vec![1; HANDSHAKES] {
        return Err(format!("sockets that are gone are left: {rows:?}").into());
    }
    Ok(())
}

/// Everyone opens and closes sockets until `count` are done in all; then `end` happens, while others are under way.
async fn cycle(people: &People, done: &Arc<AtomicUsize>, count: usize, end: impl FnOnce()) {
    let (tell, mut told) = unbounded_channel();
    for person in people.take(HANDSHAKES) {
        let (person, done, tell) = (person.clone(), Arc::clone(done), tell.clone());
        tokio::spawn(async move {
            while let Ok(mut socket) = connect(&person).await {
                if fastrand::bool() {
                    let _ = socket.close(None).await;
                }
                if done.fetch_add(1, Ordering::Relaxed) + 1 >= count {
                    break;
                }
            }
            drop(tell);
        });
    }
    drop(tell);
    while done.load(Ordering::Relaxed) < count {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    end();
    let _: Option<()> = told.recv().await;
}

/// A message to each of the others, and its arrival.
async fn say_to_all(
    people: &People,
    first: &Person,
    second: &Person,
    sockets: &mut [Socket],
) -> Result<()> {
    for (person, socket) in people.take(HANDSHAKES).iter().zip(sockets) {
        let sender = if person.id == first.id { second } else { first };
        let body = format!("are you there {}", fastrand::u64(..));
        let message = json!({ "recipientId": person.id, "body": body });
        sender.call(Method::POST, "/v1/messages", message, 201).await?;
        while !timeout(PATIENCE, socket.next()).await?.ok_or("closed")??.to_text()?.contains(&body)
        {
        }
    }
    Ok(())
}
