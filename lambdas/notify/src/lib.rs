//! `POST /v1/notifications`: one text to many addresses, by mail and as text messages.
//!
//! Everything is checked first. Then the request is recorded under its sender's name for it: that is the commit. The messages,
//! one for each address, follow; a repeat of the request sends those that a crash kept back, and none twice, since whoever
//! delivers them claims the address first. The templates are kept with the request: a repeat says what it said, whatever became
//! of them.

mod complaints;
mod plan;
mod request;
mod texts;

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use schemars::JsonSchema;
use serde::Serialize;
use sha2::{Digest, Sha256};
use shared::error::{Error, Result};
use shared::http::{Answer, Input, Principal};
use shared::messaging::{Outgoing, Senders, StoredTemplate, UsedTemplates};
use shared::model::{Address, DeliveryId, Timestamp, TraceId, TraceKey};
use shared::queue::Queue;
use shared::store::{Deliveries, Planned, Store, Templates, Trace};
use uuid::Uuid;

use plan::Plan;
pub use request::Request as Notify;
use request::Request;

/// What was sent before, the templates, the senders, and the queue of what is to be sent.
#[derive(Debug)]
pub struct Notifier {
    deliveries: Deliveries,
    templates: Templates,
    senders: Senders,
    queue: Queue,
}

impl Notifier {
    /// Over the tables of `store`; `queue` is the queue `notifications`.
    #[must_use]
    pub fn new(store: &Store, senders: Senders, queue: Queue) -> Self {
        Self {
            deliveries: Deliveries::new(store.clone()),
            templates: Templates::new(store.clone()),
            senders,
            queue,
        }
    }

    /// As the lambda's environment says: as [`Store::from_env`] and [`Senders::from_env`], and `NOTIFICATIONS_QUEUE_URL`.
    ///
    /// # Errors
    /// Names the variable that is missing.
    pub async fn from_env() -> Result<Self, lambda_http::Error> {
        let queue = Queue::from_env("NOTIFICATIONS_QUEUE_URL").await?;
        Ok(Self::new(&Store::from_env().await?, Senders::from_env()?, queue))
    }
}

/// What is said of a request that was taken.
const QUEUED: &str = "Message sent to queue";

/// What is answered.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "NotificationReceipt")]
pub struct Queued<'a> {
    /// Always this.
    #[schemars(extend("const" = QUEUED))]
    status: &'static str,
    /// The sender's own id for the request.
    #[schemars(with = "TraceId")]
    trace_id: &'a str,
    /// One for each address.
    deliveries: Vec<QueuedDelivery<'a>>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct QueuedDelivery<'a> {
    /// To whom.
    address: &'a Address,
    /// Its id.
    delivery_id: &'a DeliveryId,
}

/// Handles the route.
pub async fn handle(notifier: Arc<Notifier>, input: Input) -> Result<Answer> {
    let principal = input.principal()?;
    let request: Request = input.body()?;
    let body_hash = hash(&request)?;
    let (email, sms, before) = tokio::try_join!(
        stored(&notifier, request.email_template()),
        stored(&notifier, request.sms_template()),
        before(&notifier, &principal, &request),
    )?;
    let templates = match before {
        Some(before) if before.body_hash == body_hash => before.templates,
        _ => UsedTemplates { email, sms },
    };
    let plan = Plan::new(&request, &templates, &notifier.senders)?;

    let name = name(&principal, plan.trace_id.as_str());
    let asked = Trace {
        body_hash,
        templates,
        deliveries: plan.messages.iter().map(planned).collect(),
        created_at: Timestamp::now(),
    };
    let (plan, trace) = match notifier.deliveries.commit(&name, &asked).await? {
        None => (plan, asked),
        Some(before) if before.body_hash == asked.body_hash => {
            (Plan::new(&request, &before.templates, &notifier.senders)?, before)
        }
        Some(_) => return Err(Error::TraceIdReused),
    };
    notifier.queue.spread(&messages(&name, &trace, plan.messages)).await?;
    Answer::accepted_with(&queued(&plan.trace_id, &trace))
}

fn name(principal: &Principal, trace_id: &str) -> TraceKey {
    TraceKey::new(&principal.issuer, &principal.subject, trace_id)
}

/// The request of the same name that was accepted before, where templates decide what it says.
async fn before(
    notifier: &Notifier,
    principal: &Principal,
    request: &Request,
) -> Result<Option<Trace>> {
    match &request.trace_id {
        Some(trace_id) if request.email_template().or(request.sms_template()).is_some() => {
            Ok(notifier.deliveries.trace(&name(principal, trace_id)).await?)
        }
        _ => Ok(None),
    }
}

/// The template of the name, if one is named and there is one.
async fn stored(notifier: &Notifier, name: Option<&str>) -> Result<Option<StoredTemplate>> {
    match name.and_then(|name| name.parse().ok()) {
        Some(name) => Ok(notifier.templates.get(&name).await?),
        None => Ok(None),
    }
}

fn planned(message: &plan::Message) -> Planned {
    Planned {
        address: message.address.clone(),
        channel: message.content.channel(),
        delivery_id: DeliveryId::generate(),
    }
}

/// The messages of a request, under the ids that it has got. The order is that of the addresses.
fn messages(name: &TraceKey, trace: &Trace, messages: Vec<plan::Message>) -> Vec<Outgoing> {
    let outgoing = |(message, planned): (plan::Message, &Planned)| Outgoing {
        trace: name.clone(),
        address: message.address,
        delivery_id: planned.delivery_id.clone(),
        ticket: Uuid::new_v4().to_string(),
        recorded: false,
        content: message.content,
    };
    messages.into_iter().zip(&trace.deliveries).map(outgoing).collect()
}

fn queued<'a>(trace_id: &'a TraceId, trace: &'a Trace) -> Queued<'a> {
    let queued = |planned: &'a Planned| QueuedDelivery {
        address: &planned.address,
        delivery_id: &planned.delivery_id,
    };
    Queued {
        status: QUEUED,
        trace_id: trace_id.as_str(),
        deliveries: trace.deliveries.iter().map(queued).collect(),
    }
}

/// Of what the request says, however it is written.
fn hash(request: &Request) -> Result<String> {
    let json = serde_json::to_vec(request).map_err(Error::internal)?;
    Ok(URL_SAFE_NO_PAD.encode(Sha256::digest(json)))
}
