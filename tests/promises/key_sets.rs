//! Tokens for the notifications that are signed with RS256, and the key set that they are checked with, over HTTP: read when a
//! key is new, used while it cannot be read, and never mistaken for a secret.

use std::sync::{Arc, Mutex};

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use tests::notifier::{Notifier, claims, token_of};
use tests::{Backend, eventually, unique};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// Somebody who signs tokens.
struct Signer {
    id: &'static str,
    pair: RsaKeyPair,
}

impl Signer {
    fn new(id: &'static str) -> Self {
        let der = KeyPair::generate(KeySize::Rsa2048).expect("a key").as_der().expect("a key");
        Self { id, pair: RsaKeyPair::from_pkcs8(der.as_ref()).expect("a key") }
    }

    fn public(&self) -> Value {
        let key = self.pair.public_key();
        let number = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        json!({
            "kty": "RSA",
            "kid": self.id,
            "use": "sig",
            "alg": "RS256",
            "n": number(key.modulus().big_endian_without_leading_zero()),
            "e": number(key.exponent().big_endian_without_leading_zero()),
        })
    }

    /// A token of somebody whom nobody has seen.
    fn token(&self) -> String {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let header = part(&json!({ "alg": "RS256", "typ": "JWT", "kid": self.id }));
        let message = format!("{header}.{}", part(&claims(&unique("me"))));
        let mut signature = vec![0; self.pair.public_modulus_len()];
        let random = SystemRandom::new();
        let signed = self.pair.sign(&RSA_PKCS1_SHA256, &random, message.as_bytes(), &mut signature);
        signed.expect("a signature");
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

/// What a URL answers; none: that it is out of order.
#[derive(Clone, Default)]
struct Published(Arc<Mutex<Option<Value>>>);

impl Published {
    fn set(&self, signers: &[&Signer]) {
        let keys: Vec<Value> = signers.iter().map(|signer| signer.public()).collect();
        *self.0.lock().expect("no panic") = Some(json!({ "keys": keys }));
    }

    fn end(&self) {
        *self.0.lock().expect("no panic") = None;
    }

    /// Answers each request; the URL.
    async fn serve(&self) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}/keys", listener.local_addr().expect("an address"));
        let published = self.clone();
        tokio::spawn(async move {
            while let Ok((mut socket, _)) = listener.accept().await {
                let _ = socket.read(&mut [0; 4_096]).await;
                let keys = published.0.lock().expect("no panic").clone();
                let status = if keys.is_some() { "200 OK" } else { "503 Service Unavailable" };
                let body = keys.unwrap_or_default().to_string();
                let length = body.len();
                let head =
                    format!("HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: {length}");
                let _ = socket.write_all(format!("{head}\r\n\r\n{body}").as_bytes()).await;
            }
        });
        url
    }
}

#[tokio::test]
async fn keys_are_read_when_they_are_new_and_used_while_they_cannot_be_read() {
    let (first, second, stranger) = (Signer::new("1"), Signer::new("2"), Signer::new("1"));
    let published = Published::default();
    published.set(&[&first]);
    let url = published.serve().await;
    let backend = Backend::private(|options| options.messaging_jwks_url = Some(url)).await;
    let status = async |token: &str| {
        let reply = Notifier::bearing(&backend, token).client().get("/v1/templates?limit=1").await;
        reply.status.as_u16()
    };
    assert_eq!(status(&first.token()).await, 200);
    assert_eq!(status(&stranger.token()).await, 403, "another key of the same name");
    let public = first.public().to_string();
    let modulus = first.pair.public_key().as_ref().to_owned();
    for secret in [public.as_bytes(), &modulus] {
        assert_eq!(status(&token_of(&claims(&unique("me")), secret)).await, 403, "no secret");
    }

    published.set(&[&first, &second]);
    let lets_in = async || status(&second.token()).await;
    assert_eq!(eventually(lets_in, |status| *status == 200).await, 200, "a new key");

    published.end();
    assert_eq!(status(&first.token()).await, 200, "a known key");
    let third = Signer::new("3");
    let asked = async || status(&third.token()).await;
    assert_eq!(eventually(asked, |status| *status == 500).await, 500, "nobody knows");
    published.set(&[&third]);
    assert_eq!(eventually(asked, |status| *status == 200).await, 200, "a key after a while");
    assert_eq!(status(&first.token()).await, 403, "a key that is no more");
}
