//! Who is signed in: tokens, kept in a file that only its owner reads.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::client::{Call, Client};
use crate::error::{Error, Result};
use crate::files;

/// Everybody who is signed in at one deployment. The file is named by the profile, and belongs to its URL: tokens of
/// one server are never shown to another.
pub struct Sessions {
    path: PathBuf,
    profile: String,
    url: String,
}

/// What the file holds.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Stored {
    url: String,
    current: Option<String>,
    people: BTreeMap<String, Tokens>,
}

/// Somebody's tokens.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Tokens {
    access_token: String,
    refresh_token: String,
}

impl Tokens {
    /// The tokens of an answer.
    pub fn read(answer: Value) -> Result<Self> {
        serde_json::from_value(answer).map_err(|_| "the server sent no tokens".into())
    }

    /// What requests are signed in with.
    pub fn access_token(&self) -> &str {
        &self.access_token
    }

    /// What the session is known by.
    pub fn refresh_token(&self) -> &str {
        &self.refresh_token
    }
}

impl Sessions {
    /// Those at `url`, under a profile's name.
    pub fn new(profile: &str, url: &str) -> Result<Self> {
        let path = files::folder()?.join("sessions").join(profile).with_added_extension("json");
        Ok(Self { path, profile: profile.to_owned(), url: url.to_owned() })
    }

    /// Somebody's session; without a name, that of whoever signed in last.
    pub fn session(self, username: Option<&str>) -> Result<Session> {
        let mut stored = self.load()?;
        let username = username.map(str::to_lowercase).or(stored.current);
        let username = username.ok_or_else(|| self.not_signed_in(None))?;
        let tokens = stored.people.remove(&username);
        let tokens = tokens.ok_or_else(|| self.not_signed_in(Some(&username)))?;
        Ok(Session { sessions: self, username, tokens: Mutex::new(tokens) })
    }

    /// Keeps what a sign-in brought, and makes it the one that is meant without a name.
    pub async fn add(&self, username: &str, tokens: Tokens) -> Result<()> {
        self.change(|stored| {
            stored.people.insert(username.to_owned(), tokens);
            stored.current = Some(username.to_owned());
        })
        .await
    }

    /// Forgets somebody's tokens. Nobody else takes their place.
    pub async fn remove(&self, username: &str) -> Result<()> {
        self.change(|stored| stored.forget(username)).await
    }

    /// Forgets everybody's.
    pub async fn clear(&self) -> Result<()> {
        self.change(|stored| *stored = Stored::default()).await
    }

    async fn change(&self, change: impl FnOnce(&mut Stored)) -> Result<()> {
        let _lock = files::lock(&self.path).await?;
        let mut stored = self.load()?;
        change(&mut stored);
        self.save(&mut stored)
    }

    fn load(&self) -> Result<Stored> {
        let stored: Stored = files::read(&self.path)?;
        Ok(if stored.url == self.url { stored } else { Stored::default() })
    }

    fn save(&self, stored: &mut Stored) -> Result<()> {
        stored.url.clone_from(&self.url);
        files::write(&self.path, stored)
    }

    fn not_signed_in(&self, username: Option<&str>) -> Error {
        let who = username.map_or("nobody is".to_owned(), |name| format!("{name} is not"));
        let name = username.unwrap_or("<user name>");
        Error::NotSignedIn(format!(
            "{who} signed in at the profile '{profile}': chinwag --profile {profile} auth login {name}",
            profile = self.profile,
        ))
    }
}

impl Stored {
    fn forget(&mut self, username: &str) {
        self.people.remove(username);
        if self.current.as_deref() == Some(username) {
            self.current = None;
        }
    }
}

/// Somebody who is signed in.
pub struct Session {
    sessions: Sessions,
    username: String,
    tokens: Mutex<Tokens>,
}

impl Session {
    /// Who it is.
    pub fn username(&self) -> &str {
        &self.username
    }

    /// The tokens as they now are.
    pub fn tokens(&self) -> Tokens {
        self.tokens.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What requests are signed in with.
    pub fn access_token(&self) -> String {
        self.tokens().access_token
    }

    /// Where it is kept.
    pub fn sessions(&self) -> &Sessions {
        &self.sessions
    }

    /// An access token in place of one that was refused. A refresh token is good once: so only one process at a time asks for
    /// new ones, and the others find them in the file.
    pub async fn renewed(&self, client: &Client, refused: &str) -> Result<String> {
        let lock = files::lock(&self.sessions.path).await?;
        let mut stored = self.sessions.load()?;
        let kept = stored.people.get(&self.username).cloned();
        let kept = kept.ok_or_else(|| self.sessions.not_signed_in(Some(&self.username)))?;
        let tokens = if kept.access_token == refused {
            let body = json!({ "refreshToken": kept.refresh_token });
            let answer = client.call_unsigned(&Call::post("/v1/authenticate/refresh", body)).await;
            match answer {
                Err(error) if error.status() == Some(401) => {
                    stored.forget(&self.username);
                    self.sessions.save(&mut stored)?;
                    return Err(self.sessions.not_signed_in(Some(&self.username)));
                }
                answer => Tokens::read(answer?)?,
            }
        } else {
            kept
        };
        stored.people.insert(self.username.clone(), tokens.clone());
        self.sessions.save(&mut stored)?;
        drop(lock);
        let token = tokens.access_token.clone();
        *self.tokens.lock().unwrap_or_else(PoisonError::into_inner) = tokens;
        Ok(token)
    }
}
