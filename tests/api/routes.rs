//! The rows of `routes.json`, for the tests that go over all of them.

use serde_json::Value;

/// A route as `routes.json` names it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Route {
    /// `GET /v1/groups/{groupId}`.
    pub key: String,
    /// Whether it asks for an access token.
    pub is_protected: bool,
}

/// All routes for people, sorted; those for other systems take another kind of token, key or signature.
pub fn all() -> Vec<Route> {
    let functions: Value = serde_json::from_str(include_str!("../../routes.json")).unwrap();
    let mut routes: Vec<Route> = functions.as_object().unwrap().values().flat_map(of).collect();
    routes.sort();
    assert!(routes.len() > 20, "these are not all routes: {routes:?}");
    routes
}

fn of(function: &Value) -> Vec<Route> {
    let is_protected = function["authorizer"] == "jwt";
    let has = |secret: &str| {
        function["secrets"].as_array().is_some_and(|all| all.contains(&secret.into()))
    };
    let by_token = ["jwt", "none"].iter().any(|authorizer| function["authorizer"] == *authorizer);
    let for_people = by_token && !has("api-keys");
    let keys = function["routes"].as_array().filter(|_| for_people);
    keys.into_iter()
        .flatten()
        .map(|key| Route { key: key.as_str().unwrap().to_owned(), is_protected })
        .collect()
}

impl Route {
    pub fn method(&self) -> http::Method {
        self.key.split_once(' ').unwrap().0.parse().unwrap()
    }

    pub fn path(&self) -> &str {
        self.key.split_once(' ').unwrap().1
    }

    /// Whether a request may bring a body.
    pub fn takes_body(&self) -> bool {
        ["POST", "PUT", "PATCH"].contains(&self.method().as_str())
    }

    /// The path with each `{name}` replaced by what `value` says.
    pub fn path_with(&self, value: impl Fn(&str) -> String) -> String {
        let segments = self.path().split('/').map(|segment| match name_of(segment) {
            Some(name) => value(name),
            None => segment.to_owned(),
        });
        segments.collect::<Vec<_>>().join("/")
    }

    /// The names in its path.
    pub fn parameters(&self) -> Vec<&str> {
        self.path().split('/').filter_map(name_of).collect()
    }
}

fn name_of(segment: &str) -> Option<&str> {
    segment.strip_prefix('{')?.strip_suffix('}')
}
