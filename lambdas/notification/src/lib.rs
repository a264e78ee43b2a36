//! `GET /v1/notifications/{traceId}`: what became of a request, for each address.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Serialize;
use shared::error::{Error, Result};
use shared::http::{Answer, Input};
use shared::model::{Delivery, DeliveryStatus, Timestamp, TraceId, TraceKey};
use shared::store::{Deliveries, Planned, Store};

/// As the lambda's environment says: as [`Store::from_env`].
///
/// # Errors
/// Names the variable that is missing.
pub async fn from_env() -> Result<Deliveries, lambda_http::Error> {
    Ok(Deliveries::new(Store::from_env().await?))
}

/// What is answered.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "NotificationStatus")]
pub struct Notification<'a> {
    /// The sender's own id for the request.
    #[schemars(with = "TraceId")]
    trace_id: &'a str,
    /// When it was accepted.
    created_at: Timestamp,
    /// One for each address.
    deliveries: Vec<Delivery>,
}

/// Handles the route.
pub async fn handle(deliveries: Arc<Deliveries>, input: Input) -> Result<Answer> {
    const WHAT: &str = "notification";
    let principal = input.principal()?;
    let trace_id: TraceId = input.path("traceId", WHAT)?;
    let name = TraceKey::new(&principal.issuer, &principal.subject, trace_id.as_str());
    let (trace, mut known) = deliveries.of(&name).await?.ok_or(Error::NotFound(WHAT))?;
    let mut known_or_new = |planned: Planned| {
        let at = known.iter().position(|delivery| delivery.address == planned.address);
        at.map_or_else(|| waiting(planned), |at| known.swap_remove(at))
    };
    Answer::ok(&Notification {
        trace_id: trace_id.as_str(),
        created_at: trace.created_at,
        deliveries: trace.deliveries.into_iter().map(&mut known_or_new).collect(),
    })
}

/// Nobody has begun to send it.
fn waiting(planned: Planned) -> Delivery {
    Delivery {
        address: planned.address,
        channel: planned.channel,
        delivery_id: planned.delivery_id,
        status: DeliveryStatus::Pending,
        reason: None,
        attempts: None,
        segments: None,
        updated_at: None,
    }
}
