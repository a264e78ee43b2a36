//! The promises of push and of the gateway, with the faults of sockets and tables.

mod fan_out;
mod held;
mod look;
mod sockets;
mod tokens;

use std::collections::HashMap;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use tests::Person;

/// The row of a person's sockets, without its key and its end.
async fn row(client: &Client, person: &Person) -> HashMap<String, AttributeValue> {
    let get = client.get_item().table_name("Connections").consistent_read(true);
    let item = get.key("userId", AttributeValue::S(person.id.clone())).send().await;
    let mut item = item.expect("an answer").item.unwrap_or_default();
    item.remove("userId");
    item.remove("expiresAt");
    item
}
