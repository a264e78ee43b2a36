//! Bringing one message to its address, once.
//!
//! The delivery's row is claimed before anything is sent, and whoever finds it claimed sends nothing. After a crash between the
//! sending and its record the claim ends, and the message comes again; by then the provider's own event has long told that it
//! was taken, and it is not sent again. What is left is the case that the provider took it and its event is later than that.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::{Outgoing, Providers, SendError};
use crate::error::Result;
use crate::logging::report;
use crate::model::{DeliveryStatus, Timestamp};
use crate::store::{Claiming, Deliveries, DeliveryKey, Sent as Record};

/// For how long a call tries what the provider does not take now.
const PATIENCE: Duration = Duration::from_secs(8);
/// The longest first pause; each is at most twice as long as the one before.
const FIRST_PAUSE: Duration = Duration::from_millis(50);
/// The longest pause.
const MAX_PAUSE: Duration = Duration::from_secs(2);

/// Sends, and records what was sent.
#[derive(Debug, Clone)]
pub struct Courier {
    deliveries: Deliveries,
    providers: Providers,
    claim: Duration,
}

/// How a delivery ended for now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Carried {
    /// It is as far as this; nothing is left to do.
    Done(DeliveryStatus),
    /// It is to be tried again later.
    Again,
    /// It was never recorded: whoever asked for it knows that it was not sent.
    Unwanted,
}

impl Courier {
    /// How long nobody else sends what one has claimed: longer than any lambda of ours runs, and until the provider's own event
    /// has told of it; but over by the time that the same message comes again.
    pub const CLAIM: Duration = Duration::from_secs(150);

    /// A claim holds for `claim`.
    #[must_use]
    pub fn new(deliveries: Deliveries, providers: Providers, claim: Duration) -> Self {
        Self { deliveries, providers, claim }
    }

    /// As [`Courier::carry`], for what was mostly carried by somebody else by now.
    ///
    /// # Errors
    /// As [`Courier::carry`].
    pub async fn carry_what_is_left(&self, outgoing: &Outgoing) -> Result<Carried> {
        let key = DeliveryKey::new(&outgoing.trace, &outgoing.address);
        match self.deliveries.further(&key).await? {
            Some(status) => Ok(Carried::Done(status)),
            None => self.carry(outgoing).await,
        }
    }

    /// Brings `outgoing` to its address, unless that was done or is being done.
    ///
    /// # Errors
    /// When DynamoDB cannot be asked: it is to be tried again later.
    pub async fn carry(&self, outgoing: &Outgoing) -> Result<Carried> {
        let key = DeliveryKey::new(&outgoing.trace, &outgoing.address);
        let until = Timestamp::now().plus_millis(millis(self.claim));
        match self.deliveries.claim(&key, outgoing, until).await? {
            Claiming::Claimed => {}
            Claiming::Further(status) => return Ok(Carried::Done(status)),
            // Whoever holds it may be no more, and its message set aside.
            Claiming::Held => return Ok(Carried::Again),
            Claiming::Unknown => return Ok(Carried::Unwanted),
        }
        match self.send(outgoing).await {
            Ok(provider_id) => {
                self.deliveries.record(&key, Record::accepted(provider_id)).await?;
                Ok(Carried::Done(DeliveryStatus::Accepted))
            }
            Err(SendError::Refused(reason)) => {
                self.deliveries.record(&key, Record::failed(reason)).await?;
                Ok(Carried::Done(DeliveryStatus::Failed))
            }
            Err(SendError::Later(reason)) => {
                self.deliveries.release(&key, &outgoing.ticket, &reason).await?;
                Ok(Carried::Again)
            }
            Err(error @ SendError::Unknown(_)) => {
                // The claim stays: only the provider's event can tell whether it was taken.
                report(&crate::error::Error::internal(error));
                Ok(Carried::Again)
            }
        }
    }

    /// Tries for a while what the provider does not take now.
    async fn send(&self, outgoing: &Outgoing) -> Result<String, SendError> {
        let deadline = Instant::now() + PATIENCE;
        let mut longest = FIRST_PAUSE;
        loop {
            match self.providers.send(outgoing).await {
                Err(SendError::Later(_)) if Instant::now() + longest < deadline => {}
                outcome => return outcome,
            }
            sleep(longest.mul_f32(fastrand::f32())).await;
            longest = MAX_PAUSE.min(longest * 2);
        }
    }
}

fn millis(duration: Duration) -> i64 {
    duration.as_millis().try_into().unwrap_or(i64::MAX)
}
