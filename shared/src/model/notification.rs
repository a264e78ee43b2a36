//! What other systems have to say to a person.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde_json::Value;

use super::Rejected;

/// A message of another system, held until a device has confirmed it.
#[derive(Debug, Clone, PartialEq)]
pub struct Notification {
    /// Its id, and its place among the person's notifications.
    pub sequence_number: SequenceNumber,
    /// What it says.
    pub message: Value,
}

/// A notification: a number of up to 128 bits as text, growing for each person.
// What SQS numbers the messages of a FIFO queue with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, JsonSchema)]
#[schemars(extend("pattern" = "^[0-9]+$"))]
pub struct SequenceNumber(#[schemars(with = "String")] u128);

impl FromStr for SequenceNumber {
    type Err = Rejected;

    fn from_str(text: &str) -> Result<Self, Rejected> {
        const REASON: Rejected = Rejected("must be the messageId of a notification");
        // A sign, which the parser takes, is none of a number's digits.
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let number = digits.then(|| text.parse().ok()).flatten();
        number.map(Self).ok_or(REASON)
    }
}

impl fmt::Display for SequenceNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_has_one_form_and_its_own_order() {
        let parsed = |text: &str| text.parse::<SequenceNumber>().unwrap();
        assert_eq!(parsed("00000000000000000042").to_string(), "42");
        assert!(parsed("9") < parsed("18849496460467696128"));
        for bad in ["", "-1", "+1", "x", "1.0", &"9".repeat(40)] {
            assert!(bad.parse::<SequenceNumber>().is_err(), "{bad}");
        }
    }
}
