//! Mail and text messages go out. Called with the messages of the queue `notifications`, each for one address.

use std::sync::Arc;

use futures_util::future::join_all;
use shared::error::{Error, Result};
use shared::events::{BatchAnswer, QueueEvent, QueueRecord};
use shared::messaging::{Carried, Courier, Outgoing, Providers};
use shared::store::{Deliveries, Store};

/// As the lambda's environment says: as [`Store::from_env`] and [`Providers::from_env`].
///
/// # Errors
/// Names the variable that is missing.
pub async fn from_env() -> Result<Courier, lambda_http::Error> {
    let (store, providers) =
        tokio::try_join!(Store::from_env(), async { Ok(Providers::from_env().await?) })?;
    Ok(Courier::new(Deliveries::new(store), providers, Courier::CLAIM))
}

/// Handles a batch, the addresses side by side: what fails for one is nothing to the others.
pub async fn handle(courier: Arc<Courier>, event: QueueEvent) -> Result<BatchAnswer> {
    let carrying = event.records.into_iter().map(|record| carry(&courier, record));
    Ok(join_all(carrying).await.into_iter().flatten().collect())
}

/// Answers the message's id if it is to come again.
async fn carry(courier: &Courier, record: QueueRecord) -> Option<String> {
    let carried = match serde_json::from_str::<Outgoing>(&record.body).map_err(Error::internal) {
        // Whoever recorded it has sent it, too, unless something came between.
        Ok(outgoing) if outgoing.recorded => courier.carry_what_is_left(&outgoing).await,
        Ok(outgoing) => courier.carry(&outgoing).await,
        Err(error) => Err(error),
    };
    match carried {
        Ok(Carried::Done(_) | Carried::Unwanted) => None,
        Ok(Carried::Again) => Some(record.message_id),
        Err(error) => {
            shared::logging::report(&error);
            Some(record.message_id)
        }
    }
}
