//! What the bad requests are made to, and a look at all of it, to see that nothing was stored.

use futures_util::future::join;
use http::Method;
use serde_json::{Value, json};
use tests::{Backend, Client, Group, PASSWORD, Person, eventually, unique};

use crate::routes::{self, Route};

/// Alice owns a group with bob, talks to him alone, too, and has blocked mallory.
pub struct World {
    pub alice: Person,
    pub bob: Person,
    pub group: Group,
    pub conversation: String,
    /// A name that nobody has.
    pub free_name: String,
}

/// A route that takes a body, with a body that it would accept.
pub struct Accepting {
    pub route: Route,
    /// Every field that it knows.
    pub body: Value,
    pub required: &'static [&'static str],
}

impl World {
    pub async fn new(backend: &Backend) -> Self {
        let [alice, bob, mallory] = tests::people(backend).await;
        let conversation = alice.begin(&bob).await;
        let group = alice.group(&[&bob]).await;
        bob.say(&group, "in the group").await.expect(201);
        alice.block(&mallory).await.expect(204);
        eventually(async || alice.members(&group).await, |members| members.len() == 2).await;
        Self { alice, bob, group, conversation, free_name: unique("free") }
    }

    /// A route's path, to the group, the direct conversation, its first message and bob.
    pub fn path(&self, route: &Route) -> String {
        route.path_with(|name| self.parameter(name))
    }

    pub fn parameter(&self, name: &str) -> String {
        match name {
            "userId" => self.bob.id.clone(),
            "groupId" => self.group.id.clone(),
            "conversationId" => self.conversation.clone(),
            "seq" => "1".to_owned(),
            other => panic!("no value for {{{other}}} yet: add one"),
        }
    }

    /// Whoever may call a route: alice, or anyone.
    pub fn client(&self, backend: &Backend, route: &Route) -> Client {
        if route.is_protected { Client::clone(&self.alice) } else { backend.anyone() }
    }

    /// Every route that takes a body.
    pub fn accepting(&self) -> Vec<Accepting> {
        let routes = routes::all().into_iter().filter(Route::takes_body);
        routes.filter_map(|route| self.accepted_by(route)).collect()
    }

    fn accepted_by(&self, route: Route) -> Option<Accepting> {
        let name = &self.free_name;
        let (body, required): (Value, &[&str]) = match route.key.as_str() {
            "PUT /v1/blocks/{userId}" | "POST /v1/realtime/token" | "POST /v1/users/me/mfa" => {
                return None;
            }
            "POST /v1/register" => (
                json!({ "username": name, "email": tests::MAILBOX, "password": PASSWORD, "displayName": "A" }),
                &["username", "email", "password"],
            ),
            "POST /v1/register/confirm" => {
                (json!({ "username": name, "code": "123456" }), &["username", "code"])
            }
            "POST /v1/register/resend" | "POST /v1/password/forgot" => {
                (json!({ "username": name }), &["username"])
            }
            "POST /v1/authenticate" => (
                json!({ "username": self.alice.username, "password": PASSWORD }),
                &["username", "password"],
            ),
            "POST /v1/authenticate/refresh" => {
                (json!({ "refreshToken": self.alice.tokens["refreshToken"] }), &["refreshToken"])
            }
            "POST /v1/authenticate/challenge" => (
                json!({ "username": name, "challenge": "EMAIL_OTP", "session": "s", "answer": "1" }),
                &["username", "challenge", "session", "answer"],
            ),
            "POST /v1/authenticate/code" => (
                json!({ "code": "c", "redirectUri": "https://a.example/", "codeVerifier": "v".repeat(43) }),
                &["code", "redirectUri", "codeVerifier"],
            ),
            "POST /v1/sign-out" => {
                (json!({ "refreshToken": self.alice.tokens["refreshToken"] }), &[])
            }
            "POST /v1/password/reset" => (
                json!({ "username": name, "code": "123456", "password": PASSWORD }),
                &["username", "code", "password"],
            ),
            "POST /v1/password/change" => (
                json!({ "password": PASSWORD, "newPassword": "Other-Horse-2" }),
                &["password", "newPassword"],
            ),
            "POST /v1/users/me/mfa/confirm" => (json!({ "code": "123456" }), &["code"]),
            "PATCH /v1/users/me" => (json!({ "displayName": "other" }), &[]),
            "POST /v1/messages" => (
                json!({ "recipientId": self.bob.id, "body": "hi", "replyTo": 1, "clientMessageId": "c" }),
                &["recipientId", "body"],
            ),
            "POST /v1/groups/{groupId}/messages" => {
                (json!({ "body": "hi", "replyTo": 2, "clientMessageId": "c" }), &["body"])
            }
            "PATCH /v1/conversations/{conversationId}/messages/{seq}" => {
                (json!({ "body": "other" }), &["body"])
            }
            "PUT /v1/conversations/{conversationId}/read" => (json!({ "seq": 1 }), &["seq"]),
            "POST /v1/groups" => (
                json!({ "name": "g", "visibility": "open", "memberIds": [self.bob.id], "clientGroupId": "c" }),
                &["name"],
            ),
            "PATCH /v1/groups/{groupId}" => (json!({ "name": "other", "visibility": "open" }), &[]),
            "PUT /v1/groups/{groupId}/members/{userId}" => (json!({ "role": "admin" }), &[]),
            other => panic!("no body for {other} yet: add one"),
        };
        Some(Accepting { route, body, required })
    }

    /// A body for a route, where it needs one.
    pub fn body(&self, route: &Route) -> Option<Value> {
        let body = route.takes_body().then(|| self.accepted_by(route.clone()));
        body.flatten().map(|accepting| accepting.body)
    }

    /// All that a bad request could have changed: logs (by their last `seq`), positions, members, blocks, profiles.
    pub async fn look(&self) -> Value {
        let (alices, bobs) = join(self.of_alice(), self.bob.conversations()).await;
        json!([alices, bobs])
    }

    async fn of_alice(&self) -> Value {
        let alice = &self.alice;
        let free = [("username", self.free_name.as_str())];
        alice.query("/v1/users", &free).await.refused(404);
        json!([
            alice.conversations().await,
            alice.members(&self.group).await,
            alice.get("/v1/blocks").await.expect(200).body,
            alice.get("/v1/users/me").await.expect(200).body,
            alice.get(&self.group.path("")).await.expect(200).body,
        ])
    }

    /// A request to `route` as alice would make it.
    pub fn request(&self, backend: &Backend, route: &Route, method: Method) -> tests::Request {
        self.client(backend, route).request(method, &self.path(route))
    }
}
