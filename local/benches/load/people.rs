//! The callers.

use std::time::{Duration, Instant};

use http::{Method, Request, StatusCode};
use serde_json::{Value, json};
use tests::http::Http;

use crate::Result;
use crate::report::{Report, Times};
use crate::server::Server;

const PASSWORD: &str = "Correct-Horse-1";

/// Somebody who is signed in.
#[derive(Debug, Clone)]
pub struct Person {
    /// Their user id.
    pub id: String,
    token: String,
    client: Http,
    url: String,
}

/// Everybody.
#[derive(Debug)]
pub struct People(Vec<Person>);

impl People {
    /// Registers `count` people and signs them in, one after the other.
    pub async fn register(server: &Server, count: usize, report: &mut Report) -> Result<Self> {
        let (mut registering, mut signing_in) = (Times::default(), Times::default());
        let mut people = Vec::new();
        for number in 0..count {
            let nobody = Person {
                id: String::new(),
                token: String::new(),
                client: Http::new()?,
                url: server.url.clone(),
            };
            let username = format!("person-{number}");
            let credentials = json!({ "username": username, "password": PASSWORD });
            let mut account = credentials.clone();
            account["email"] = format!("{username}@example.com").into();
            let (registered, time) =
                nobody.call(Method::POST, "/v1/register", account, 201).await?;
            registering.push(time);
            let (tokens, time) =
                nobody.call(Method::POST, "/v1/authenticate", credentials, 200).await?;
            signing_in.push(time);
            people.push(Person {
                id: text(&registered, "userId")?,
                token: text(&tokens, "accessToken")?,
                ..nobody
            });
        }
        report.add("register, p50", format!("{:.0} ms", registering.median()));
        report.add("sign in, p50", format!("{:.0} ms", signing_in.median()));
        Ok(Self(people))
    }

    /// The same people, talking to another server on the same data.
    pub fn at(&self, server: &Server) -> Self {
        let moved = |person: &Person| Person { url: server.url.clone(), ..person.clone() };
        Self(self.0.iter().map(moved).collect())
    }

    /// The first `count`.
    pub fn take(&self, count: usize) -> &[Person] {
        &self.0[..count]
    }

    /// The first few, by name.
    pub fn first<const N: usize>(&self) -> [&Person; N] {
        std::array::from_fn(|index| &self.0[index])
    }
}

impl Person {
    /// Makes a call that must have the status `expected`.
    pub async fn call(
        &self,
        method: Method,
        path: &str,
        body: Value,
        expected: u16,
    ) -> Result<(Value, Duration)> {
        let (status, answer, time) = self.try_call(method, path, body).await?;
        if status == expected {
            Ok((answer, time))
        } else {
            Err(format!("{status}: {answer}").into())
        }
    }

    /// Makes a call.
    pub async fn try_call(
        &self,
        method: Method,
        path: &str,
        body: Value,
    ) -> Result<(StatusCode, Value, Duration)> {
        let request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.url))
            .header("content-type", "application/json")
            .header("authorization", format!("Bearer {}", self.token));
        let body = if body.is_null() { Vec::new() } else { serde_json::to_vec(&body)? };
        let request = request.body(body)?;
        let began = Instant::now();
        let response = self.client.send(request).await?;
        let time = began.elapsed();
        let (status, bytes) = (response.status(), response.body());
        Ok((status, serde_json::from_slice(bytes).unwrap_or_default(), time))
    }
}

/// A text of an answer.
pub fn text(answer: &Value, name: &str) -> Result<String> {
    Ok(answer[name].as_str().ok_or_else(|| format!("no {name} in {answer}"))?.to_owned())
}
