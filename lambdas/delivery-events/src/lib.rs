//! What the providers tell of mail and text messages: taken, arrived, returned. Called with the events of SES, which come by
//! `EventBridge`, and with those of End User Messaging, which come by SNS.
//!
//! An event may come twice, late, and behind one that happened after it: a delivery only ever comes further.

mod event;

use std::sync::Arc;

use shared::error::{Error, Result};
use shared::store::{Deliveries, DeliveryKey, Outcome, Sent, Store};

pub use event::DeliveryEvent;

/// As the lambda's environment says: as [`Store::from_env`].
///
/// # Errors
/// Names the variable that is missing.
pub async fn from_env() -> Result<Deliveries, lambda_http::Error> {
    Ok(Deliveries::new(Store::from_env().await?))
}

/// Handles an event.
pub async fn handle(deliveries: Arc<Deliveries>, event: DeliveryEvent) -> Result<()> {
    for told in event.told().map_err(Error::internal)? {
        let key = DeliveryKey::new(&told.trace, &told.address);
        // Whoever sent it has mostly recorded that by now.
        if told.outcome == Outcome::Accepted && deliveries.further(&key).await?.is_some() {
            continue;
        }
        let sent = Sent::told(told.outcome, told.provider_id, told.reason);
        deliveries.record(&key, sent).await?;
    }
    Ok(())
}
