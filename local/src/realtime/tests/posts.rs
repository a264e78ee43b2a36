//! The management API.

use super::*;

#[tokio::test]
async fn what_is_posted_arrives_in_order_and_what_is_closed_is_gone() {
    let mut api = api(SocketLimits::default()).await;
    let (mut socket, context) = api.connect().await;
    let id = &context["connectionId"];
    for number in 0..100 {
        api.post(id, number.to_string().as_bytes()).await.unwrap();
    }
    for number in 0..100 {
        assert_eq!(text(&mut socket).await, number.to_string());
    }
    api.post(id, b"\xff").await.unwrap();
    assert_eq!(socket.next().await.unwrap().unwrap(), Message::binary(&b"\xff"[..]));
    api.post(id, &vec![b'x'; 128 * 1024]).await.unwrap();
    assert_eq!(text(&mut socket).await.len(), 128 * 1024);
    let refused = api.post(id, &vec![b'x'; 128 * 1024 + 1]).await.unwrap_err();
    assert!(refused.starts_with("PayloadTooLarge"), "{refused}");
    let refused = api.post(id, &vec![b'x'; 5_000_000]).await.unwrap_err();
    assert!(refused.starts_with("PayloadTooLarge"), "{refused}");

    let id = id.as_str().unwrap();
    api.client.delete_connection().connection_id(id).send().await.unwrap();
    assert!(api.post(&json!(id), b"late").await.unwrap_err().starts_with("Gone"));
    assert_eq!(code(&mut socket).await, 1000);
    assert_eq!(api.disconnected().await.0, 1000);
    let again = api.client.delete_connection().connection_id(id).send().await.unwrap_err();
    assert!(again.into_service_error().is_gone_exception());
}

#[tokio::test]
async fn a_client_that_does_not_read_is_sent_nothing_more_and_holds_up_nobody() {
    let mut api = api(SocketLimits::default()).await;
    let (mut idle, deaf) = api.connect().await;
    let (mut socket, context) = api.connect().await;
    let id = deaf["connectionId"].as_str().unwrap();
    let outlet = api.sockets.0.hub.find(id).unwrap();
    let large = axum::body::Bytes::from(vec![b'x'; MAX_FRAME]);
    while outlet.send(outgoing::frame(large.clone())).await.is_ok() {}
    let full = api.post(&deaf["connectionId"], &large);
    let others = async {
        loop {
            let post = api.post(&context["connectionId"], b"hi");
            tokio::time::timeout(Duration::from_millis(900), post).await.unwrap().unwrap();
            assert_eq!(text(&mut socket).await, "hi");
        }
    };
    tokio::select! {
        outcome = full => assert!(outcome.unwrap_err().starts_with("LimitExceeded")),
        () = others => {}
    }
    api.client.delete_connection().connection_id(id).send().await.unwrap();
    assert_eq!(api.disconnected().await.0, 1000);
    while let Some(Ok(_)) = idle.next().await {}
}
