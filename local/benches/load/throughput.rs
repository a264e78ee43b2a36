//! Many callers at once, each with one send after the other, each send with a `clientMessageId`.

use std::time::{Duration, Instant};

use futures_util::future::try_join_all;
use http::Method;
use serde_json::{Value, json};

use crate::Result;
use crate::people::{People, Person, text};
use crate::report::{Report, Times};

/// What one caller saw.
#[derive(Debug, Default)]
struct Seen {
    acknowledged: Times,
    gave_up: usize,
}

/// Callers in conversations of their own.
pub async fn apart(
    report: &mut Report,
    people: &People,
    count: usize,
    spell: Duration,
) -> Result<()> {
    let people = people.take(count);
    let calls = people.iter().enumerate().map(|(index, person)| {
        let peer = &people[(index + 1) % count];
        let body = move |id: String| {
            json!({ "recipientId": peer.id, "body": "so it goes", "clientMessageId": id })
        };
        send_on(person.clone(), "/v1/messages".to_owned(), body, spell)
    });
    let (mut seen, took) = joined(calls).await?;
    tell(report, &format!("{count} callers in conversations of their own"), &mut seen, took);
    Ok(())
}

/// Callers in one group.
pub async fn in_one_group(
    report: &mut Report,
    people: &People,
    count: usize,
    spell: Duration,
) -> Result<()> {
    let people = people.take(count);
    let members: Vec<&str> = people.iter().map(|person| person.id.as_str()).collect();
    let group = json!({ "name": "Everybody", "memberIds": members });
    let (group, _) = people[0].call(Method::POST, "/v1/groups", group, 201).await?;
    let path = format!("/v1/groups/{}/messages", text(&group, "groupId")?);
    let calls = people.iter().map(|person| {
        let body = |id: String| json!({ "body": "so it goes", "clientMessageId": id });
        send_on(person.clone(), path.clone(), body, spell)
    });
    let (mut seen, took) = joined(calls).await?;
    let conversation = text(&group, "conversationId")?;
    let length = seen.acknowledged.count() + 1;
    let end = format!("/v1/conversations/{conversation}/messages/");
    people[0].call(Method::GET, &format!("{end}{length}"), Value::Null, 200).await?;
    people[0].call(Method::GET, &format!("{end}{}", length + 1), Value::Null, 404).await?;
    tell(report, &format!("{count} callers in one group, no hole"), &mut seen, took);
    Ok(())
}

async fn joined(
    calls: impl Iterator<Item = impl Future<Output = Result<Seen>>>,
) -> Result<(Seen, Duration)> {
    let began = Instant::now();
    let mut all = Seen::default();
    for seen in try_join_all(calls).await? {
        all.acknowledged.append(seen.acknowledged);
        all.gave_up += seen.gave_up;
    }
    Ok((all, began.elapsed()))
}

/// Sends one message after the other until the time is over.
async fn send_on(
    person: Person,
    path: String,
    body: impl Fn(String) -> Value,
    spell: Duration,
) -> Result<Seen> {
    let mut seen = Seen::default();
    let began = Instant::now();
    for number in 0.. {
        if began.elapsed() > spell {
            break;
        }
        let body = body(format!("{}-{number}", fastrand::u64(..)));
        match person.try_call(Method::POST, &path, body).await? {
            (status, _, time) if status == 201 => seen.acknowledged.push(time),
            (status, _, _) if status == 503 => seen.gave_up += 1,
            (status, answer, _) => return Err(format!("{status}: {answer}").into()),
        }
    }
    Ok(seen)
}

fn tell(report: &mut Report, what: &str, seen: &mut Seen, took: Duration) {
    #[expect(clippy::cast_precision_loss, reason = "a rate")]
    let rate = seen.acknowledged.count() as f64 / took.as_secs_f64();
    let (p50, p99) = (seen.acknowledged.median(), seen.acknowledged.percentile(99));
    let slowest = seen.acknowledged.percentile(100);
    report.add(
        what,
        format!(
            "{rate:.0} sends/s, p50 {p50:.0} ms, p99 {p99:.0} ms, slowest {slowest:.0} ms, {} gave up",
            seen.gave_up
        ),
    );
}
