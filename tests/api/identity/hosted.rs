//! `POST /v1/authenticate/code`: what is a code, and what is none; and who comes by Google for the first time.

use futures_util::future::join_all;
use serde_json::Value;
use tests::{Backend, PASSWORD, Person, keys, unique};

use super::browser::{self, VERIFIER, exchange, exchange_with, home};
use super::refresh;

/// A backend with pages of its own.
async fn backend() -> Backend {
    Backend::private(|_| {}).await
}

/// The profile of whoever has these tokens.
async fn me(backend: &Backend, tokens: &Value) -> Value {
    let client = backend.anyone().with_token(tokens["accessToken"].as_str().unwrap());
    client.get("/v1/users/me").await.expect(200).body.clone()
}

#[tokio::test]
async fn who_comes_by_google_has_a_profile_from_the_first_time_on() {
    let backend = backend().await;
    let name = unique("ada");
    let email = format!("{}@example.com", unique("address"));
    let called = format!("{} ♞", name.to_uppercase());
    let code = browser::google(&backend, &email, &called).await;
    let tokens = exchange(&backend, &code).await.expect(200);
    let all = ["accessToken", "expiresIn", "idToken", "refreshToken", "tokenType"];
    assert_eq!(keys(&tokens.body), all);
    let first = me(&backend, &tokens.body).await;
    assert_eq!(first["username"], name);
    assert_eq!(first["displayName"], called);

    let code = browser::google(&backend, &email, &called).await;
    let again = exchange(&backend, &code).await.expect(200);
    assert_eq!(me(&backend, &again.body).await, first);
    let refreshed = refresh(&backend, &again.body).await.expect(200);
    assert_eq!(me(&backend, &refreshed.body).await, first);
}

#[tokio::test]
async fn of_many_first_uses_at_once_comes_one_profile() {
    let backend = backend().await;
    let email = format!("{}@example.com", unique("ada"));
    let codes = join_all((0..5).map(|_| browser::google(&backend, &email, "Ada"))).await;
    let exchanges = join_all(codes.iter().map(|code| exchange(&backend, code))).await;
    let mut profiles = Vec::new();
    for reply in exchanges {
        profiles.push(me(&backend, &reply.expect(200).body).await);
    }
    assert!(profiles.windows(2).all(|two| two[0] == two[1]), "{profiles:?}");
}

#[tokio::test]
async fn a_name_that_is_taken_gets_digits() {
    let backend = backend().await;
    let ada = Person::new(&backend).await;
    let mut names = vec![ada.username.clone()];
    for host in ["one.example", "two.example"] {
        let email = format!("somebody@{host}");
        let code = browser::google(&backend, &email, &ada.username).await;
        let tokens = exchange(&backend, &code).await.expect(200);
        let profile = me(&backend, &tokens.body).await;
        assert_ne!(profile["userId"], ada.id);
        names.push(profile["username"].as_str().unwrap().to_owned());
    }
    let digits = |name: &String| name.strip_prefix(&ada.username).unwrap().to_owned();
    let digits: Vec<String> = names[1..].iter().map(digits).collect();
    assert!(digits.iter().all(|d| !d.is_empty() && d.bytes().all(|c| c.is_ascii_digit())));
    assert_ne!(digits[0], digits[1]);
}

#[tokio::test]
async fn who_registered_comes_to_their_own_account() {
    let backend = backend().await;
    let ada = Person::new(&backend).await;
    let code = browser::password(&backend, &ada.username, PASSWORD).await;
    let tokens = exchange(&backend, &code).await.expect(200);
    assert_eq!(me(&backend, &tokens.body).await["userId"], ada.id);
}

#[tokio::test]
async fn a_code_is_good_once_and_with_its_proof_key_alone() {
    let backend = backend().await;
    let ada = Person::new(&backend).await;
    let code = browser::password(&backend, &ada.username, PASSWORD).await;
    exchange(&backend, &code).await.expect(200);
    exchange(&backend, &code).await.problem(401, "bad-credentials");

    let code = browser::password(&backend, &ada.username, PASSWORD).await;
    let other = VERIFIER.to_lowercase();
    let refused = exchange_with(&backend, &code, &home(&backend), &other).await;
    refused.problem(401, "bad-credentials");
    // Whoever guessed has used it up.
    exchange(&backend, &code).await.problem(401, "bad-credentials");
}

#[tokio::test]
async fn a_code_is_good_where_the_browser_was_sent_to() {
    let backend = backend().await;
    let ada = Person::new(&backend).await;
    let code = browser::password(&backend, &ada.username, PASSWORD).await;
    let elsewhere = home(&backend).replace("127.0.0.1", "localhost");
    let refused = exchange_with(&backend, &code, &elsewhere, VERIFIER).await;
    refused.problem(401, "bad-credentials");
}

#[tokio::test]
async fn what_is_no_code_lets_nobody_in() {
    let backend = backend().await;
    let long = "x".repeat(5_000);
    for code in ["nonsense", "", "a b&c", "00000000-0000-4000-8000-000000000000", &long] {
        exchange(&backend, code).await.problem(401, "bad-credentials");
    }
}

#[tokio::test]
async fn people_are_sent_to_known_places_alone() {
    let backend = backend().await;
    let url = backend.url();
    let (other, query) = (format!("{url}/other"), format!("{url}/?x"));
    for foreign in ["https://evil.example/", url, &other, &query, "", "javascript:0"] {
        let refused = exchange_with(&backend, "code", foreign, VERIFIER).await;
        refused.refused(422).naming(&["/redirectUri"]);
    }
}

#[tokio::test]
async fn a_proof_key_is_one_that_nobody_guesses() {
    let backend = backend().await;
    let (long, padded) = ("x".repeat(129), format!("{VERIFIER}="));
    for weak in ["", "short", &VERIFIER[1..], &long, &padded] {
        let refused = exchange_with(&backend, "code", &home(&backend), weak).await;
        refused.refused(422).naming(&["/codeVerifier"]);
    }
}
