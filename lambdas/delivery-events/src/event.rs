//! The events as the providers write them: what of them is read here.

use std::collections::HashMap;

use serde::Deserialize;
use shared::messaging::TRACE_TAG;
use shared::model::{Address, TraceKey};
use shared::store::Outcome;

/// An event, as `EventBridge` or SNS brings it.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum DeliveryEvent {
    /// Of SES.
    Email {
        /// What happened.
        detail: EmailEvent,
    },
    /// Of End User Messaging.
    Sms {
        /// Notifications, each with one event.
        #[serde(rename = "Records")]
        records: Vec<SnsRecord>,
    },
}

/// A notification of SNS.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SnsRecord {
    sns: SnsMessage,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct SnsMessage {
    /// An [`SmsEvent`] as JSON.
    message: String,
}

/// What happened to a mail.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EmailEvent {
    event_type: String,
    mail: Mail,
    bounce: Option<Bounce>,
    reject: Option<Reject>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Mail {
    message_id: String,
    #[serde(default)]
    destination: Vec<Address>,
    #[serde(default)]
    tags: HashMap<String, Vec<String>>,
}

#[derive(Debug, Deserialize)]
struct Bounce {
    #[serde(rename = "bounceType")]
    kind: String,
    #[serde(rename = "bounceSubType")]
    sub_kind: String,
    #[serde(default, rename = "bouncedRecipients")]
    recipients: Vec<Bounced>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Bounced {
    diagnostic_code: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Reject {
    reason: String,
}

/// What happened to a text message.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct SmsEvent {
    event_type: String,
    message_id: String,
    destination_phone_number: Address,
    #[serde(default)]
    is_final: bool,
    message_status: Option<String>,
    message_status_description: Option<String>,
    #[serde(default)]
    context: HashMap<String, String>,
}

/// What an event tells of a delivery.
#[derive(Debug, PartialEq, Eq)]
pub struct Told {
    /// Of which request.
    pub trace: TraceKey,
    /// To whom.
    pub address: Address,
    /// What became of it.
    pub outcome: Outcome,
    /// The provider's id.
    pub provider_id: String,
    /// Why it failed.
    pub reason: Option<String>,
}

impl DeliveryEvent {
    /// What it tells of deliveries that were asked for here; nothing of opens, clicks and delays.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn told(self) -> Result<Vec<Told>, serde_json::Error> {
        match self {
            Self::Email { detail } => Ok(detail.told()),
            Self::Sms { records } => {
                let told = |record: SnsRecord| {
                    serde_json::from_str(&record.sns.message).map(SmsEvent::told)
                };
                let told: Result<Vec<_>, _> = records.into_iter().map(told).collect();
                Ok(told?.into_iter().flatten().collect())
            }
        }
    }
}

impl EmailEvent {
    fn told(mut self) -> Vec<Told> {
        let trace = self.mail.tags.remove(TRACE_TAG).and_then(|tags| tags.into_iter().next());
        let (Some(trace), Some((outcome, reason))) = (trace, self.outcome()) else {
            return Vec::new();
        };
        let told = |address| Told {
            trace: trace.clone().into(),
            address,
            outcome,
            provider_id: self.mail.message_id.clone(),
            reason: reason.clone(),
        };
        self.mail.destination.into_iter().map(told).collect()
    }

    fn outcome(&self) -> Option<(Outcome, Option<String>)> {
        match self.event_type.as_str() {
            "Send" => Some((Outcome::Accepted, None)),
            // Who complains has got it.
            "Delivery" | "Complaint" => Some((Outcome::Delivered, None)),
            "Bounce" => {
                // An automatic answer of somebody who is away is a transient bounce of what has arrived.
                let returned = self.bounce.as_ref().is_some_and(Bounce::is_permanent);
                let outcome = if returned { Outcome::Returned } else { Outcome::Failed };
                Some((outcome, self.bounce.as_ref().map(Bounce::reason)))
            }
            "Reject" => {
                let reason = self.reject.as_ref().map(|reject| reject.reason.clone());
                Some((Outcome::Failed, reason))
            }
            "Rendering Failure" => Some((Outcome::Failed, Some(self.event_type.clone()))),
            _ => None,
        }
    }
}

impl Bounce {
    fn is_permanent(&self) -> bool {
        self.kind == "Permanent"
    }

    fn reason(&self) -> String {
        let Self { kind, sub_kind, recipients } = self;
        let first = recipients.first().and_then(|bounced| bounced.diagnostic_code.as_ref());
        match first {
            Some(code) => format!("bounced: {kind}, {sub_kind}: {code}"),
            None => format!("bounced: {kind}, {sub_kind}"),
        }
    }
}

