//! A change of a table as Lambda hands it on.

use std::collections::HashMap;

use aws_sdk_dynamodbstreams::primitives::DateTime;
use aws_sdk_dynamodbstreams::types::{AttributeValue, Record, StreamRecord, StreamViewType};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

/// One change.
pub struct Change {
    /// Its place in the stream.
    pub sequence: String,
    /// `INSERT`, `MODIFY` or `REMOVE`.
    pub name: String,
    /// When it happened, about.
    pub happened: Option<DateTime>,
    /// What the lambda is told.
    pub event: Value,
}

impl Change {
    /// The change of the stream `arn`, if it is a whole one.
    pub fn new(arn: &str, record: Record) -> Option<Self> {
        let change = record.dynamodb?;
        let sequence = change.sequence_number.clone()?;
        let (name, happened) = (record.event_name?, change.approximate_creation_date_time);
        let event = json!({
            "eventID": record.event_id,
            "eventName": name.as_str(),
            "eventVersion": record.event_version,
            "eventSource": "aws:dynamodb",
            "awsRegion": "us-east-1",
            "eventSourceARN": arn,
            "dynamodb": described(change),
        });
        Some(Self { sequence, name: name.as_str().to_owned(), happened, event })
    }
}

fn described(change: StreamRecord) -> Value {
    let mut described = json!({
        "ApproximateCreationDateTime": change.approximate_creation_date_time.map(|time| time.secs()),
        "Keys": change.keys.map(item),
        "SequenceNumber": change.sequence_number,
        "SizeBytes": change.size_bytes,
        "StreamViewType": change.stream_view_type.as_ref().map(StreamViewType::as_str),
    });
    if let Some(image) = change.new_image {
        described["NewImage"] = item(image);
    }
    if let Some(image) = change.old_image {
        described["OldImage"] = item(image);
    }
    described
}

fn item(item: HashMap<String, AttributeValue>) -> Value {
    item.into_iter().map(|(name, value)| (name, attribute(value))).collect::<Map<_, _>>().into()
}

/// As DynamoDB's JSON.
fn attribute(value: AttributeValue) -> Value {
    let list = |values: Vec<AttributeValue>| values.into_iter().map(attribute).collect::<Value>();
    let (name, value): (&str, Value) = match value {
        AttributeValue::S(text) => ("S", text.into()),
        AttributeValue::N(number) => ("N", number.into()),
        AttributeValue::Bool(flag) => ("BOOL", flag.into()),
        AttributeValue::Null(flag) => ("NULL", flag.into()),
        AttributeValue::M(map) => ("M", item(map)),
        AttributeValue::L(values) => ("L", list(values)),
        AttributeValue::Ss(texts) => ("SS", texts.into()),
        AttributeValue::Ns(numbers) => ("NS", numbers.into()),
        AttributeValue::B(bytes) => ("B", STANDARD.encode(bytes).into()),
        AttributeValue::Bs(all) => ("BS", all.iter().map(|bytes| STANDARD.encode(bytes)).collect()),
        _ => return Value::Null,
    };
    Value::Object(Map::from_iter([(name.to_owned(), value)]))
}
