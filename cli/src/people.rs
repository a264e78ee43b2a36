//! People and groups by their ids and by their names.

use std::collections::HashMap;

use serde_json::Value;
use url::form_urlencoded;
use uuid::Uuid;

use crate::client::{Call, Client, segment};
use crate::error::{Error, Result};

/// Somebody's id, by that id or by a user name.
pub async fn id_of(client: &Client, who: &str) -> Result<String> {
    if Uuid::try_parse(who).is_ok() {
        return Ok(who.to_owned());
    }
    let query: String =
        form_urlencoded::Serializer::new(String::new()).append_pair("username", who).finish();
    match client.call(Call::get(format!("/v1/users?{query}"))).await {
        Err(error) if error.status() == Some(404) => {
            Err(Error::Failed(format!("nobody is called {}", crate::output::safe(who))))
        }
        answer => text(&answer?, "userId"),
    }
}

/// The ids of several people.
pub async fn ids_of(client: &Client, people: &[String]) -> Result<Vec<String>> {
    let mut ids = Vec::with_capacity(people.len());
    for who in people {
        ids.push(id_of(client, who).await?);
    }
    Ok(ids)
}

/// A text of an answer, which must be there.
pub fn text(answer: &Value, name: &str) -> Result<String> {
    let text = answer[name].as_str();
    text.map(str::to_owned).ok_or_else(|| format!("the server sent no {name}").into())
}

/// Names that were looked up. User names, since anybody may give themselves anybody's display name.
pub struct Names {
    client: Client,
    known: HashMap<String, String>,
}

impl Names {
    /// Looks names up as the client may.
    pub fn new(client: &Client) -> Self {
        Self { client: client.clone(), known: HashMap::new() }
    }

    /// What somebody is called; who is gone has only an id.
    pub async fn of(&mut self, user_id: &str) -> String {
        self.look_up(format!("/v1/users/{}", segment(user_id)), user_id, "username").await
    }

    /// What a group is called; one that is gone has only an id.
    pub async fn of_group(&mut self, group_id: &str) -> String {
        self.look_up(format!("/v1/groups/{}", segment(group_id)), group_id, "name").await
    }

    async fn look_up(&mut self, path: String, id: &str, field: &str) -> String {
        if let Some(name) = self.known.get(id) {
            return name.clone();
        }
        let name = match self.client.call(Call::get(path)).await {
            Ok(found) => found[field].as_str().unwrap_or(id).to_owned(),
            Err(error) if error.status() == Some(404) => id.to_owned(),
            Err(_) => return id.to_owned(),
        };
        self.known.insert(id.to_owned(), name.clone());
        name
    }
}
