//! People who use the backend, and what they do.

use std::ops::Deref;

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::backend::Backend;
use crate::client::Client;
use crate::reply::{Answer, Reply};

/// Everybody's address: SES' mailbox simulator takes it, so that a real deployment's mail does not bounce.
pub const MAILBOX: &str = "success@simulator.amazonses.com";

/// Everybody's password.
pub const PASSWORD: &str = "Correct-Horse-1";

/// Somebody who registered and signed in. As a [`Client`], with their access token.
#[derive(Debug, Clone)]
pub struct Person {
    /// Their user id.
    pub id: String,
    /// Their user name, which nobody had before.
    pub username: String,
    /// What the sign-in answered: `accessToken`, `idToken`, `refreshToken`.
    pub tokens: Value,
    client: Client,
}

/// A group, as the one who made it was told.
#[derive(Debug, Clone)]
pub struct Group {
    /// Its id.
    pub id: String,
    /// Its log.
    pub conversation: String,
    /// All of the answer.
    pub body: Value,
}

/// Text that begins with `prefix` and was never used before.
#[must_use]
pub fn unique(prefix: &str) -> String {
    let letters: String = std::iter::repeat_with(fastrand::lowercase).take(14).collect();
    format!("{prefix}-{letters}")
}

/// As many people as the caller has names for.
pub async fn people<const N: usize>(backend: &Backend) -> [Person; N] {
    let people = join_all((0..N).map(|_| Person::new(backend))).await;
    people.try_into().expect("as many as were asked for")
}

impl Person {
    /// Registers somebody new and signs them in.
    pub async fn new(backend: &Backend) -> Self {
        let username = unique("p");
        let application = json!({
            "username": username,
            "email": MAILBOX,
            "password": PASSWORD,
        });
        backend.register(application).await.expect(201);
        Self::sign_in(backend, &username).await
    }

    /// Signs in somebody who is registered with [`PASSWORD`].
    pub async fn sign_in(backend: &Backend, username: &str) -> Self {
        let (anyone, username) = (backend.anyone(), username.to_owned());
        let credentials = json!({ "username": username, "password": PASSWORD });
        let tokens = anyone.post("/v1/authenticate", credentials).await.expect(200);
        let client = anyone.with_token(tokens.text("accessToken"));
        let id = client.get("/v1/users/me").await.expect(200).text("userId").to_owned();
        Self { id, username, tokens: tokens.body.clone(), client }
    }

    /// Sends a direct message.
    pub async fn send(&self, to: &Self, body: &str) -> Reply {
        self.post("/v1/messages", json!({ "recipientId": to.id, "body": body })).await
    }

    /// Sends a message to a group.
    pub async fn say(&self, group: &Group, body: &str) -> Reply {
        self.post(&group.path("/messages"), json!({ "body": body })).await
    }

    /// Sends a direct message and answers its conversation.
    pub async fn begin(&self, with: &Self) -> String {
        let sent = self.send(with, "the first message").await.expect(201);
        sent.text("conversationId").to_owned()
    }

    /// Gives a message another body.
    pub async fn edit(&self, conversation: &str, seq: u64, body: &str) -> Reply {
        self.patch(&entry_path(conversation, seq), json!({ "body": body })).await
    }

    /// Deletes a message.
    pub async fn erase(&self, conversation: &str, seq: u64) -> Reply {
        self.delete(&entry_path(conversation, seq)).await
    }

    /// Reads one entry.
    pub async fn entry(&self, conversation: &str, seq: u64) -> Reply {
        self.get(&entry_path(conversation, seq)).await
    }

    /// Moves the read position.
    pub async fn read(&self, conversation: &str, seq: u64) -> Reply {
        self.put(&format!("/v1/conversations/{conversation}/read"), json!({ "seq": seq })).await
    }

    /// Blocks somebody.
    pub async fn block(&self, other: &Self) -> Reply {
        self.put(&format!("/v1/blocks/{}", other.id), None).await
    }

