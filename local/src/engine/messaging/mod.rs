//! SES and End User Messaging: mail and text messages go to the outbox, and what becomes of them is told.

mod email;
mod event;
mod failures;
mod fate;
mod reports;
mod sms;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use shared::messaging::Senders;
use shared::model::Timestamp;

pub use email::{is_mail_address, respond};
pub use failures::Failure;
pub use reports::{Report, Reports};
pub use sms::is_phone_number;

use self::failures::Failures;
use self::fate::Fate;
use super::documents::{Changes, Documents};
use super::{EngineError, Result};
use crate::engine::aws_json::Refusal;
use crate::outbox::{Message, Outbox};

/// Where SES takes mail.
pub const EMAIL_PATH: &str = "/v2/email/outbound-emails";

/// The name of End User Messaging in `X-Amz-Target`.
pub const SMS_SERVICE: &str = "PinpointSMSVoiceV2";

/// The configured sender of mail.
pub const EMAIL_SENDER: &str = "sender@example.com";

/// The configured sender of text messages.
pub const SMS_SENDER: &str = "+18005551234";

/// The addresses that SES sends nothing to any more, in lower case.
const SUPPRESSED: &str = "suppressed";

/// The configured senders, as the lambdas read them.
#[must_use]
pub fn senders() -> Senders {
    Senders { email: vec![EMAIL_SENDER.to_owned()], sms: vec![SMS_SENDER.to_owned()] }
}

/// Both services.
pub struct Messaging {
    documents: Documents,
    outbox: Arc<Outbox>,
    failures: Failures,
    reports: Arc<Reports>,
    delay: Option<Duration>,
}

impl Messaging {
    /// With what `documents` keeps of suppressed addresses and of events that nobody was told yet. A call takes as long as
    /// `delay` says.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn open(
        documents: Documents,
        outbox: Arc<Outbox>,
        delay: Option<Duration>,
    ) -> Result<Self> {
        let reports = Arc::new(Reports::open(documents.clone())?);
        Ok(Self { documents, outbox, failures: Failures::default(), reports, delay })
    }

    /// What goes out.
    #[must_use]
    pub fn outbox(&self) -> &Outbox {
        &self.outbox
    }

    /// What becomes of it.
    #[must_use]
    pub fn reports(&self) -> Arc<Reports> {
        Arc::clone(&self.reports)
    }

    /// Takes as long as a call is to take.
    pub async fn delay(&self) {
        if let Some(delay) = self.delay {
            tokio::time::sleep(delay).await;
        }
    }

    /// Lets the next `times` sends to `address` fail. That takes the place of what was said of it before.
    pub fn fail(&self, address: &str, times: u32, failure: Failure) {
        self.failures.order(key_of(address), times, failure);
    }

    /// Empties the outbox, and forgets what is to fail and who is suppressed.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn clear(&self) -> Result<()> {
        self.failures.clear();
        self.documents.clear(SUPPRESSED)?;
        self.outbox.clear()
    }

    /// Lets go what is for the outbox, if it goes out at all, and keeps `events` of it: both or nothing.
    fn accept(&self, message: &Message, id: &str, fate: Fate, events: Vec<Value>) -> Result<()> {
        let mut changes = Changes::default();
        let report = Report { message_id: id.to_owned(), events };
        report.keep(&mut changes)?;
        if fate::suppresses(message, fate) {
            changes.put(SUPPRESSED, &key_of(&message.to), &Timestamp::now())?;
        }
        if fate == Fate::Suppressed {
            self.documents.change(changes)?;
        } else {
            self.outbox.push_with(message, changes)?;
        }
        self.reports.add(report);
        Ok(())
    }
}

/// Addresses that differ in case only are the same.
fn key_of(address: &str) -> String {
    address.to_lowercase()
}

/// The service itself failed.
fn failed(error: &EngineError) -> Refusal {
    tracing::error!(%error, "a message could not be kept");
    Refusal::internal("InternalFailure")
}
