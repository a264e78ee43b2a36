//! What a browser does at the hosted sign-in of the local server: it loads a page, sends its form back, and is sent to the
//! client with a code.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::Method;
use http::header::{CONTENT_TYPE, COOKIE, SET_COOKIE};
use serde_json::{Value, json};
use tests::{Backend, Person, Reply};
use url::{Url, form_urlencoded};

/// A proof key and what a sign-in with it begins with (RFC 7636, appendix B).
pub const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// Where the local server's client is.
pub fn home(backend: &Backend) -> String {
    format!("{}/", backend.url())
}

/// The code that somebody comes back with who says to Google that they are `name` with this address.
pub async fn google(backend: &Backend, email: &str, name: &str) -> String {
    fill_in(backend, "/local/google", &[("email", email), ("name", name)]).await
}

/// The code that somebody comes back with who signs in by user name and password.
pub async fn password(backend: &Backend, username: &str, password: &str) -> String {
    let fields = [("username", username), ("password", password)];
    fill_in(backend, "/local/hosted-ui/login", &fields).await
}

/// Exchanges a code as the client does that began the sign-in.
pub async fn exchange(backend: &Backend, code: &str) -> Reply {
    exchange_with(backend, code, &home(backend), VERIFIER).await
}

/// Exchanges a code.
pub async fn exchange_with(
    backend: &Backend,
    code: &str,
    redirect_uri: &str,
    verifier: &str,
) -> Reply {
    let body = json!({ "code": code, "redirectUri": redirect_uri, "codeVerifier": verifier });
    backend.anyone().post("/v1/authenticate/code", body).await
}

async fn fill_in(backend: &Backend, page: &str, fields: &[(&str, &str)]) -> String {
    let client_id = client_id(backend).await;
    let query = form(&[
        ("response_type", "code"),
        ("client_id", &client_id),
        ("redirect_uri", &home(backend)),
        ("scope", "openid email profile aws.cognito.signin.user.admin"),
        ("state", "a state"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ]);
    let page = format!("{page}?{query}");
    let shown = backend.anyone().get(&page).await;
    assert_eq!(shown.status, 200, "{shown}");
    let (_, rest) = shown.body.as_str().unwrap().split_once("name=\"_csrf\" value=\"").unwrap();
    let secret = rest.split_once('"').unwrap().0;
    let cookie = shown.headers[SET_COOKIE].to_str().unwrap().split(';').next().unwrap();

    let fields: Vec<_> = fields.iter().copied().chain([("_csrf", secret)]).collect();
    let request = backend.anyone().request(Method::POST, &page);
    let request = request.header(COOKIE, cookie);
    let request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
    let sent = request.bytes(form(&fields)).send().await;
    assert!(sent.status.is_redirection(), "{sent}");
    let back: Url = sent.header("location").parse().unwrap();
    assert!(back.as_str().starts_with(&home(backend)), "{back}");
    let value = |name: &str| back.query_pairs().find(|(found, _)| found == name).unwrap().1;
    assert_eq!(value("state"), "a state");
    value("code").into_owned()
}

/// The app client's, which every token names.
async fn client_id(backend: &Backend) -> String {
    let somebody = Person::new(backend).await;
    let claims = somebody.tokens["accessToken"].as_str().unwrap().split('.').nth(1).unwrap();
    let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap();
    claims["client_id"].as_str().unwrap().to_owned()
}

fn form(fields: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}
