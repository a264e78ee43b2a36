//! Connections: userId → the person's sockets, one row, so that 100 people are read in one call. Each socket is an attribute
//! of its own, so that none is written by what happens to another. Kept until the last that opened is surely closed.

use std::collections::HashMap;

use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue};
use serde::{Deserialize, Serialize};

use super::{BatchKeys, Consistency, Item, Result, Store, from_item, key, number, text, to_item};
use crate::model::{ConnectionId, SequenceNumber, Socket, Timestamp, UserId};

const TABLE: &str = "Connections";
const USER: &str = "userId";
const EXPIRES_AT: &str = "expiresAt";
const ENDED_AT: &str = "endedAt";
const NOTIFIED: &str = "notified";

/// The sockets of people who may have any open.
pub type Connected = HashMap<UserId, Vec<Socket>>;

/// Who is connected.
#[derive(Debug, Clone)]
pub struct Connections {
    store: Store,
}

/// A socket as it stands in its person's row.
#[derive(Serialize, Deserialize)]
struct Attribute {
    since: Timestamp,
}

impl Connections {
    /// Over `store`.
    #[must_use]
    pub fn new(store: Store) -> Self {
        Self { store }
    }

    /// Adds a socket of a session that began at `session_began`, in seconds of the Unix epoch, and answers all that the person now has; `None` where that
    /// session has ended.
    ///
    /// # Errors
    /// When DynamoDB cannot be asked; so for all that follow.
    pub async fn add(
        &self,
        user: &UserId,
        id: &ConnectionId,
        since: Timestamp,
        session_began: i64,
    ) -> Result<Option<Vec<Socket>>> {
        let request = self.store.client.update_item().table_name(self.store.table(TABLE));
        let outcome = request
            .key(USER, text(user))
            .update_expression("SET #socket = :socket, expiresAt = :expires")
            .condition_expression("attribute_not_exists(endedAt) OR endedAt <= :began")
            .expression_attribute_names("#socket", id.as_str())
            .expression_attribute_values(":began", number(session_began))
            .expression_attribute_values(
                ":socket",
                AttributeValue::M(to_item(&Attribute { since })?),
            )
            .expression_attribute_values(":expires", number(Socket::ends(since).epoch_seconds()))
            .return_values(ReturnValue::AllNew)
            .send()
            .await;
        match outcome {
            Ok(output) => Ok(Some(sockets(output.attributes.unwrap_or_default())?)),
            Err(error) if is_refused(&error) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// No session that began before `at`, in seconds of the Unix epoch, opens a socket any more; answers those that are open.
    ///
    /// # Errors
    /// As [`Connections::add`].
    pub async fn end_sessions(&self, user: &UserId, at: i64) -> Result<Vec<Socket>> {
        let now = Timestamp::now();
        let request = self.store.client.update_item().table_name(self.store.table(TABLE));
        let output = request
            .key(USER, text(user))
            .update_expression("SET endedAt = :at, expiresAt = :expires")
            .expression_attribute_values(":at", number(at))
            .expression_attribute_values(":expires", number(Socket::ends(now).epoch_seconds()))
            .return_values(ReturnValue::AllNew)
            .send()
            .await?;
        let mut sockets = sockets(output.attributes.unwrap_or_default())?;
        sockets.retain(|socket| socket.may_be_open(now));
        Ok(sockets)
    }

    /// Removes sockets; they need not be there.
    ///
    /// # Errors
    /// As [`Connections::add`].
    pub async fn remove(&self, user: &UserId, ids: &[ConnectionId]) -> Result<()> {
        if ids.is_empty() {
            return Ok(());
        }
        let names = placeholders(ids);
        let request = self.store.client.update_item().table_name(self.store.table(TABLE));
        let outcome = request
            .key(USER, text(user))
            .update_expression(format!("REMOVE {}", joined(names.keys().map(String::as_str))))
            .set_expression_attribute_names(Some(names))
            .condition_expression("attribute_exists(userId)")
            .send()
            .await;
        match outcome {
            Err(error) if !is_refused(&error) => Err(error.into()),
            _ => Ok(()),
        }
    }

    /// The sockets of those of `users` who may have any open, read eventually.
    ///
    /// # Errors
    /// As [`Connections::add`].
    pub async fn of(&self, users: &[UserId]) -> Result<Connected> {
        self.read(users, Consistency::Eventual).await
    }

    /// One person's sockets, read strongly.
    ///
    /// # Errors
    /// As [`Connections::add`].
    pub async fn of_one(&self, user: &UserId) -> Result<Vec<Socket>> {
        let mut found = self.read(std::slice::from_ref(user), Consistency::Strong).await?;
        Ok(found.remove(user).unwrap_or_default())
    }

    /// Notes the last notification that was sent on each of `ids`, which the person's row still names.
    ///
    /// # Errors
    /// As [`Connections::add`].
    pub async fn note_notified(
        &self,
        user: &UserId,
        id: &ConnectionId,
        last: SequenceNumber,
    ) -> Result<()> {
        let request = self.store.client.update_item().table_name(self.store.table(TABLE));
        let outcome = request
            .key(USER, text(user))
            .update_expression(format!("SET #socket.{NOTIFIED} = :last"))
            .condition_expression("attribute_exists(#socket)")
            .expression_attribute_names("#socket", id.as_str())
            .expression_attribute_values(":last", number(last))
            .send()
            .await;
        match outcome {
            Err(error) if !is_refused(&error) => Err(error.into()),
            _ => Ok(()),
        }
    }

    async fn read(&self, users: &[UserId], consistency: Consistency) -> Result<Connected> {
        if users.is_empty() {
            return Ok(HashMap::new());
        }
        let keys = users.iter().map(|user| key([(USER, text(user))])).collect();
        let rows =
            self.store.batch_get(vec![BatchKeys { table: TABLE, keys, consistency }]).await?;
        let now = Timestamp::now();
        let mut found = HashMap::new();
        for mut row in rows.into_values().flatten() {
            let Some(user) = row.remove(USER) else { continue };
            let mut sockets = sockets(row)?;
            sockets.retain(|socket| socket.may_be_open(now));
            if !sockets.is_empty() {
                found.insert(from_item(key([("id", user)])).map(|Id { id }| id)?, sockets);
            }
        }
        Ok(found)
    }
}

#[derive(Deserialize)]
struct Id {
    id: UserId,
}

/// The sockets of a row, the oldest first.
fn sockets(row: Item) -> Result<Vec<Socket>> {
    let attributes =
        row.into_iter().filter(|(name, _)| ![USER, EXPIRES_AT, ENDED_AT].contains(&name.as_str()));
    let sockets: Result<Vec<Socket>> = attributes.map(|(id, value)| socket(id, value)).collect();
    let mut sockets = sockets?;
    sockets
        .sort_by(|one, other| (one.since, one.id.as_str()).cmp(&(other.since, other.id.as_str())));
    Ok(sockets)
}

fn socket(id: String, value: AttributeValue) -> Result<Socket> {
    let AttributeValue::M(mut attributes) = value else {
        return Err(super::StoreError::fault("a socket is not as it was written"));
    };
    let notified = attributes.remove(NOTIFIED);
    let notified = notified.and_then(|value| value.as_n().ok().and_then(|text| text.parse().ok()));
    let Attribute { since } = from_item(attributes)?;
    Ok(Socket { id: id.into(), since, notified })
}

/// A name for each id: they hold characters that expressions do not allow.
fn placeholders(ids: &[ConnectionId]) -> HashMap<String, String> {
    ids.iter()
        .enumerate()
        .map(|(index, id)| (format!("#socket{index}"), id.as_str().to_owned()))
        .collect()
}

fn joined<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.collect::<Vec<_>>().join(", ")
}

fn is_refused<R>(error: &aws_sdk_dynamodb::error::SdkError<UpdateItemError, R>) -> bool {
    error.as_service_error().is_some_and(UpdateItemError::is_conditional_check_failed_exception)
}
