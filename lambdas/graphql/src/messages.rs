//! Sending a message, and finding those that were sent.

use std::time::Duration;

use async_graphql::{Error, ErrorExtensions};
use shared::messaging::{Carried, Content, Courier, MessageType, Outgoing};
use shared::model::{Address, Channel, Delivery, DeliveryId, DeliveryStatus, TraceKey};
use shared::queue::Queue;
use shared::store::{Deliveries, ListedBy, SentMessage};
use uuid::Uuid;

use crate::keys::ApiKey;
use crate::schema::bad;

/// Who gave the key that stands for the sender.
const ISSUER: &str = "urn:chinwag:api-key";
/// What comes before a message's id.
const ID_PREFIX: &str = "MESSAGE#";
/// What a mail is about where nobody says it.
const DEFAULT_SUBJECT: &str = "Message";
/// The longest id or key of the caller's own, in characters.
pub const MAX_OWN_ID: usize = 128;
/// When a message that was recorded goes out if whoever sends it ended before that: later than the gateway waits for one.
pub const BACKUP: Duration = Duration::from_secs(30);
/// The longest value of a filter, in bytes: what is longer can be in no message, and in no key of the table (2 KB, a limit of
/// DynamoDB).
const MAX_FILTER: usize = 4 * MAX_OWN_ID;
/// How often a page asks for messages: it may be short where a filter leaves out most of them.
const MAX_CALLS: usize = 5;
/// The longest body of a mail, in bytes: a page of a hundred must fit into a lambda's answer of 6 MB.
const MAX_EMAIL_BODY: usize = 32 * 1_024;

/// What was sent, and the way out.
pub struct Messages {
    deliveries: Deliveries,
    courier: Courier,
    queue: Queue,
    backup: Duration,
}

/// A message to be sent.
pub struct New {
    pub to: String,
    pub from: Option<String>,
    pub subject: Option<String>,
    pub body: String,
    pub channel: Channel,
    pub recipient_id: Option<String>,
    pub sender_id: Option<String>,
}

/// Which messages.
pub struct Filter {
    pub to: Option<String>,
    pub sender_id: Option<String>,
    pub status: Option<DeliveryStatus>,
}

/// Messages, the oldest first.
pub struct Page {
    pub rows: Vec<SentMessage>,
    /// Whether there may be more.
    pub has_next: bool,
    /// The last that was looked at.
    pub end: Option<DeliveryId>,
}

/// A message's id as callers see it.
pub fn public_id(id: &DeliveryId) -> String {
    format!("{ID_PREFIX}{id}")
}

impl Messages {
    pub fn new(deliveries: Deliveries, courier: Courier, queue: Queue, backup: Duration) -> Self {
        Self { deliveries, courier, queue, backup }
    }

    /// Records a message and sends it. It is in the queue before that: what a crash breaks off, or the provider does not take at
    /// once, goes out from there. Of several with the same `idempotency_key`, the caller's own and the field's, the first counts.
    pub async fn send(
        &self,
        key: &ApiKey,
        new: New,
        idempotency_key: Option<(&str, &str)>,
    ) -> Result<SentMessage, Error> {
        let (mut message, content) = checked(key, new, idempotency_key)?;
        let mut outgoing = Outgoing {
            trace: message.trace.clone(),
            address: message.delivery.address.clone(),
            delivery_id: message.delivery.delivery_id.clone(),
            ticket: Uuid::new_v4().to_string(),
            recorded: true,
            content,
        };
        self.queue.send_later(&outgoing, self.backup).await.map_err(fault)?;
        match self.deliveries.create(&key.name, &message).await.map_err(fault)? {
            None => {}
            Some(before) if before.says_the_same_as(&message) => {
                outgoing.delivery_id = before.delivery.delivery_id.clone();
                message = before;
            }
            Some(_) => return Err(reused()),
        }
        match self.courier.carry(&outgoing).await {
            Ok(Carried::Done(DeliveryStatus::Failed)) => {
                // Why is in its row.
                let failed = self.deliveries.message(&message).await.map_err(fault)?;
                return Ok(failed.unwrap_or(message));
            }
            Ok(Carried::Done(status)) => message.delivery.status = status,
            Ok(Carried::Again | Carried::Unwanted) => {}
            Err(error) => shared::logging::report(&error),
        }
        Ok(message)
    }

    /// Messages of the key's name behind `after`.
    pub async fn page(
        &self,
        key: &ApiKey,
        filter: &Filter,
        limit: usize,
        after: Option<&str>,
    ) -> Result<Page, Error> {
        let by = match (&filter.to, &filter.sender_id) {
            (Some(to), _) => ListedBy::Recipient(to),
            (None, Some(sender)) => ListedBy::Sender(sender),
            (None, None) => return Err(bad("filter", "needs to or senderId")),
        };
        for (field, value) in [("filter.to", &filter.to), ("filter.senderId", &filter.sender_id)] {
            if value.as_ref().is_some_and(|value| value.len() > MAX_FILTER) {
                return Err(bad(field, format!("must have at most {MAX_FILTER} bytes")));
            }
        }
        let mut end = after.map(position).transpose()?;
        let (mut rows, mut calls) = (Vec::new(), 0);
        loop {
            let found = self.deliveries.messages(&key.name, by, end.as_ref(), limit + 1);
            let (found, more) = found.await.map_err(fault)?;
            for message in found {
                if rows.len() == limit {
                    return Ok(Page { rows, has_next: true, end });
                }
                end = Some(message.delivery.delivery_id.clone());
                if filter.lets_in(&message) {
                    rows.push(message);
                }
            }
            calls += 1;
            let has_next = more.is_some();
            end = more.or(end);
            if !has_next || calls == MAX_CALLS {
                return Ok(Page { rows, has_next, end });
            }
        }
    }
}

