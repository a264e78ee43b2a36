//! Requests to a deployment: signed in or not, repeated where that cannot do anything twice.

use std::sync::Arc;
use std::time::Duration;

use backon::{ExponentialBuilder, Retryable};
use http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderName};
use http::{Method, Request};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;
use shared::https::Https;
use url::form_urlencoded;

use crate::error::{Error, Problem, Result};
use crate::session::Session;

/// How long an answer may take: longer than a lambda does.
const PATIENCE: Duration = Duration::from_secs(30);
/// The longest answer, in bytes: a page of what somebody wrote.
const MAX_BYTES: usize = 16 * 1_024 * 1_024;
/// How often a request is repeated before somebody is told.
const REPEATS: usize = 4;
/// The longest wait that a server may ask for without anybody being told.
const LONGEST_WAIT: Duration = Duration::from_secs(10);
/// How many items a page of a list has.
const PAGE: &str = "100";
/// What need not be escaped in a part of a path.
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Talks to a deployment.
#[derive(Clone)]
pub struct Client {
    https: Https,
    url: Arc<str>,
    identity: Identity,
}

/// As whom.
#[derive(Clone)]
enum Identity {
    Nobody,
    /// Whoever has this token.
    Bearer(Arc<str>),
    /// Somebody who is signed in, and stays so.
    Session(Arc<Session>),
}

/// A request.
#[derive(Clone)]
pub struct Call {
    method: Method,
    path: String,
    body: Option<Value>,
    headers: Vec<(HeaderName, String)>,
    repeatable: bool,
}

impl Call {
    /// A request that may be repeated, unless it is a `POST`.
    pub fn new(method: Method, path: impl Into<String>) -> Self {
        let repeatable = method != Method::POST;
        Self { method, path: path.into(), body: None, headers: Vec::new(), repeatable }
    }

    /// `GET`.
    pub fn get(path: impl Into<String>) -> Self {
        Self::new(Method::GET, path)
    }

    /// `POST`.
    pub fn post(path: impl Into<String>, body: Value) -> Self {
        Self::new(Method::POST, path).body(body)
    }

    /// `PUT`.
    pub fn put(path: impl Into<String>) -> Self {
        Self::new(Method::PUT, path)
    }

    /// `DELETE`.
    pub fn delete(path: impl Into<String>) -> Self {
        Self::new(Method::DELETE, path)
    }

    /// With a body.
    pub fn body(self, body: Value) -> Self {
        Self { body: Some(body), ..self }
    }

    /// With one more header.
    pub fn header(mut self, name: HeaderName, value: String) -> Self {
        self.headers.push((name, value));
        self
    }

    /// It has an id of ours, by which the server knows a repeat.
    pub fn repeatable(self) -> Self {
        Self { repeatable: true, ..self }
    }

    /// Whatever becomes of it, it is not repeated.
    pub fn once(self) -> Self {
        Self { repeatable: false, ..self }
    }

    /// The body, as it is sent.
    pub fn text(&self) -> String {
        self.body.as_ref().map(Value::to_string).unwrap_or_default()
    }

    /// What is done to what.
    pub fn method(&self) -> &Method {
        &self.method
    }
}

impl Client {
    /// Talks to the deployment at `url` (without a slash at its end), not signed in.
    pub fn new(url: &str) -> Result<Self> {
        let https = Https::new().map_err(Error::failed)?.with_limits(PATIENCE, MAX_BYTES);
        Ok(Self { https, url: url.into(), identity: Identity::Nobody })
    }

    /// The same with a token.
    pub fn with_token(&self, token: &str) -> Self {
        Self { identity: Identity::Bearer(token.into()), ..self.clone() }
    }

    /// The same as somebody who is signed in.
    pub fn with_session(&self, session: Session) -> Self {
        Self { identity: Identity::Session(Arc::new(session)), ..self.clone() }
    }

    /// Where a request goes.
    pub fn url_of(&self, call: &Call) -> String {
        format!("{}{}", self.url, call.path)
    }

