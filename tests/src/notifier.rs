//! A program that sends notifications, with a token of its own; and what it has sent.

use std::env;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::Method;
use http::header::HeaderName;
use jsonwebtoken::{EncodingKey, Header, encode};
use serde_json::{Value, json};

use crate::backend::Backend;
use crate::client::{Client, Request};
use crate::reply::{Answer, Reply};
use crate::{unique, within};

/// What signs the tokens of a local server.
const LOCAL_SECRET: &str = "local-messaging-api-secret-0123456789";
/// The API key of a local server.
const LOCAL_API_KEY: &str = "local-api-key";

/// How long hundreds of deliveries may take, beside other tests.
const PATIENCE: Duration = Duration::from_mins(1);

/// The configured sender of mail.
pub const EMAIL_SENDER: &str = "sender@example.com";
/// The configured sender of text messages.
pub const SMS_SENDER: &str = "+18005551234";

/// Somebody with a token for the notifications.
#[derive(Debug, Clone)]
pub struct Notifier {
    client: Client,
}

impl Notifier {
    /// Nobody else has this one's subject.
    #[must_use]
    pub fn new(backend: &Backend) -> Self {
        Self::with(backend, &claims(&unique("subject")))
    }

    /// One whose token says `claims`.
    #[must_use]
    pub fn with(backend: &Backend, claims: &Value) -> Self {
        Self::bearing(backend, &token(claims))
    }

    /// One who brings `token`.
    #[must_use]
    pub fn bearing(backend: &Backend, token: &str) -> Self {
        Self { client: backend.anyone().with_token(token) }
    }

    /// The client with the token.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Asks for a notification.
    pub async fn notify(&self, body: &Value) -> Reply {
        self.client.post("/v1/notifications", body.clone()).await
    }

    /// What became of a request.
    pub async fn status(&self, trace_id: &str) -> Reply {
        self.client.get(&format!("/v1/notifications/{trace_id}")).await
    }

    /// What became of a request, once no delivery is on its way any more.
    pub async fn settled(&self, trace_id: &str) -> Answer {
        let status = async || self.status(trace_id).await.expect(200);
        within(PATIENCE, status, |answer| {
            let deliveries = answer["deliveries"].as_array().expect("a list");
            let ended = |delivery: &Value| {
                matches!(delivery["deliveryStatus"].as_str(), Some("DELIVERED" | "FAILED"))
            };
            deliveries.iter().all(ended)
        })
        .await
    }
}

/// The claims of a good token for `subject`.
#[must_use]
pub fn claims(subject: &str) -> Value {
    json!({ "iss": "messaging-api", "sub": subject, "exp": epoch_seconds() + 3_600 })
}

/// Seconds since the epoch.
#[must_use]
pub fn epoch_seconds() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).expect("a time after 1970").as_secs()
}

/// A token that says `claims`, signed as the backend's tokens are.
#[must_use]
pub fn token(claims: &Value) -> String {
    let secret = env::var("CHINWAG_MESSAGING_API_SECRET");
    token_of(claims, secret.as_deref().unwrap_or(LOCAL_SECRET).as_bytes())
}

/// A token that says `claims`, signed with `secret`.
#[must_use]
pub fn token_of(claims: &Value, secret: &[u8]) -> String {
    encode(&Header::default(), claims, &EncodingKey::from_secret(secret)).expect("a token")
}

/// Asks GraphQL with the backend's API key.
pub async fn graphql(backend: &Backend, query: &str, variables: Value) -> Reply {
    graphql_request(backend, &json!({ "query": query, "variables": variables })).send().await
}

/// A request for GraphQL with the backend's API key.
#[must_use]
pub fn graphql_request(backend: &Backend, body: &Value) -> Request {
    let key = env::var("CHINWAG_API_KEY");
    keyed(backend, key.as_deref().unwrap_or(LOCAL_API_KEY), body)
}

/// Asks GraphQL with `key`.
pub async fn graphql_with(backend: &Backend, key: &str, body: &Value) -> Reply {
    keyed(backend, key, body).send().await
}

fn keyed(backend: &Backend, key: &str, body: &Value) -> Request {
    let request = backend.anyone().request(Method::POST, "/v1/graphql");
    request.header(HeaderName::from_static("x-api-key"), key).json(body)
}

/// A message that went out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentOut {
    /// The sender.
    pub from: String,
    /// What a mail is about.
    pub subject: Option<String>,
    /// What it says; of a mail with HTML that.
    pub body: String,
}

/// All that went out to `address`, the newest last.
pub async fn sent_out(backend: &Backend, address: &str) -> Vec<SentOut> {
    if backend.server().is_some() {
        let outbox = backend.anyone().get("/local/outbox").await;
        let messages = outbox.body["messages"].as_array().cloned().unwrap_or_default();
        let to_address = messages.into_iter().filter(|message| message["to"] == address);
        return to_address
            .map(|message| SentOut {
                from: text(&message["from"]).unwrap_or_default(),
                subject: text(&message["subject"]),
                body: text(&message["body"]).unwrap_or_default(),
            })
            .collect();
    }
    if address.starts_with('+') { sent_texts(address).await } else { sent_mails(address).await }
}

async fn sent_mails(address: &str) -> Vec<SentOut> {
    let accounts = elsewhere("CHINWAG_SENT_EMAIL_URL").await["messages"].clone();
    let accounts = accounts.as_object().cloned().unwrap_or_default();
    let mails = accounts.into_iter().filter_map(|(_, mails)| mails.as_array().cloned()).flatten();
    let to_address =
        mails.filter(|mail| mail["To"].to_string().contains(&format!("\"{address}\"")));
    to_address
        .map(|mail| SentOut {
            from: text(&mail["Source"]).unwrap_or_default(),
            subject: text(&mail["Subject"]),
            body: text(&mail["BodyHtml"])
                .filter(|html| !html.is_empty())
                .or_else(|| text(&mail["BodyText"]))
                .unwrap_or_default(),
        })
        .collect()
}

async fn sent_texts(address: &str) -> Vec<SentOut> {
    let texts = elsewhere("CHINWAG_SENT_SMS_URL").await["messages"].clone();
    let texts = texts.as_array().cloned().unwrap_or_default();
    let to_address = texts.into_iter().filter(|sent| sent["DestinationPhoneNumber"] == address);
    to_address
        .map(|sent| SentOut {
            from: text(&sent["OriginationIdentity"]).unwrap_or_default(),
            subject: None,
            body: text(&sent["MessageBody"]).unwrap_or_default(),
        })
        .collect()
}

/// What a deployment's providers have sent, where the variable `name` says.
async fn elsewhere(name: &str) -> Value {
    let url = env::var(name).unwrap_or_else(|_| panic!("{name} says what a deployment has sent"));
    let url = url::Url::parse(&url).expect("a URL");
    let (origin, path) = (url.origin().ascii_serialization(), url.path().to_owned());
    Client::new(origin.into(), false).get(&path).await.body
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

/// A mail address that nobody else has.
#[must_use]
pub fn mail_address() -> String {
    format!("{}@example.com", unique("to"))
}

/// A telephone number that hardly anybody else has.
#[must_use]
pub fn phone_number() -> String {
    format!("+1604{:07}", fastrand::u32(..10_000_000))
}
