//! `POST /v1/authenticate/code`: what is no code.

use serde_json::json;
use tests::{Backend, Reply};

/// A proof key of the least length.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

async fn exchange(backend: &Backend, code: &str, redirect_uri: &str, verifier: &str) -> Reply {
    let body = json!({ "code": code, "redirectUri": redirect_uri, "codeVerifier": verifier });
    backend.anyone().post("/v1/authenticate/code", body).await
}

#[tokio::test]
async fn what_is_no_code_lets_nobody_in() {
    let backend = Backend::private(|_| {}).await;
    let home = format!("{}/", backend.url());
    for code in ["nonsense", "", "a b", "00000000-0000-4000-8000-000000000000", &"x".repeat(5_000)]
    {
        let refused = exchange(&backend, code, &home, VERIFIER).await;
        refused.problem(401, "bad-credentials");
    }
}

#[tokio::test]
async fn people_are_sent_to_known_places_alone() {
    let backend = Backend::private(|_| {}).await;
    let url = backend.url();
    for foreign in [
        "https://evil.example/",
        url,
        &format!("{url}/other"),
        &format!("{url}/?x"),
        "",
        "javascript:0",
    ] {
        let refused = exchange(&backend, "code", foreign, VERIFIER).await;
        refused.refused(422).naming(&["/redirectUri"]);
    }
}

#[tokio::test]
async fn a_proof_key_is_one_that_nobody_guesses() {
    let backend = Backend::private(|_| {}).await;
    let home = format!("{}/", backend.url());
    for weak in ["", "short", &VERIFIER[1..], &"x".repeat(129), &format!("{VERIFIER}=")] {
        let refused = exchange(&backend, "code", &home, weak).await;
        refused.refused(422).naming(&["/codeVerifier"]);
    }
}
