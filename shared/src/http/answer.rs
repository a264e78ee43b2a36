//! What a handler says when all went well.

use http::{StatusCode, header};
use lambda_http::{Body, Response};
use serde::Serialize;

use super::Page;
use crate::error::{Error, Result};
use crate::log::{Sent, Shown};

/// A status, a JSON body and a `Location`, as far as the answer has them.
#[derive(Debug)]
pub struct Answer {
    status: StatusCode,
    body: Option<String>,
    location: Option<String>,
}

impl Answer {
    /// 200 with `body`.
    ///
    /// # Errors
    /// When `body` cannot be written as JSON, which no type of ours does.
    pub fn ok(body: &impl Serialize) -> Result<Self> {
        Self::json(StatusCode::OK, body)
    }

    /// 201 with `body`.
    ///
    /// # Errors
    /// As [`Answer::ok`].
    pub fn created(body: &impl Serialize) -> Result<Self> {
        Self::json(StatusCode::CREATED, body)
    }

    /// 200 with a page: its items under `name`, and `nextCursor` when there is more.
    ///
    /// # Errors
    /// As [`Answer::ok`].
    pub fn page<T: Serialize>(name: &'static str, page: Page<T>) -> Result<Self> {
        let mut body = serde_json::Map::new();
        body.insert(name.to_owned(), serde_json::to_value(page.items).map_err(Error::internal)?);
        if let Some(cursor) = page.next_cursor {
            body.insert("nextCursor".to_owned(), cursor.into());
        }
        Self::ok(&body)
    }

    /// A message that was sent: 201, or 200 where an earlier request sent it, with its place in the log.
    ///
    /// # Errors
    /// As [`Answer::ok`].
    pub fn sent(sent: Sent) -> Result<Self> {
        let (status, entry) = match sent {
            Sent::Now(entry) => (StatusCode::CREATED, entry),
            Sent::Before(entry) => (StatusCode::OK, entry),
        };
        let location =
            format!("/v1/conversations/{}/messages/{}", entry.conversation_id, entry.seq);
        Ok(Self::json(status, &Shown::from(entry))?.at(location))
    }

    /// 202, nothing to say yet.
    #[must_use]
    pub fn accepted() -> Self {
        Self { status: StatusCode::ACCEPTED, body: None, location: None }
    }

    /// 202 with `body`.
    ///
    /// # Errors
    /// As [`Answer::ok`].
    pub fn accepted_with(body: &impl Serialize) -> Result<Self> {
        Self::json(StatusCode::ACCEPTED, body)
    }

    /// 204.
    #[must_use]
    pub fn no_content() -> Self {
        Self { status: StatusCode::NO_CONTENT, body: None, location: None }
    }

    /// The same answer, naming where what it is about can be read.
    #[must_use]
    pub fn at(mut self, location: String) -> Self {
        self.location = Some(location);
        self
    }

    /// How long the body is, in bytes.
    #[must_use]
    pub fn body_length(&self) -> usize {
        self.body.as_ref().map_or(0, String::len)
    }

    /// The body, as JSON text.
    #[must_use]
    pub fn into_body(self) -> Option<String> {
        self.body
    }

    fn json(status: StatusCode, body: &impl Serialize) -> Result<Self> {
        let body = serde_json::to_string(body).map_err(Error::internal)?;
        Ok(Self { status, body: Some(body), location: None })
    }

    pub(super) fn into_response(self) -> Response<Body> {
        let mut builder = Response::builder().status(self.status);
        if let Some(location) = self.location {
            builder = builder.header(header::LOCATION, location);
        }
        if self.body.is_some() {
            builder = builder.header(header::CONTENT_TYPE, "application/json");
        }
        builder.body(self.body.map_or(Body::Empty, Body::Text)).unwrap_or_default()
    }
}