impl Filter {
    fn lets_in(&self, message: &SentMessage) -> bool {
        let same =
            |wanted: &Option<String>, is: Option<&str>| wanted.is_none() || wanted.as_deref() == is;
        same(&self.to, Some(message.delivery.address.as_str()))
            && same(&self.sender_id, message.sender_id.as_deref())
            && self.status.is_none_or(|status| status == message.delivery.status)
    }
}

fn position(cursor: &str) -> Result<DeliveryId, Error> {
    let id = cursor.strip_prefix(ID_PREFIX).and_then(|id| id.parse().ok());
    id.ok_or_else(|| bad("after", "must be an endCursor"))
}

/// The message and what it says, if all of it is allowed.
fn checked(
    key: &ApiKey,
    new: New,
    idempotency_key: Option<(&str, &str)>,
) -> Result<(SentMessage, Content), Error> {
    let New { to, from, subject, body, channel, recipient_id, sender_id } = new;
    let address = Address::new(channel, &to).map_err(|reason| bad("to", reason.0))?;
    let from = from.or_else(|| key.senders.of(channel).first().cloned());
    let from = from.and_then(|from| key.senders.find(channel, &from).map(str::to_owned));
    let from = from.ok_or_else(|| bad("from", "must be one of the key's senders"))?;
    for (field, id) in [("recipientId", &recipient_id), ("senderId", &sender_id)] {
        let length = id.as_ref().map_or(1, |id| id.chars().count());
        if !(1..=MAX_OWN_ID).contains(&length) {
            return Err(bad(field, format!("must have 1 to {MAX_OWN_ID} characters")));
        }
    }
    let content = content(channel, &from, subject.as_deref(), &body)?;
    let subject = match &content {
        Content::Email { subject, .. } => Some(subject.clone()),
        Content::Sms { .. } => None,
    };
    let delivery_id = DeliveryId::generate();
    let request = match idempotency_key {
        Some((own, _)) if !(1..=MAX_OWN_ID).contains(&own.len()) => {
            return Err(bad("Idempotency-Key", format!("must have 1 to {MAX_OWN_ID} characters")));
        }
        // No id of a delivery has a colon.
        Some((own, field)) => format!("{field}:{own}"),
        None => delivery_id.to_string(),
    };
    let message = SentMessage {
        trace: TraceKey::new(ISSUER, &key.name, &request),
        delivery: Delivery {
            address,
            channel,
            delivery_id,
            status: DeliveryStatus::Pending,
            reason: None,
            attempts: None,
            segments: None,
            updated_at: None,
        },
        from,
        subject,
        body,
        recipient_id,
        sender_id,
    };
    Ok((message, content))
}

fn content(
    channel: Channel,
    from: &str,
    subject: Option<&str>,
    body: &str,
) -> Result<Content, Error> {
    if body.trim().is_empty() {
        return Err(bad("body", "must not be blank"));
    }
    let (from, body) = (from.to_owned(), body.to_owned());
    match channel {
        Channel::Email => {
            if body.len() > MAX_EMAIL_BODY {
                return Err(bad("body", format!("must have at most {MAX_EMAIL_BODY} bytes")));
            }
            let subject = subject.unwrap_or(DEFAULT_SUBJECT);
            let most = Content::MAX_SUBJECT;
            if subject.chars().count() > most || subject.chars().any(char::is_control) {
                let detail = format!("must have at most {most} characters on one line");
                return Err(bad("subject", detail));
            }
            let subject = subject.to_owned();
            Ok(Content::Email { from, subject, body, html: false, reply_to: None })
        }
        Channel::Sms => {
            let most = Content::MAX_SMS_BODY;
            if body.chars().count() > most {
                return Err(bad("body", format!("must have at most {most} characters")));
            }
            Ok(Content::Sms { from, message_type: MessageType::Transactional, body })
        }
    }
}

/// A message with the same key said something else.
fn reused() -> Error {
    let detail = "this Idempotency-Key was used for another message";
    Error::new(detail).extend_with(|_, extensions| {
        extensions.set("code", "idempotency-key-reused");
        extensions.set("field", "Idempotency-Key");
    })
}

/// What a caller is told of a fault: nothing internal. The log has it.
fn fault(error: impl Into<shared::error::Error>) -> Error {
    let error = error.into();
    shared::logging::report(&error);
    Error::new(error.to_string()).extend_with(|_, extensions| {
        let code = match error {
            shared::error::Error::Unavailable => "unavailable",
            _ => "internal",
        };
        extensions.set("code", code);
    })
}
