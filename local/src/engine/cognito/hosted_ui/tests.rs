//! The hosted sign-in as a browser and a client see it.

mod browser;
mod codes;
mod google;
mod pages;

use std::collections::BTreeMap;
use std::sync::Mutex;

use ::tests::http::Http;
use dynoxide::Database;
use serde_json::{Value, json};
use url::{Url, form_urlencoded};

use super::*;
use crate::engine::cognito::names::hash;
use crate::engine::cognito::totp::SoftwareToken;
use crate::engine::cognito::{Settings, now};
use crate::engine::documents::Documents;
use crate::outbox::Outbox;

const PASSWORD: &str = "Correct horse 1";
const VERIFIER: &str = "a-verifier-of-more-than-43-letters-0123456789";
const CALLBACK: &str = "http://127.0.0.1:9/callback";

/// A hosted sign-in of its own, and one browser.
struct Site {
    pool: Arc<UserPool>,
    url: String,
    cookies: Mutex<BTreeMap<String, String>>,
}

/// What a server said.
struct Page {
    status: u16,
    headers: http::HeaderMap,
    body: String,
}

impl Site {
    async fn new(settings: Settings) -> Self {
        let documents = Documents::open(Database::memory().unwrap()).unwrap();
        let outbox = Arc::new(Outbox::open(documents.clone()).unwrap());
        let pool = Arc::new(UserPool::open(documents, outbox, settings).unwrap());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(axum::serve(listener, router(Arc::clone(&pool))).into_future());
        Self { pool, url, cookies: Mutex::default() }
    }

    /// With an account `ann`.
    async fn with_ann() -> Self {
        let site = Self::new(Settings::default()).await;
        site.sign_up("ann");
        site
    }

    fn call(&self, operation: &str, input: &Value) -> Value {
        let output = self.pool.call(operation, input.to_string().as_bytes()).unwrap();
        serde_json::from_slice(&output).unwrap()
    }

    fn sign_up(&self, username: &str) {
        let attributes = json!([{ "Name": "email", "Value": "ann@example.com" }]);
        self.call(
            "SignUp",
            &json!({
                "ClientId": self.pool.client_id(),
                "Username": username,
                "Password": PASSWORD,
                "UserAttributes": attributes,
            }),
        );
    }

    /// What a client asks for, with `changes`: an empty value leaves a parameter out.
    fn query(&self, changes: &[(&str, &str)]) -> String {
        let challenge = hash(VERIFIER);
        let mut parameters = BTreeMap::from([
            ("response_type", "code"),
            ("client_id", self.pool.client_id()),
            ("redirect_uri", CALLBACK),
            ("state", "a state&more"),
            ("code_challenge", challenge.as_str()),
            ("code_challenge_method", "S256"),
        ]);
        parameters.extend(changes.iter().copied());
        parameters.retain(|_, value| !value.is_empty());
        form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish()
    }

    async fn send(&self, method: &str, path: &str, form: Option<&[(&str, &str)]>) -> Page {
        let cookies: Vec<_> = self.cookies.lock().unwrap().clone().into_iter().collect();
        let cookies = cookies.iter().map(|(name, value)| format!("{name}={value}"));
        let cookies = cookies.collect::<Vec<_>>().join("; ");
        let body = form.map(|form| {
            form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish()
        });
        let request = http::Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.url))
            .header("cookie", cookies)
            .header("content-type", "application/x-www-form-urlencoded");
        let request = request.body(body.unwrap_or_default().into()).unwrap();
        let response = Http::new().unwrap().send(request).await.unwrap();
        let (head, body) = response.into_parts();
        for cookie in head.headers.get_all("set-cookie") {
            let cookie = cookie.to_str().unwrap();
            assert!(cookie.ends_with("HttpOnly; SameSite=Lax"), "{cookie}");
            let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
            self.cookies.lock().unwrap().insert(name.to_owned(), value.to_owned());
        }
        let body = String::from_utf8(body.to_vec()).unwrap();
        Page { status: head.status.as_u16(), headers: head.headers, body }
    }

    async fn get(&self, path: &str) -> Page {
        self.send("GET", path, None).await
    }

    /// Fills in the form of `path`, with the secret that the page has.
    async fn fill_in(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        let page = self.get(path).await;
        self.submit(path, &page, fields).await
    }

    /// Sends `page` back to `path`, filled in.
    async fn submit(&self, path: &str, page: &Page, fields: &[(&str, &str)]) -> Page {
        let (token, session) = (page.hidden("_csrf").unwrap(), page.hidden("session"));
        let mut form = vec![("_csrf", token.as_str())];
        form.extend(session.as_ref().map(|session| ("session", session.as_str())));
        form.extend(fields);
        self.send("POST", path, Some(&form)).await
    }

    fn login(&self) -> String {
        format!("{PATH}/login?{}", self.query(&[]))
    }

    /// Signs `ann` in with a request that has `changes`; the code.
    async fn code(&self, changes: &[(&str, &str)]) -> String {
        let path = format!("{PATH}/login?{}", self.query(changes));
        let fields = [("username", "ann"), ("password", PASSWORD)];
        self.fill_in(&path, &fields).await.code()
    }

    /// Exchanges `code` in a request that has `changes`.
    async fn exchange(&self, code: &str, changes: &[(&str, &str)]) -> (u16, Value) {
        let mut form = BTreeMap::from([
            ("grant_type", "authorization_code"),
            ("client_id", self.pool.client_id()),
            ("code", code),
            ("redirect_uri", CALLBACK),
            ("code_verifier", VERIFIER),
        ]);
        form.extend(changes.iter().copied());
        form.retain(|_, value| !value.is_empty());
        self.post("/oauth2/token", &form.into_iter().collect::<Vec<_>>()).await
    }

    async fn post(&self, path: &str, form: &[(&str, &str)]) -> (u16, Value) {
        let page = self.send("POST", &format!("{PATH}{path}"), Some(form)).await;
        (page.status, serde_json::from_str(&page.body).unwrap_or_default())
    }

    fn app(&self, tokens: &Value) -> SoftwareToken {
        let access_token = &tokens["access_token"];
        self.call("AssociateSoftwareToken", &json!({ "AccessToken": access_token }));
        let app = self.software_token();
        let code = app.code_at(now() - 30);
        self.call("VerifySoftwareToken", &json!({ "AccessToken": access_token, "UserCode": code }));
        let on = json!({ "Enabled": true });
        self.call(
            "SetUserMFAPreference",
            &json!({ "AccessToken": access_token, "SoftwareTokenMfaSettings": on }),
        );
        app
    }

    fn software_token(&self) -> SoftwareToken {
        self.pool.user("ann").unwrap().unwrap().factors.software_token.unwrap()
    }
}

impl Page {
    fn location(&self) -> Url {
        assert_eq!(self.status, 302, "{}", self.body);
        let location = self.headers["location"].to_str().unwrap();
        Url::parse("http://site/").unwrap().join(location).unwrap()
    }

    fn code(&self) -> String {
        self.parameter("code").unwrap()
    }

    /// Of the address that it leads to.
    fn parameter(&self, name: &str) -> Option<String> {
        let location = self.location();
        let mut pairs = location.query_pairs();
        pairs.find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    }

    /// The value of a hidden field.
    fn hidden(&self, name: &str) -> Option<String> {
        let (_, rest) = self.body.split_once(&format!("name=\"{name}\" value=\""))?;
        Some(rest.split_once('"')?.0.to_owned())
    }
}
