//! Tokens that are none: 401 on every route that asks for one.

use std::time::{SystemTime, UNIX_EPOCH};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::{hmac, signature};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use http::header::AUTHORIZATION;
use local::engine::{documents::Documents, dynamodb};
use serde_json::{Value, json};
use tests::{Backend, Person};

use super::world::World;
use crate::routes::{self, Route};

/// A JSON Web Token, taken apart.
struct Token {
    header: Value,
    claims: Value,
    signature: String,
}

impl Token {
    fn of(person: &Person) -> Self {
        let token = person.tokens["accessToken"].as_str().unwrap();
        let parts: Vec<&str> = token.split('.').collect();
        let read = |part| {
            let json = URL_SAFE_NO_PAD.decode(part).unwrap();
            serde_json::from_slice(&json).unwrap()
        };
        Self { header: read(parts[0]), claims: read(parts[1]), signature: parts[2].to_owned() }
    }

    fn content(&self) -> String {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        format!("{}.{}", part(&self.header), part(&self.claims))
    }

    /// The token with the signature that it came with.
    fn text(&self) -> String {
        format!("{}.{}", self.content(), self.signature)
    }

    fn with_header(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.header[name] = value.into();
        self
    }

    fn with_claim(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.claims[name] = value.into();
        self
    }

    fn with_signature(mut self, signature: &str) -> Self {
        signature.clone_into(&mut self.signature);
        self
    }

    /// The token signed with RS256.
    fn signed(&self, key: &KeyPair) -> String {
        let content = self.content();
        let mut signed = vec![0; key.public_modulus_len()];
        let padding = &signature::RSA_PKCS1_SHA256;
        key.sign(padding, &SystemRandom::new(), content.as_bytes(), &mut signed).unwrap();
        format!("{content}.{}", URL_SAFE_NO_PAD.encode(signed))
    }

    /// The token signed with HS256.
    fn signed_with_secret(&self, secret: &[u8]) -> String {
        let content = self.content();
        let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), content.as_bytes());
        format!("{content}.{}", URL_SAFE_NO_PAD.encode(tag))
    }
}

/// Sends a request with each of these to every protected route: all must be refused and change nothing.
async fn all_are_refused(backend: &Backend, world: &World, authorizations: &[String]) {
    let before = world.look().await;
    for route in routes::all().iter().filter(|route| route.is_protected) {
        for authorization in authorizations {
            send(backend, world, route, Some(authorization)).await.turned_away(401);
        }
        assert_eq!(world.look().await, before, "{}", route.key);
    }
}

async fn send(
    backend: &Backend,
    world: &World,
    route: &Route,
    authorization: Option<&str>,
) -> tests::Reply {
    let request = backend.anyone().request(route.method(), &world.path(route));
    let request = match authorization {
        Some(authorization) => request.header(AUTHORIZATION, authorization),
        None => request,
    };
    match world.body(route) {
        Some(body) => request.json(&body).send().await,
        None => request.send().await,
    }
}

fn bearer(tokens: impl IntoIterator<Item = String>) -> Vec<String> {
    tokens.into_iter().map(|token| format!("Bearer {token}")).collect()
}

#[tokio::test]
async fn without_a_token_nothing_is_done() {
    let backend = Backend::shared().await;
    let world = World::new(backend).await;
    let before = world.look().await;
    for route in routes::all().iter().filter(|route| route.is_protected) {
        send(backend, &world, route, None).await.turned_away(401);
    }
    assert_eq!(world.look().await, before);
    let token = world.alice.tokens["accessToken"].as_str().unwrap();
    let nonsense = ["Bearer", "Bearer x", "Bearer a.b.c", "Bearer ..", "Basic YWRhOnB3"];
    let nonsense = nonsense.map(str::to_owned).into_iter().chain([format!("Basic {token}")]);
    all_are_refused(backend, &world, &nonsense.collect::<Vec<_>>()).await;
}

