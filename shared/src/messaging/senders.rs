//! From which addresses anything may be sent.

use serde::{Deserialize, Serialize};

use crate::aws::variable;
use crate::model::Channel;

/// The configured senders: nothing is sent from any other.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Senders {
    /// Mail addresses.
    #[serde(default)]
    pub email: Vec<String>,
    /// Telephone numbers, sender ids and pools of text messages.
    #[serde(default)]
    pub sms: Vec<String>,
}

impl Senders {
    /// As the lambda's environment says: `SENDERS`, as JSON.
    ///
    /// # Errors
    /// Names the variable that is missing or cannot be read.
    pub fn from_env() -> Result<Self, lambda_http::Error> {
        let json = variable("SENDERS")?;
        Ok(serde_json::from_str(&json).map_err(|error| format!("SENDERS: {error}"))?)
    }

    /// Those of `channel`.
    #[must_use]
    pub fn of(&self, channel: Channel) -> &[String] {
        match channel {
            Channel::Email => &self.email,
            Channel::Sms => &self.sms,
        }
    }

    /// Those that are among `others`, too, and as they stand there.
    #[must_use]
    pub fn within(&self, others: &Self) -> Self {
        let within = |channel| {
            let common = self.of(channel).iter().filter_map(|one| others.find(channel, one));
            common.map(str::to_owned).collect()
        };
        Self { email: within(Channel::Email), sms: within(Channel::Sms) }
    }

    /// `sender` as it is configured. Case does not matter, as in mail domains.
    #[must_use]
    pub fn find(&self, channel: Channel, sender: &str) -> Option<&str> {
        let mut configured = self.of(channel).iter();
        configured.find(|configured| configured.eq_ignore_ascii_case(sender)).map(String::as_str)
    }
}
