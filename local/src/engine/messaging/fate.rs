//! What becomes of a message that was taken.

use super::{Failure, Messaging, Result, SUPPRESSED, key_of};
use crate::outbox::{Channel, Message};

/// The domain of SES' mailbox simulator.
const SIMULATOR: &str = "simulator.amazonses.com";

/// What becomes of a message that was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It arrives.
    Delivered,
    /// It arrives, and whoever gets it complains.
    Complained,
    /// It comes back.
    Bounced,
    /// It is not sent, since the address is on the account's suppression list.
    Suppressed,
}

impl Messaging {
    /// What becomes of a mail to `address`; none: it is not taken, since there are too many.
    pub(super) fn fate_of_mail(&self, address: &str) -> Result<Option<Fate>> {
        let key = key_of(address);
        let failure = self.failures.take(&key);
        if failure == Some(Failure::Throttle) {
            return Ok(None);
        }
        if self.documents.get::<String>(SUPPRESSED, &key)?.is_some() {
            return Ok(Some(Fate::Suppressed));
        }
        let ordered = failure.map(|_| Fate::Bounced);
        Ok(ordered.or_else(|| simulated(&key)).or(Some(Fate::Delivered)))
    }

    /// What becomes of a text message to `number`; none: it is not taken, since there are too many.
    pub(super) fn fate_of_text(&self, number: &str) -> Option<Fate> {
        match self.failures.take(&key_of(number)) {
            Some(Failure::Throttle) => None,
            Some(Failure::Bounce) => Some(Fate::Bounced),
            None => Some(Fate::Delivered),
        }
    }
}

/// Whether the address is on the suppression list from now on: after a mail that came back or was complained of. Those of
/// the simulator never are.
pub fn suppresses(message: &Message, fate: Fate) -> bool {
    let mail = message.channel == Channel::Email;
    mail && matches!(fate, Fate::Bounced | Fate::Complained)
        && simulated(&key_of(&message.to)).is_none()
}

/// What the mailbox simulator does with a mail. It ignores what stands behind a plus sign.
fn simulated(key: &str) -> Option<Fate> {
    let (mailbox, domain) = key.rsplit_once('@')?;
    let mailbox = mailbox.split_once('+').map_or(mailbox, |(mailbox, _)| mailbox);
    match mailbox {
        _ if domain != SIMULATOR => None,
        "bounce" => Some(Fate::Bounced),
        "complaint" => Some(Fate::Complained),
        "suppressionlist" => Some(Fate::Suppressed),
        _ => Some(Fate::Delivered),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_simulator_does_as_its_addresses_say() {
        for (mailbox, fate) in [
            ("success", Fate::Delivered),
            ("ooto", Fate::Delivered),
            ("bounce", Fate::Bounced),
            ("complaint", Fate::Complained),
            ("suppressionlist", Fate::Suppressed),
        ] {
            for label in ["", "+", "+a", "+a+b"] {
                let address = format!("{mailbox}{label}@simulator.amazonses.com");
                assert_eq!(simulated(&address), Some(fate), "{address}");
            }
        }
        for address in ["bounce@example.com", "bounce@x.simulator.amazonses.com"] {
            assert_eq!(simulated(address), None);
        }
    }
}
