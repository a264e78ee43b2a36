//! The schema.

use std::sync::Arc;

use async_graphql::{
    Context, EmptySubscription, Enum, Error, ErrorExtensions, ID, InputObject, Object, SimpleObject,
};
use shared::model::{Channel, DeliveryStatus as Status};
use shared::store::SentMessage;

use crate::keys::ApiKey;
use crate::messages::{Filter, Messages, New, Page, public_id};

/// The schema over its parts.
pub type Schema = async_graphql::Schema<Query, Mutation, EmptySubscription>;

/// How deep a query may be; the usual introspection is 13 deep.
const MAX_DEPTH: usize = 15;
/// How much it may ask for: a field counts one, and what is in a page as often as the page may have items.
pub const MAX_COMPLEXITY: usize = 2_500;
/// What asking for a page counts, however small it is.
const PAGE: usize = 200;
/// What sending a message counts: the provider may keep one waiting, and the gateway waits for 30 s.
const SEND: usize = 1_000;
/// How many messages a page has where nobody says it.
const DEFAULT_FIRST: i32 = 20;
/// How many it may have.
const MAX_FIRST: i32 = 100;

/// The schema in its own language.
#[must_use]
pub fn sdl() -> String {
    Schema::build(Query, Mutation, EmptySubscription).finish().sdl()
}

/// The schema. Callers may ask what it is where `introspection` says so.
pub fn new(messages: Messages, introspection: bool) -> Schema {
    let schema = Schema::build(Query, Mutation, EmptySubscription)
        .limit_depth(MAX_DEPTH)
        .limit_complexity(MAX_COMPLEXITY)
        .data(messages);
    if introspection {
        schema.finish()
    } else {
        schema.disable_introspection().disable_suggestions().finish()
    }
}

/// How an address is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum DeliveryMethod {
    /// Mail.
    Email,
    /// A text message.
    Sms,
}

/// How far a message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum DeliveryStatus {
    /// It waits, or is being sent.
    Pending,
    /// The provider has taken it.
    Accepted,
    /// It has arrived.
    Delivered,
    /// It will not arrive, or was returned after it had.
    Failed,
}

/// The header `Idempotency-Key`: what is sent with the same one by the same caller is sent once.
#[derive(Debug)]
pub struct IdempotencyKey(pub String);

/// A message to be sent.
#[derive(Debug, InputObject)]
pub struct MessageInput {
    /// A mail address, or a telephone number in E.164.
    pub to: String,
    /// One of the key's senders; by default its first.
    pub from: Option<String>,
    /// What a mail is about: at most 998 characters; `Message` by default.
    pub subject: Option<String>,
    /// What it says: a mail at most 32 KiB, a text message at most 1,600 characters.
    pub body: String,
    /// How it is sent.
    pub delivery_method: DeliveryMethod,
    /// The caller's own id for whom it is for: 1-128 characters.
    pub recipient_id: Option<String>,
    /// The caller's own id for whom it is from: 1-128 characters.
    pub sender_id: Option<String>,
}

/// Which messages: `to` or `senderId` must be there.
#[derive(Debug, InputObject)]
pub struct MessageFilter {
    /// Those to this address.
    pub to: Option<String>,
    /// Those from this `senderId`.
    pub sender_id: Option<String>,
    /// Those that are as far as this.
    pub delivery_status: Option<DeliveryStatus>,
}

/// A message that was sent.
#[derive(Debug, SimpleObject)]
pub struct Message {
    id: ID,
    to: String,
    from: String,
    subject: Option<String>,
    body: String,
    delivery_method: DeliveryMethod,
    delivery_status: DeliveryStatus,
    /// Why it failed, or was not taken yet.
    reason: Option<String>,
    recipient_id: Option<String>,
    sender_id: Option<String>,
}

/// Where a page ends.
#[derive(Debug, SimpleObject)]
pub struct PageInfo {
    has_next_page: bool,
    end_cursor: Option<String>,
}

/// A page of messages, the oldest first.
#[derive(Debug, SimpleObject)]
pub struct MessageConnection {
    data: Vec<Message>,
    page_info: PageInfo,
}

/// What can be asked.
#[derive(Debug)]
pub struct Query;

/// What can be done.
#[derive(Debug)]
pub struct Mutation;

