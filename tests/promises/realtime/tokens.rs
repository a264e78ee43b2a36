//! A token that is not good lets nobody in, though it is still in the table.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use tests::{Backend, Socket, people};

type Row = HashMap<String, AttributeValue>;

/// Changes the row of the only token, and tries to connect with it.
async fn connect_with(change: impl FnOnce(&mut Row)) -> Result<Socket, http::StatusCode> {
    let backend = Backend::private(|_| {}).await;
    let client = backend.server().expect("a server of ours").dynamodb().clone();
    let [alice] = people(&backend).await;
    let door = alice.door().await;
    let tokens = client.scan().table_name("ConnectionTokens").send().await.expect("an answer");
    let mut rows = tokens.items.unwrap_or_default();
    let mut row = rows.pop().expect("a token");
    assert!(rows.is_empty(), "one token");
    let stored = format!("{row:?}");
    assert!(!stored.contains(door.split_once("token=").expect("a token").1), "{stored}");
    change(&mut row);
    let put = client.put_item().table_name("ConnectionTokens").set_item(Some(row));
    put.send().await.expect("an answer");
    Socket::open(&door).await
}

fn set(row: &mut Row, name: &str, value: &str) {
    let old = row.insert(name.to_owned(), AttributeValue::S(value.to_owned()));
    assert!(old.is_some(), "there is no {name}");
}

#[tokio::test]
async fn a_token_is_good_as_it_was_made() {
    assert!(connect_with(|_| {}).await.is_ok());
}

#[tokio::test]
async fn an_expired_token_lets_nobody_in() {
    let late = connect_with(|row| set(row, "goodUntil", "2026-01-01T00:00:00.000Z")).await;
    assert_eq!(late.err(), Some(http::StatusCode::FORBIDDEN));
}

#[tokio::test]
async fn a_token_of_another_kind_lets_nobody_in() {
    for name in ["issuer", "audience"] {
        let other = connect_with(|row| set(row, name, "urn:other")).await;
        assert_eq!(other.err(), Some(http::StatusCode::FORBIDDEN), "{name}");
    }
}
