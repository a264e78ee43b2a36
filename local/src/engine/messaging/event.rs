//! The events of a message, as a lambda gets them: those of SES from `EventBridge`, those of End User Messaging from SNS.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use shared::model::Timestamp;
use time::OffsetDateTime;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;
use uuid::Uuid;

use super::email::Mail;
use super::fate::Fate;
use super::sms::Text;
use crate::clock::epoch_millis;

const ACCOUNT: &str = "000000000000";
const REGION: &str = "us-east-1";
const TOPIC: &str = "arn:aws:sns:us-east-1:000000000000:delivery-events";

/// The times of `EventBridge` have no milliseconds.
const SECONDS: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]Z");

const BOUNCE: &str = "smtp; 550 5.1.1 user unknown";
const SUPPRESSION: &str = "Amazon SES did not send the message to this address because it is on the \
    suppression list for your account.";

/// The events of a mail, in order.
pub fn of_mail(mail: &Mail, message_id: &str, fate: Fate) -> Vec<Value> {
    let bounce = |kind, reason| ("Email Bounced", bounced(&mail.message.to, kind, reason));
    let ends = match fate {
        Fate::Delivered => vec![("Email Delivered", delivered(&mail.message.to))],
        Fate::Complained => vec![
            ("Email Delivered", delivered(&mail.message.to)),
            ("Email Complaint Received", complained(&mail.message.to)),
        ],
        Fate::Bounced => vec![bounce("General", BOUNCE)],
        Fate::Suppressed => vec![bounce("OnAccountSuppressionList", SUPPRESSION)],
    };
    let sent = ("Email Sent", json!({ "eventType": "Send", "send": {} }));
    let about = about(mail, message_id);
    let event = |(kind, mut detail): (&str, Value)| {
        detail["mail"] = about.clone();
        event_bridge(kind, &detail)
    };
    std::iter::once(sent).chain(ends).map(event).collect()
}

/// The events of a text message, in order.
pub fn of_text(text: &Text, message_id: &str, fate: Fate) -> Vec<Value> {
    let end = match fate {
        Fate::Delivered | Fate::Complained => {
            ("TEXT_DELIVERED", "DELIVERED", "Message has been accepted by phone")
        }
        Fate::Bounced | Fate::Suppressed => {
            ("TEXT_INVALID", "INVALID", "Destination phone number is invalid")
        }
    };
    let queued = ("TEXT_QUEUED", "QUEUED", "Message has been queued for delivery");
    let event = |((kind, status, description), is_final)| {
        json!({
            "eventType": kind,
            "eventVersion": "1.0",
            "eventTimestamp": epoch_millis(),
            "isFinal": is_final,
            "originationPhoneNumber": text.message.from,
            "destinationPhoneNumber": text.message.to,
            "messageId": message_id,
            "messageRequestTimestamp": epoch_millis(),
            "messageType": text.kind,
            "messageStatus": status,
            "messageStatusDescription": description,
            "context": text.context,
        })
    };
    [(queued, false), (end, true)].into_iter().map(event).map(|event| sns(&event)).collect()
}

/// What every event of a mail says of it.
fn about(mail: &Mail, message_id: &str) -> Value {
    let mut tags: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for tag in &mail.tags {
        tags.entry(&tag.name).or_default().push(&tag.value);
    }
    let message = &mail.message;
    json!({
        "timestamp": message.sent_at,
        "source": message.from,
        "sourceArn": identity(&message.from),
        "sendingAccountId": ACCOUNT,
        "messageId": message_id,
        "destination": [message.to],
        "headersTruncated": false,
        "commonHeaders": {
            "from": [message.from],
            "to": [message.to],
            "messageId": message_id,
            "subject": message.subject,
        },
        "tags": tags,
    })
}

fn delivered(to: &str) -> Value {
    json!({
        "eventType": "Delivery",
        "delivery": {
            "timestamp": Timestamp::now(),
            "processingTimeMillis": 0,
            "recipients": [to],
            "smtpResponse": "250 2.0.0 OK",
            "reportingMTA": "localhost",
        },
    })
}

fn bounced(to: &str, kind: &str, reason: &str) -> Value {
    let recipient = json!({
        "emailAddress": to,
        "action": "failed",
        "status": "5.1.1",
        "diagnosticCode": reason,
    });
    json!({
        "eventType": "Bounce",
        "bounce": {
            "bounceType": "Permanent",
            "bounceSubType": kind,
            "bouncedRecipients": [recipient],
            "timestamp": Timestamp::now(),
            "feedbackId": Uuid::new_v4(),
            "reportingMTA": "dsn; localhost",
        },
    })
}

fn complained(to: &str) -> Value {
    json!({
        "eventType": "Complaint",
        "complaint": {
            "complainedRecipients": [{ "emailAddress": to }],
            "timestamp": Timestamp::now(),
            "feedbackId": Uuid::new_v4(),
            "complaintSubType": null,
            "complaintFeedbackType": "abuse",
        },
    })
}

fn event_bridge(kind: &str, detail: &Value) -> Value {
    json!({
        "version": "0",
        "id": Uuid::new_v4(),
        "detail-type": kind,
        "source": "aws.ses",
        "account": ACCOUNT,
        "time": OffsetDateTime::now_utc().format(SECONDS).unwrap_or_default(),
        "region": REGION,
        "resources": [detail["mail"]["sourceArn"]],
        "detail": detail,
    })
}

fn sns(message: &Value) -> Value {
    let notification = json!({
        "Type": "Notification",
        "MessageId": Uuid::new_v4(),
        "TopicArn": TOPIC,
        "Subject": null,
        "Message": message.to_string(),
        "Timestamp": Timestamp::now(),
        "SignatureVersion": "1",
        "Signature": "",
        "SigningCertUrl": "",
        "UnsubscribeUrl": "",
        "MessageAttributes": {},
    });
    let record = json!({
        "EventSource": "aws:sns",
        "EventVersion": "1.0",
        "EventSubscriptionArn": format!("{TOPIC}:{}", Uuid::new_v4()),
        "Sns": notification,
    });
    json!({ "Records": [record] })
}

fn identity(address: &str) -> String {
    format!("arn:aws:ses:{REGION}:{ACCOUNT}:identity/{address}")
}