#[tokio::test]
async fn no_other_token_takes_the_place_of_an_access_token() {
    let backend = Backend::shared().await;
    let world = World::new(backend).await;
    let others = ["idToken", "refreshToken"].map(|name| &world.alice.tokens[name]);
    let others = others.map(|token| token.as_str().unwrap().to_owned());
    all_are_refused(backend, &world, &bearer(others)).await;
}

#[tokio::test]
async fn a_token_that_was_changed_is_refused() {
    let backend = Backend::shared().await;
    let world = World::new(backend).await;
    let token = || Token::of(&world.alice);
    let unsigned = |algorithm: &str| token().with_header("alg", algorithm).with_signature("");
    let mut flipped = token().signature.into_bytes();
    flipped[9] = if flipped[9] == b'A' { b'B' } else { b'A' };
    let stranger = KeyPair::generate(KeySize::Rsa2048).unwrap();
    let hs256 = token().with_header("alg", "HS256");
    let client_id = hs256.claims["client_id"].to_string();
    all_are_refused(
        backend,
        &world,
        &bearer([
            token().with_claim("sub", world.bob.id.as_str()).text(),
            token().with_claim("exp", 4_102_444_800_u64).text(),
            token().with_signature("").text(),
            token().with_signature(&String::from_utf8(flipped).unwrap()).text(),
            unsigned("none").text(),
            unsigned("None").text(),
            unsigned("none").content(),
            token().with_header("alg", "none").text(),
            token().signed(&stranger),
            token().with_header("kid", "other").signed(&stranger),
            hs256.signed_with_secret(b"secret"),
            hs256.signed_with_secret(b"\0"),
            hs256.signed_with_secret(client_id.as_bytes()),
        ]),
    )
    .await;
    // Put together again without a change it is as long; elsewhere JSON may be written with other spaces.
    if backend.server().is_some() {
        let length = world.alice.tokens["accessToken"].as_str().unwrap().len();
        assert_eq!(token().text().len(), length);
    }
    world.alice.get("/v1/users/me").await.expect(200);
}

#[tokio::test]
async fn a_token_of_another_deployment_is_refused() {
    let backend = Backend::shared().await;
    let world = World::new(backend).await;
    let other = Backend::private(|_| {}).await;
    let [eve] = tests::people(&other).await;
    let token = eve.tokens["accessToken"].as_str().unwrap().to_owned();
    all_are_refused(backend, &world, &bearer([token])).await;
}

/// The key with which the server of `data`, which is not running, signs its tokens.
fn signing_key(data: &std::path::Path) -> KeyPair {
    let database = dynamodb::open(&data.join("chinwag.sqlite")).unwrap();
    let documents = Documents::open(database).unwrap();
    let identity: Value = documents.get("pool", "identity").unwrap().unwrap();
    let key = STANDARD.decode(identity["signingKey"].as_str().unwrap()).unwrap();
    KeyPair::from_pkcs8(&key).unwrap()
}

#[tokio::test]
async fn a_token_of_ours_that_is_not_good_now_and_here_is_refused() {
    let data = tempfile::tempdir().unwrap();
    let backend = Backend::start(local::Options::new(data.path())).await;
    let [alice] = tests::people(&backend).await;
    backend.stop().await;
    let key = signing_key(data.path());
    let backend = Backend::start(local::Options::new(data.path())).await;

    let me = async |token: Token| {
        let client = backend.anyone().with_token(&token.signed(&key));
        client.get("/v1/users/me").await
    };
    let token = || Token::of(&alice);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    me(token().with_claim("exp", now + 60)).await.expect(200);
    let elsewhere = "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_other";
    for (claim, value) in [
        ("exp", json!(now - 1)),
        ("exp", json!(now - 1_000_000)),
        ("exp", Value::Null),
        ("iss", json!(elsewhere)),
        ("client_id", json!("other")),
        ("token_use", json!("id")),
        ("sub", Value::Null),
    ] {
        me(token().with_claim(claim, value)).await.turned_away(401);
    }
}