#[Object]
impl Query {
    /// The messages that were sent with this key, or another of its name.
    #[graphql(complexity = "PAGE + page(first) * child_complexity")]
    async fn get_messages(
        &self,
        context: &Context<'_>,
        filter: MessageFilter,
        #[graphql(desc = "How many: 1 to 100, by default 20.")] first: Option<i32>,
        #[graphql(desc = "The endCursor of the page before.")] after: Option<String>,
    ) -> async_graphql::Result<MessageConnection> {
        let key = context.data::<Arc<ApiKey>>()?;
        let first = first.unwrap_or(DEFAULT_FIRST);
        if !(1..=MAX_FIRST).contains(&first) {
            return Err(bad("first", format!("must be 1 to {MAX_FIRST}")));
        }
        let filter = Filter {
            to: filter.to,
            sender_id: filter.sender_id,
            status: filter.delivery_status.map(Status::from),
        };
        let limit = first.unsigned_abs() as usize;
        let messages = context.data::<Messages>()?;
        let Page { rows, has_next, end } =
            messages.page(key, &filter, limit, after.as_deref()).await?;
        let data = rows.into_iter().map(Into::into).collect();
        let end_cursor = end.as_ref().map(public_id);
        Ok(MessageConnection { data, page_info: PageInfo { has_next_page: has_next, end_cursor } })
    }
}

#[Object]
impl Mutation {
    /// Sends a message; a request may send two. With the header Idempotency-Key it is sent once, however often it is asked for.
    #[graphql(complexity = "SEND + child_complexity")]
    async fn send_message(
        &self,
        context: &Context<'_>,
        input: MessageInput,
    ) -> async_graphql::Result<Message> {
        let key = context.data::<Arc<ApiKey>>()?;
        let new = New {
            to: input.to,
            from: input.from,
            subject: input.subject,
            body: input.body,
            channel: input.delivery_method.into(),
            recipient_id: input.recipient_id,
            sender_id: input.sender_id,
        };
        let field = context.field().alias().unwrap_or_default();
        // A request may send more than one message.
        let idempotency_key = context.data::<Option<IdempotencyKey>>()?.as_ref();
        let idempotency_key = idempotency_key.map(|IdempotencyKey(key)| (key.as_str(), field));
        Ok(context.data::<Messages>()?.send(key, new, idempotency_key).await?.into())
    }
}

/// How many items a page may have, for its complexity; what is not allowed is said elsewhere.
fn page(first: Option<i32>) -> usize {
    first.unwrap_or(DEFAULT_FIRST).clamp(1, MAX_FIRST).unsigned_abs() as usize
}

/// A value that is not allowed.
pub fn bad(field: &str, detail: impl Into<String>) -> Error {
    let detail = detail.into();
    Error::new(format!("{field} {detail}")).extend_with(|_, extensions| {
        extensions.set("code", "invalid");
        extensions.set("field", field);
    })
}

impl From<SentMessage> for Message {
    fn from(row: SentMessage) -> Self {
        Self {
            id: ID(public_id(&row.delivery.delivery_id)),
            to: row.delivery.address.to_string(),
            from: row.from,
            subject: row.subject,
            body: row.body,
            delivery_method: row.delivery.channel.into(),
            delivery_status: row.delivery.status.into(),
            reason: row.delivery.reason,
            recipient_id: row.recipient_id,
            sender_id: row.sender_id,
        }
    }
}

impl From<Channel> for DeliveryMethod {
    fn from(channel: Channel) -> Self {
        match channel {
            Channel::Email => Self::Email,
            Channel::Sms => Self::Sms,
        }
    }
}

impl From<DeliveryMethod> for Channel {
    fn from(method: DeliveryMethod) -> Self {
        match method {
            DeliveryMethod::Email => Self::Email,
            DeliveryMethod::Sms => Self::Sms,
        }
    }
}

impl From<Status> for DeliveryStatus {
    fn from(status: Status) -> Self {
        match status {
            Status::Pending => Self::Pending,
            Status::Accepted => Self::Accepted,
            Status::Delivered => Self::Delivered,
            Status::Failed => Self::Failed,
        }
    }
}

impl From<DeliveryStatus> for Status {
    fn from(status: DeliveryStatus) -> Self {
        match status {
            DeliveryStatus::Pending => Self::Pending,
            DeliveryStatus::Accepted => Self::Accepted,
            DeliveryStatus::Delivered => Self::Delivered,
            DeliveryStatus::Failed => Self::Failed,
        }
    }
}
