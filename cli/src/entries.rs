//! Entries of a conversation's log, and how they look in a line.

use serde::Serialize;
use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;

use crate::output::{aside, name, safe, safe_lines};
use crate::people::Names;

/// An entry as the server sends it.
#[derive(Debug, Clone, Serialize)]
#[serde(transparent)]
pub struct Entry(Value);

impl From<Value> for Entry {
    fn from(value: Value) -> Self {
        Self(value)
    }
}

impl Entry {
    /// Its place in the log.
    pub fn seq(&self) -> u64 {
        self.0["seq"].as_u64().unwrap_or_default()
    }

    /// One of its texts; empty where there is none.
    pub fn text(&self, name: &str) -> &str {
        self.0[name].as_str().unwrap_or_default()
    }

    /// Which entry it changed.
    pub fn target(&self) -> Option<u64> {
        self.0["target"].as_u64()
    }

    /// Who did it.
    pub fn author(&self) -> &str {
        let sender = self.text("senderId");
        if sender.is_empty() { self.text("actorId") } else { sender }
    }

    /// The entry in a line; nothing for one that is hidden.
    pub async fn line(&self, names: &mut Names) -> Option<String> {
        let words = match self.text("type") {
            "message" => return Some(self.message(names).await),
            "hidden" => return None,
            "edited" => format!("edited #{}", self.target().unwrap_or_default()),
            "deleted" => format!("deleted #{}", self.target().unwrap_or_default()),
            "groupCreated" => format!("made the group {}", safe(self.text("name"))),
            "groupUpdated" => match self.text("name") {
                "" => "changed the group".to_owned(),
                title => format!("changed the group, now {}", safe(title)),
            },
            "groupDeleted" => "deleted the group".to_owned(),
            "memberAdded" => self.about(names, "added", "joined").await,
            "memberRemoved" => self.about(names, "removed", "left").await,
            "roleChanged" => {
                let words = format!("made {} of", safe(self.text("role")));
                self.about(names, &words, &words).await
            }
            "userErased" => "is gone".to_owned(),
            other => format!("did something new: {}", safe(other)),
        };
        let who = names.of(self.author()).await;
        Some(format!("{} {} {}", self.margin(), name(&who), aside(words)))
    }

    async fn message(&self, names: &mut Names) -> String {
        let who = names.of(self.author()).await;
        let reply = self.0["replyTo"].as_u64().map(|seq| aside(format!(" re #{seq}")));
        let body = match self.0["body"].as_str() {
            Some(body) => safe_lines(body).into_owned(),
            None => aside("(deleted)"),
        };
        let edited =
            if self.text("editedAt").is_empty() { String::new() } else { aside(" (edited)") };
        let reply = reply.unwrap_or_default();
        format!("{} {}{reply}: {body}{edited}", self.margin(), name(&who))
    }

    /// What was done to somebody, or what they did themselves.
    async fn about(&self, names: &mut Names, done: &str, did: &str) -> String {
        let target = self.text("target");
        if target == self.author() {
            return did.to_owned();
        }
        format!("{done} {}", safe(&names.of(target).await))
    }

    /// When, and where in the log.
    fn margin(&self) -> String {
        aside(format!("{} #{}", clock(self.text("createdAt")), self.seq()))
    }
}

/// A time of the server's in short, in UTC.
pub fn clock(time: &str) -> String {
    let format = format_description!("[year]-[month]-[day] [hour]:[minute]Z");
    let time = OffsetDateTime::parse(time, &Rfc3339).ok();
    time.and_then(|time| time.format(format).ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_shown_in_short() {
        assert_eq!(clock("2026-11-22T10:15:59.123Z"), "2026-11-22 10:15Z");
        assert_eq!(clock("\u{1b}[2J"), "");
    }
}
