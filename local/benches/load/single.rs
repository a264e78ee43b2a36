//! One caller, one call after the other: what a call costs as things grow.

use http::Method;
use serde_json::{Value, json};
use shared::model::ConversationId;

use crate::Result;
use crate::fill::{GroupOf, LogOf};
use crate::people::{People, Person};
use crate::report::{Report, Times};

/// How many calls make a median.
const CALLS: usize = 300;

/// Check messages by somebody with `count` conversations, one unread message in each.
pub async fn check_messages(report: &mut Report, people: &People, count: usize) -> Result<()> {
    let (reader, others) = (people.first::<1>()[0], people.take(count + 1));
    let hello = json!({ "recipientId": reader.id, "body": "hello" });
    for other in others.iter().skip(1) {
        other.call(Method::POST, "/v1/messages", hello.clone(), 201).await?;
    }
    let mut times = Times::default();
    for _ in 0..CALLS {
        times.push(get(reader, "/v1/messages?limit=100").await?.1);
    }
    let figure = format!("p50 {:.1} ms, p99 {:.1} ms", times.median(), times.percentile(99));
    report.add(format!("check messages, {count} conversations"), figure);
    Ok(())
}

/// Sends to groups of different sizes, in turns.
pub async fn group_sizes(report: &mut Report, people: &People, groups: &[GroupOf]) -> Result<()> {
    let sender = people.first::<1>()[0];
    let mut times: Vec<Times> = groups.iter().map(|_| Times::default()).collect();
    for call in 0..CALLS {
        for ((group, _), times) in groups.iter().zip(&mut times) {
            let path = format!("/v1/groups/{group}/messages");
            let body =
                json!({ "body": "so it goes", "clientMessageId": format!("{group}-{call}") });
            times.push(sender.call(Method::POST, &path, body, 201).await?.1);
        }
    }
    for ((_, size), times) in groups.iter().zip(&mut times) {
        report.add(format!("send to a group of {size}, p50"), format!("{:.2} ms", times.median()));
    }
    Ok(())
}

/// What a log's length costs each operation on it, in turns.
pub async fn log_lengths(report: &mut Report, people: &People, logs: &[LogOf]) -> Result<()> {
    let reader = people.first::<1>()[0];
    let operations: [(&str, Operation); 5] = [
        ("send", send),
        ("newest page of history", newest),
        ("one entry", one),
        ("mark read", mark_read),
        ("edit", edit),
    ];
    for (name, operation) in operations {
        let mut times: Vec<Times> = logs.iter().map(|_| Times::default()).collect();
        for _ in 0..CALLS {
            for (log, times) in logs.iter().zip(&mut times) {
                let (method, path, body, expected) = operation(log);
                times.push(reader.call(method, &path, body, expected).await?.1);
            }
        }
        let figures: Vec<String> = logs
            .iter()
            .zip(&mut times)
            .map(|((_, length), times)| format!("{:.2} ms at {length}", times.median()))
            .collect();
        report.add(format!("{name}, p50 by length of the log"), figures.join(", "));
    }
    Ok(())
}

type Operation = fn(&LogOf) -> (Method, String, Value, u16);

fn send((conversation, _): &LogOf) -> (Method, String, Value, u16) {
    let group = conversation.group().map(ToString::to_string).unwrap_or_default();
    let body = json!({ "body": "so it goes", "clientMessageId": fastrand::u64(..).to_string() });
    (Method::POST, format!("/v1/groups/{group}/messages"), body, 201)
}

fn newest((conversation, _): &LogOf) -> (Method, String, Value, u16) {
    (Method::GET, messages(conversation, "?limit=10"), Value::Null, 200)
}

fn one((conversation, length): &LogOf) -> (Method, String, Value, u16) {
    (Method::GET, messages(conversation, &format!("/{}", length / 2)), Value::Null, 200)
}

fn mark_read((conversation, length): &LogOf) -> (Method, String, Value, u16) {
    let path = format!("/v1/conversations/{conversation}/read");
    (Method::PUT, path, json!({ "seq": length / 2 }), 204)
}

/// Of the first message that `send` appended.
fn edit((conversation, length): &LogOf) -> (Method, String, Value, u16) {
    let path = messages(conversation, &format!("/{}", length + 1));
    (Method::PATCH, path, json!({ "body": "so it went" }), 200)
}

fn messages(conversation: &ConversationId, rest: &str) -> String {
    format!("/v1/conversations/{conversation}/messages{rest}")
}

async fn get(person: &Person, path: &str) -> Result<(Value, std::time::Duration)> {
    person.call(Method::GET, path, Value::Null, 200).await
}