    /// Unblocks somebody.
    pub async fn unblock(&self, other: &Self) -> Reply {
        self.delete(&format!("/v1/blocks/{}", other.id)).await
    }

    /// Makes a private group with first members.
    pub async fn group(&self, members: &[&Self]) -> Group {
        self.group_with(json!({ "name": "a group" }), members).await
    }

    /// Makes an open group with first members.
    pub async fn open_group(&self, members: &[&Self]) -> Group {
        self.group_with(json!({ "name": "an open group", "visibility": "open" }), members).await
    }

    async fn group_with(&self, mut body: Value, members: &[&Self]) -> Group {
        body["memberIds"] = members.iter().map(|member| member.id.as_str()).collect();
        Group::from(self.post("/v1/groups", body).await.expect(201))
    }

    /// Adds somebody to a group, or gives them another role.
    pub async fn put_member(&self, group: &Group, who: &Self, role: Option<&str>) -> Reply {
        let body = role.map(|role| json!({ "role": role }));
        self.put(&group.path(&format!("/members/{}", who.id)), body).await
    }

    /// Removes somebody from a group.
    pub async fn remove_member(&self, group: &Group, who: &Self) -> Reply {
        self.delete(&group.path(&format!("/members/{}", who.id))).await
    }

    /// All of a conversation's log that this person can see.
    pub async fn history(&self, conversation: &str) -> Vec<Value> {
        let path = format!("/v1/conversations/{conversation}/messages");
        let mut log: Vec<Value> = Vec::new();
        loop {
            let after = log.last().map_or(0, |entry| entry["seq"].as_u64().expect("a seq"));
            let page = self.get(&format!("{path}?after={after}&limit=100")).await.expect(200);
            let entries = page["entries"].as_array().expect("a list of entries");
            if entries.is_empty() {
                return log;
            }
            let behind = |entry: &Value| entry["seq"].as_u64() > Some(after);
            assert!(entries.iter().all(behind), "entries from before {after}: {page}");
            log.extend(entries.iter().cloned());
        }
    }

    /// All unread messages.
    pub async fn check(&self) -> Vec<Value> {
        self.pages("/v1/messages", "messages", 100).await
    }

    /// The unread messages of one conversation.
    pub async fn check_in(&self, conversation: &str) -> Vec<Value> {
        let mut messages = self.check().await;
        messages.retain(|message| message["conversationId"] == conversation);
        messages
    }

    /// All conversations.
    pub async fn conversations(&self) -> Vec<Value> {
        self.pages("/v1/conversations", "conversations", 100).await
    }

    /// One conversation as the list has it.
    pub async fn conversation(&self, id: &str) -> Option<Value> {
        let all = self.conversations().await;
        let mut found = all.into_iter().filter(|conversation| conversation["conversationId"] == id);
        let first = found.next();
        assert_eq!(found.next(), None, "{id} is listed twice");
        first
    }

    /// A group's members and their roles, sorted by id.
    pub async fn members(&self, group: &Group) -> Vec<(String, String)> {
        let members = self.pages(&group.path("/members"), "members", 100).await;
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let mut members: Vec<_> =
            members.iter().map(|member| (text(&member["userId"]), text(&member["role"]))).collect();
        members.sort();
        members
    }
}

impl Group {
    /// A path below the group's own.
    #[must_use]
    pub fn path(&self, rest: &str) -> String {
        format!("/v1/groups/{}{rest}", self.id)
    }
}

impl From<Answer> for Group {
    fn from(reply: Answer) -> Self {
        Self {
            id: reply.text("groupId").to_owned(),
            conversation: reply.text("conversationId").to_owned(),
            body: reply.body.clone(),
        }
    }
}

impl Deref for Person {
    type Target = Client;

    fn deref(&self) -> &Client {
        &self.client
    }
}

fn entry_path(conversation: &str, seq: u64) -> String {
    format!("/v1/conversations/{conversation}/messages/{seq}")
}
