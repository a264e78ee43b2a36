//! `POST /v1/realtime/token` and the handshake: one token, one socket.

use futures_util::future::join_all;
use tests::Socket;

use crate::people;

#[tokio::test]
async fn a_token_opens_one_socket_and_no_other() {
    let [alice] = people().await;
    let door = alice.door().await;
    let mut socket = Socket::open(&door).await.unwrap();
    socket.done_ping().await;
    assert_eq!(Socket::open(&door).await.unwrap_err(), 403);
    socket.done_ping().await;
}

#[tokio::test]
async fn of_many_who_connect_with_one_token_at_once_one_gets_in() {
    let [alice] = people().await;
    let door = alice.door().await;
    let outcomes = join_all((0..10).map(|_| Socket::open(&door))).await;
    let (opened, refused): (Vec<_>, Vec<_>) = outcomes.into_iter().partition(Result::is_ok);
    assert_eq!(opened.len(), 1);
    assert!(refused.into_iter().all(|refused| refused.unwrap_err() == 403));
}

#[tokio::test]
async fn each_token_is_another_and_says_nothing() {
    let [alice] = people().await;
    let (one, other) = (alice.door().await, alice.door().await);
    assert_ne!(one, other);
    assert!(!one.contains(&alice.id));
    let token = one.split_once("token=").unwrap().1;
    // 256 bits in base64url.
    assert_eq!(token.len(), 43, "{token}");
}

#[tokio::test]
async fn nobody_gets_in_without_a_token_or_with_another() {
    let [alice] = people().await;
    let door = alice.door().await;
    let (url, token) = door.split_once("?token=").unwrap();
    assert_eq!(Socket::open(url).await.unwrap_err(), 401);
    let access_token = alice.tokens["accessToken"].as_str().unwrap();
    let reversed: String = token.chars().rev().collect();
    for other in ["x", &reversed, access_token, &alice.id] {
        let refused = Socket::open(&format!("{url}?token={other}")).await;
        assert_eq!(refused.unwrap_err(), 403, "{other}");
    }
    Socket::open(&door).await.unwrap();
}

#[tokio::test]
async fn a_token_is_asked_for_with_an_access_token_and_nothing_else() {
    let [alice] = people().await;
    let body = serde_json::json!({ "userId": alice.id });
    alice.post("/v1/realtime/token", body).await.problem(400, "malformed").naming(&["/userId"]);
    let anyone = alice.with_token("x");
    anyone.post("/v1/realtime/token", None).await.turned_away(401);
}
