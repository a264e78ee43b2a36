//! Requests, as any client would make them.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};
use http::{Method, StatusCode};
use serde_json::Value;
use url::form_urlencoded;

use crate::contract::deviation;
use crate::http::Http;
use crate::reply::Reply;
use crate::runtime;

/// Talks to a backend, signed in or not.
#[derive(Debug, Clone)]
pub struct Client {
    url: Arc<str>,
    token: Option<Arc<str>>,
    /// Whether it waits and repeats where an answer asks for that: a deployment has flood control, and may be busy; of the
    /// local server a test wants to see it.
    patient: bool,
}

/// How often a patient client repeats what was answered with 503.
const BUSY_REPEATS: u32 = 5;

/// A request that is being put together.
#[derive(Debug, Clone)]
pub struct Request {
    method: Method,
    url: String,
    headers: HeaderMap,
    body: Vec<u8>,
    patient: bool,
}

impl Client {
    pub(crate) fn new(url: Arc<str>, patient: bool) -> Self {
        Self { url, token: None, patient }
    }

    /// The same client with another access token.
    #[must_use]
    pub fn with_token(&self, token: &str) -> Self {
        Self { token: Some(token.into()), ..self.clone() }
    }

    /// `GET`; `path` may have a query.
    pub async fn get(&self, path: &str) -> Reply {
        self.request(Method::GET, path).send().await
    }

    /// `GET` with a query, whose values are escaped; it is added to what `path` has.
    pub async fn query(&self, path: &str, query: &[(&str, &str)]) -> Reply {
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(query).finish();
        let sign = if path.contains('?') { '&' } else { '?' };
        self.get(&format!("{path}{sign}{query}")).await
    }

    /// `POST`.
    pub async fn post(&self, path: &str, body: impl Into<Option<Value>>) -> Reply {
        self.request(Method::POST, path).optional_json(body.into()).send().await
    }

    /// `PUT`.
    pub async fn put(&self, path: &str, body: impl Into<Option<Value>>) -> Reply {
        self.request(Method::PUT, path).optional_json(body.into()).send().await
    }

    /// `PATCH`.
    pub async fn patch(&self, path: &str, body: impl Into<Option<Value>>) -> Reply {
        self.request(Method::PATCH, path).optional_json(body.into()).send().await
    }

    /// `DELETE`.
    pub async fn delete(&self, path: &str) -> Reply {
        self.request(Method::DELETE, path).send().await
    }

    /// Any request.
    #[must_use]
    pub fn request(&self, method: Method, path: &str) -> Request {
        let url = format!("{}{path}", self.url);
        let request =
            Request { method, url, headers: HeaderMap::new(), body: vec![], patient: self.patient };
        match &self.token {
            Some(token) => request.header(AUTHORIZATION, &format!("Bearer {token}")),
            None => request,
        }
    }

    /// Every item of a list, page by page: `name` is where a page holds its items.
    pub async fn pages(&self, path: &str, name: &str, limit: usize) -> Vec<Value> {
        let (limit_text, mut items, mut cursors) = (limit.to_string(), Vec::new(), Vec::new());
        loop {
            let mut query = vec![("limit", limit_text.as_str())];
            query.extend(cursors.last().map(|cursor: &String| ("cursor", cursor.as_str())));
            let page = self.query(path, &query).await.expect(200);
            let found = page[name].as_array().expect("a list of items");
            assert!(found.len() <= limit, "more than {limit} items: {page}");
            items.extend(found.iter().cloned());
            let Some(cursor) = page.body.get("nextCursor") else { return items };
            let cursor = cursor.as_str().expect("a cursor is text").to_owned();
            assert!(!cursors.contains(&cursor), "the cursor leads in a circle: {page}");
            cursors.push(cursor);
        }
    }
}

impl Request {
    /// With a header; another value for one that is there already.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: &str) -> Self {
        self.headers.insert(name, HeaderValue::from_str(value).expect("a header's value"));
        self
    }

    /// With a JSON body.
    #[must_use]
    pub fn json(self, body: &Value) -> Self {
        self.header(CONTENT_TYPE, "application/json").bytes(body.to_string())
    }

    /// With these bytes as its body, and no content type of its own.
    #[must_use]
    pub fn bytes(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    pub(crate) fn method(&self) -> &Method {
        &self.method
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    pub(crate) fn body(&self) -> &[u8] {
        &self.body
    }

    /// Where it goes: name and port.
    pub(crate) fn host(&self) -> &str {
        let rest = self.url.split_once("://").map_or(self.url.as_str(), |(_, rest)| rest);
        rest.split('/').next().unwrap_or_default()
    }

    fn optional_json(self, body: Option<Value>) -> Self {
        match body {
            Some(body) => self.json(&body),
            None => self,
        }
    }

    /// Sends it. The answer is as the contract has it.
    pub async fn send(self) -> Reply {
        let mut busy = 0;
        loop {
            let reply = runtime::run(self.clone().once()).await;
            if let Some(deviation) = deviation(&self.method, &self.url, &reply) {
                panic!("{deviation}\n{reply}");
            }
            busy += u32::from(reply.status == StatusCode::SERVICE_UNAVAILABLE);
            let again = match reply.status {
                StatusCode::TOO_MANY_REQUESTS => self.patient,
                StatusCode::SERVICE_UNAVAILABLE => self.patient && busy <= BUSY_REPEATS,
                _ => false,
            };
            if !again {
                return reply;
            }
            eprintln!("waits, and repeats:\n{reply}");
            // What both ask of a client.
            let seconds = reply.headers[RETRY_AFTER].to_str().ok().and_then(|s| s.parse().ok());
            tokio::time::sleep(Duration::from_secs(seconds.expect("whole seconds"))).await;
        }
    }

    async fn once(self) -> Reply {
        static HTTP: OnceLock<Http> = OnceLock::new();
        let http = HTTP.get_or_init(|| Http::new().expect("an HTTP client"));
        let asked = self.describe();
        let mut request = http::Request::new(self.body);
        *request.method_mut() = self.method;
        *request.uri_mut() = self.url.parse().expect("a URL");
        *request.headers_mut() = self.headers;
        let answer = http.send(request).await.unwrap_or_else(|error| panic!("{asked}: {error:?}"));
        let (status, headers) = (answer.status(), answer.headers().clone());
        let text = String::from_utf8_lossy(answer.body()).into_owned();
        Reply::new(asked, status, headers, text)
    }

    /// The request in a line, for a test that fails.
    fn describe(&self) -> String {
        let body: String = String::from_utf8_lossy(&self.body).chars().take(300).collect();
        format!("{} {} {body}", self.method, self.url)
    }
}