    /// Sends a request, and answers the body of the answer. An access token that is refused is replaced once.
    pub async fn call(&self, call: Call) -> Result<Value> {
        match &self.identity {
            Identity::Nobody => self.call_unsigned(&call).await,
            Identity::Bearer(token) => self.patiently(&call, Some(token)).await,
            Identity::Session(session) => self.within(session, &call).await,
        }
    }

    /// Sends a request as nobody.
    pub async fn call_unsigned(&self, call: &Call) -> Result<Value> {
        self.patiently(call, None).await
    }

    async fn within(&self, session: &Session, call: &Call) -> Result<Value> {
        let token = session.access_token();
        match self.patiently(call, Some(&token)).await {
            Err(error) if error.status() == Some(401) => {
                let token = session.renewed(self, &token).await?;
                self.patiently(call, Some(&token)).await
            }
            answer => answer,
        }
    }

    /// All items of a list, page by page: `name` is where a page holds them.
    pub async fn pages(
        &self,
        path: &str,
        query: &[(&str, &str)],
        name: &str,
    ) -> Result<Vec<Value>> {
        let (mut items, mut cursor) = (Vec::new(), None::<String>);
        loop {
            let mut pairs = form_urlencoded::Serializer::new(String::new());
            pairs.extend_pairs(query).append_pair("limit", PAGE);
            pairs.extend_pairs(cursor.iter().map(|cursor| ("cursor", cursor)));
            let mut page = self.call(Call::get(format!("{path}?{}", pairs.finish()))).await?;
            items.extend(list(&mut page, name));
            match page["nextCursor"].as_str() {
                Some(next) if cursor.as_deref() != Some(next) => cursor = Some(next.to_owned()),
                _ => return Ok(items),
            }
        }
    }

    /// Repeats what may be repeated, for a few seconds.
    async fn patiently(&self, call: &Call, token: Option<&str>) -> Result<Value> {
        let pauses = ExponentialBuilder::default()
            .with_min_delay(Duration::from_millis(100))
            .with_max_times(REPEATS)
            .with_jitter();
        (|| self.once(call, token))
            .retry(pauses)
            .when(|error: &Error| call.repeatable && error.may_pass())
            .adjust(|error, pause| match error.retry_after() {
                Some(wait) if wait > LONGEST_WAIT => None,
                Some(wait) => pause.map(|pause| pause.max(wait)),
                None => pause,
            })
            .await
    }

    async fn once(&self, call: &Call, token: Option<&str>) -> Result<Value> {
        let mut request = Request::builder().method(&call.method).uri(self.url_of(call));
        if call.body.is_some() {
            request = request.header(CONTENT_TYPE, "application/json");
        }
        if let Some(token) = token {
            request = request.header(AUTHORIZATION, format!("Bearer {token}"));
        }
        for (name, value) in &call.headers {
            request = request.header(name, value);
        }
        let request = request.body(call.text()).map_err(Error::failed)?;
        let answer = self.https.send(request).await.map_err(|error| Error::Unreachable {
            url: self.url.to_string(),
            reason: causes(&error),
        })?;
        let (status, body) = (answer.status(), answer.body());
        if !status.is_success() {
            let problem = Problem::read(status, answer.headers(), body);
            return Err(Error::Refused(Box::new(problem)));
        }
        if body.is_empty() {
            return Ok(Value::Null);
        }
        serde_json::from_slice(body).map_err(|_| {
            Error::Failed(format!(
                "{} does not answer as Chinwag does: is the URL right?",
                self.url
            ))
        })
    }
}

/// An error with what is behind it: hyper itself says only that a request failed.
fn causes(error: &shared::https::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}

/// A field of an answer, whatever that is.
pub fn field(answer: &mut Value, name: &str) -> Value {
    answer.get_mut(name).map(Value::take).unwrap_or_default()
}

/// A list in an answer; empty where there is none.
pub fn list(answer: &mut Value, name: &str) -> Vec<Value> {
    match field(answer, name) {
        Value::Array(items) => items,
        _ => Vec::new(),
    }
}

/// What somebody typed, as a part of a path.
pub fn segment(text: &str) -> String {
    utf8_percent_encode(text, UNRESERVED).to_string()
}

/// A name for a request that is repeated.
pub fn fresh_id() -> String {
    uuid::Uuid::new_v4().to_string()
}
