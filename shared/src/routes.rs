//! `routes.json` as types: every lambda, its routes, and what it may touch.

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
    /// What the gateway sends to it.
    pub routes: Vec<Route>,
    /// Who may call it.
    pub authorizer: Authorizer,
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
}

/// Who may call a lambda.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Authorizer {
    /// Anyone.
    None,
    /// Whoever brings an access token of the user pool.
    Jwt,
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