impl SmsEvent {
    fn told(mut self) -> Option<Told> {
        let trace = self.context.remove(TRACE_TAG)?;
        let (outcome, reason) = match self.event_type.as_str() {
            "TEXT_DELIVERED" => (Outcome::Delivered, None),
            // The carrier knows no more: it has been handed over.
            "TEXT_SUCCESSFUL" if self.is_final => (Outcome::Delivered, None),
            // The carrier does not say.
            "TEXT_UNKNOWN" => return None,
            "TEXT_SUCCESSFUL" | "TEXT_PENDING" | "TEXT_QUEUED" | "TEXT_SENT" => {
                (Outcome::Accepted, None)
            }
            // Something later will tell.
            _ if !self.is_final => return None,
            _ => {
                let description = self.message_status_description.or(self.message_status);
                (Outcome::Failed, Some(description.unwrap_or(self.event_type)))
            }
        };
        let address = self.destination_phone_number;
        Some(Told { trace: trace.into(), address, outcome, provider_id: self.message_id, reason })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn told(event: Value) -> Vec<(String, Outcome, Option<String>)> {
        let event: DeliveryEvent = serde_json::from_value(event).unwrap();
        let told = |told: Told| {
            assert_eq!(told.trace.as_str(), "t");
            (told.address.to_string(), told.outcome, told.reason)
        };
        event.told().unwrap().into_iter().map(told).collect()
    }

    fn email(kind: &str, rest: &Value) -> Value {
        let tags = json!({ "trace": ["t"], "ses:configuration-set": ["c"] });
        let mail = json!({ "messageId": "m", "destination": ["a@example.com"], "tags": tags });
        let mut detail = json!({ "eventType": kind, "mail": mail });
        for (name, value) in rest.as_object().unwrap() {
            detail[name] = value.clone();
        }
        json!({ "source": "aws.ses", "detail-type": "Email", "detail": detail })
    }

    fn sms(event: &Value) -> Value {
        json!({ "Records": [{ "EventSource": "aws:sns", "Sns": { "Message": event.to_string() } }] })
    }

    #[test]
    fn mail_comes_further_and_fails_with_a_reason() {
        let one = |outcome, reason: Option<&str>| {
            vec![("a@example.com".to_owned(), outcome, reason.map(str::to_owned))]
        };
        let none = json!({});
        assert_eq!(told(email("Send", &none)), one(Outcome::Accepted, None));
        assert_eq!(told(email("Delivery", &none)), one(Outcome::Delivered, None));
        assert_eq!(told(email("Complaint", &none)), one(Outcome::Delivered, None));
        assert!(told(email("Open", &none)).is_empty());
        let bounce = json!({ "bounce": {
            "bounceType": "Permanent",
            "bounceSubType": "General",
            "bouncedRecipients": [{ "emailAddress": "a@example.com", "diagnosticCode": "550" }],
        } });
        let reason = Some("bounced: Permanent, General: 550");
        assert_eq!(told(email("Bounce", &bounce)), one(Outcome::Returned, reason));
        let mut away = bounce;
        away["bounce"]["bounceType"] = "Transient".into();
        let reason = Some("bounced: Transient, General: 550");
        assert_eq!(told(email("Bounce", &away)), one(Outcome::Failed, reason));
        let reject = json!({ "reject": { "reason": "Bad content" } });
        assert_eq!(told(email("Reject", &reject)), one(Outcome::Failed, Some("Bad content")));
    }

    #[test]
    fn texts_come_further_and_fail_with_a_reason() {
        let event = |kind: &str| {
            json!({
                "eventType": kind,
                "messageId": "m",
                "destinationPhoneNumber": "+16045551234",
                "isFinal": true,
                "messageStatusDescription": "it says why",
                "context": { "trace": "t" },
            })
        };
        let one = |outcome, reason: Option<&str>| {
            vec![("+16045551234".to_owned(), outcome, reason.map(str::to_owned))]
        };
        assert_eq!(told(sms(&event("TEXT_QUEUED"))), one(Outcome::Accepted, None));
        assert_eq!(told(sms(&event("TEXT_DELIVERED"))), one(Outcome::Delivered, None));
        let failed = one(Outcome::Failed, Some("it says why"));
        assert_eq!(told(sms(&event("TEXT_CARRIER_UNREACHABLE"))), failed);
    }

    #[test]
    fn what_nobody_asked_for_here_is_nothing() {
        let mut foreign = email("Delivery", &json!({}));
        foreign["detail"]["mail"]["tags"] = json!({});
        assert!(told(foreign).is_empty());
        let event = json!({ "eventType": "TEXT_DELIVERED", "messageId": "m", "destinationPhoneNumber": "+16045551234" });
        assert!(told(sms(&event)).is_empty());
    }
}
