//! Accounts beyond registering and signing in: challenges, the second factor, passwords, signing out, coming by Google, and
//! leaving.

mod authenticator;
mod browser;
mod challenge;
mod export;
mod hosted;
mod leaving;
mod limits;
mod mfa;
mod passwords;
mod sign_out;

use serde_json::{Value, json};
use tests::{Backend, PASSWORD, Reply, unique};

/// A password that nobody has yet.
const OTHER_PASSWORD: &str = "Other-Horse-2";

/// A local server with an outbox of its own: for codes that are mailed, and for what the emulator of the deployment gate
/// takes less strictly than Cognito.
async fn local_backend() -> Backend {
    Backend::private(|_| {}).await
}

/// Registers somebody with an address of their own.
async fn register(backend: &Backend) -> String {
    let name = unique("ada");
    let email = format!("{name}@example.com");
    let body = json!({ "username": name, "email": email, "password": PASSWORD });
    backend.anyone().post("/v1/register", body).await.expect(201);
    name
}

async fn sign_in(backend: &Backend, username: &str, password: &str) -> Reply {
    let body = json!({ "username": username, "password": password });
    backend.anyone().post("/v1/authenticate", body).await
}

async fn refresh(backend: &Backend, tokens: &Value) -> Reply {
    let body = json!({ "refreshToken": tokens["refreshToken"] });
    backend.anyone().post("/v1/authenticate/refresh", body).await
}
