//! `routes.json` as types: every lambda, what calls it, and what it may touch.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use http::Method;
use serde::Deserialize;

/// The rows of `routes.json` by the lambda's name.
pub type Functions = BTreeMap<String, Function>;

/// One lambda.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Function {
    /// What the HTTP API sends to it.
    #[serde(default)]
    pub routes: Vec<Route>,
    /// Who may call those routes.
    #[serde(default)]
    pub authorizer: Authorizer,
    /// What the WebSocket API sends to it: `$connect`, `$disconnect`, `$default`.
    #[serde(default)]
    pub websocket_routes: Vec<String>,
    /// The API whose callers it lets in.
    pub authorizes: Option<Api>,
    /// The table whose changes it is called for.
    pub stream: Option<StreamSource>,
    /// The queue whose messages it is called for.
    pub queue: Option<QueueSource>,
    /// What it does with each table.
    #[serde(default)]
    pub tables: BTreeMap<String, Access>,
    /// The indexes that it reads, as `Table/index`.
    #[serde(default)]
    pub indexes: Vec<String>,
    /// The secrets that it reads.
    #[serde(default)]
    pub secrets: Vec<String>,
    /// The calls to Cognito that need permission: those that act for an administrator.
    #[serde(default)]
    pub cognito: Vec<String>,
    /// The queues that it sends to.
    #[serde(default)]
    pub sends: Vec<String>,
    /// What it has to do with the sockets.
    #[serde(default)]
    pub realtime: Vec<Realtime>,
    /// What it has to do with mail and text messages.
    #[serde(default)]
    pub messaging: Vec<Messaging>,
    /// Whether it is called for what becomes of mail and text messages: the delivery events of SES and of End User Messaging.
    #[serde(default)]
    pub delivery_events: bool,
}

/// Who may call a lambda's routes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Authorizer {
    /// Anyone.
    #[default]
    None,
    /// Whoever brings an access token of the user pool.
    Jwt,
    /// Whoever brings a token that the HTTP API's own authorizer lets in: the lambda that `authorizes` it.
    Lambda,
    /// Whoever signs with the credentials of an AWS account's own (Signature Version 4) and has the permission.
    Iam,
}

/// An API with a lambda of ours as its authorizer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Api {
    /// The HTTP API, for the routes whose authorizer is a lambda.
    Http,
    /// The WebSocket API.
    Websocket,
}

/// What a lambda may do with the sockets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Realtime {
    /// Know where to connect.
    Url,
    /// Send to any of them.
    Post,
    /// End any of them.
    Close,
}

/// What a lambda may do with mail and text messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Messaging {
    /// Know the configured senders.
    Senders,
    /// Send mail, by SES.
    Email,
    /// Send text messages, by End User Messaging.
    Sms,
}

/// A table's stream as a lambda's source: an event source mapping that reports partial failures and halves a batch that
/// failed.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct StreamSource {
    /// The table.
    pub table: String,
    /// The kinds of change that it is called for: `INSERT`, `MODIFY`, `REMOVE`.
    pub events: Vec<String>,
    /// The most changes of one call.
    pub batch_size: usize,
    /// How often a change that failed is tried again.
    pub maximum_retry_attempts: u32,
    /// The queue that is told of those that failed for good.
    pub on_failure: String,
}

/// A queue as a lambda's source: an event source mapping that reports partial failures.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct QueueSource {
    /// The queue's name in `queues.json`.
    pub name: String,
    /// The most messages of one call.
    pub batch_size: usize,
    /// The most calls at the same time: what is behind the lambda takes no more. None: as many as there are messages for.
    pub maximum_concurrency: Option<usize>,
}

/// What a lambda may do with a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Access {
    /// Get, query.
    Read,
    /// Put, update, delete.
    Write,
    /// Both.
    Readwrite,
}

/// A method and a path, in the form of API Gateway's route keys: `GET /v1/groups/{groupId}`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Route {
    /// The method.
    pub method: Method,
    /// The path; `{name}` stands for one segment.
    pub path: String,
}

impl FromStr for Route {
    type Err = String;

    fn from_str(key: &str) -> Result<Self, String> {
        let wrong = || format!("'{key}' is no route: it must be a method and a path");
        let (method, path) = key.split_once(' ').ok_or_else(wrong)?;
        let method = method.parse().map_err(|_| wrong())?;
        if !path.starts_with('/') {
            return Err(wrong());
        }
        Ok(Self { method, path: path.to_owned() })
    }
}

impl TryFrom<String> for Route {
    type Error = String;

    fn try_from(key: String) -> Result<Self, String> {
        key.parse()
    }
}

impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path)
    }
}

/// The rows of the project's `routes.json`.
///
/// # Errors
/// When the file is not as the types above say, which a test keeps from happening.
pub fn functions() -> serde_json::Result<Functions> {
    serde_json::from_str(include_str!("../../routes.json"))
}
