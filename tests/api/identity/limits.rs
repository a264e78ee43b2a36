//! How many may register, and what one may do who has not confirmed it.

use serde_json::json;
use tests::{Backend, PASSWORD, Reply, unique};

use super::sign_in;

async fn register(backend: &Backend, username: &str) -> Reply {
    let email = format!("{}@example.com", unique("ada"));
    let body = json!({ "username": username, "email": email, "password": PASSWORD });
    backend.anyone().post("/v1/register", body).await
}

#[tokio::test]
async fn from_one_address_so_many_register_and_no_more() {
    let backend = Backend::private(|options| options.registration_limit = Some(3)).await;
    let name = unique("ada");
    register(&backend, &name).await.expect(201);
    // To ask for names counts, too: it tells whether they are taken.
    register(&backend, &name).await.problem(409, "username-taken");
    // What is not well-formed asks for nothing.
    register(&backend, "a b").await.refused(422);
    register(&backend, &unique("ada")).await.expect(201);

    let beyond = unique("ada");
    let refused = register(&backend, &beyond).await;
    let wait: u64 = refused.header("retry-after").parse().unwrap();
    assert!((1..=3_600).contains(&wait), "{wait}");
    assert_eq!(refused.header("ratelimit-policy"), "\"default\";q=3;w=3600");
    refused.problem(429, "too-many-requests");
    sign_in(&backend, &beyond, PASSWORD).await.problem(401, "bad-credentials");
    // Who is there already is not concerned.
    sign_in(&backend, &name, PASSWORD).await.expect(200);
}

#[tokio::test]
async fn whoever_has_not_confirmed_has_no_token_to_do_anything_with() {
    let backend = Backend::private(|options| options.confirm_registration = true).await;
    let name = unique("ada");
    register(&backend, &name).await.expect(201);
    let refused = sign_in(&backend, &name, PASSWORD).await;
    assert_eq!(refused.body.get("accessToken"), None);
    refused.problem(403, "not-confirmed");
}

#[tokio::test]
async fn the_names_of_those_who_come_by_google_are_not_to_be_had() {
    for name in ["google_1234567890", "Google_1234567890"] {
        let refused = register(Backend::shared().await, name).await.refused(422);
        refused.naming(&["/username"]);
    }
}
