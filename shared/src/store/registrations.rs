//! `Registrations`: a source address and an hour → how many have registered from there. Kept for that hour.

use std::net::{IpAddr, Ipv6Addr};
use std::time::Duration;

use aws_sdk_dynamodb::operation::update_item::UpdateItemError;

use super::{Result, Store, number, text};
use crate::model::Timestamp;

const TABLE: &str = "Registrations";
const KEY: &str = "source";

/// The window in seconds.
const HOUR: i64 = 60 * 60;

/// How many have registered from where.
#[derive(Debug, Clone)]
pub struct Registrations {
    store: Store,
}

/// Whether one more may register.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counted {
    /// They may.
    Within,
    /// Not before this time is over.
    Beyond(Duration),
}

impl Registrations {
    /// The time in which they are counted.
    pub const WINDOW: Duration = Duration::from_secs(HOUR.unsigned_abs());

    /// Over `store`.
    #[must_use]
    pub fn new(store: Store) -> Self {
        Self { store }
    }

    /// Counts one from the address `from`, unless there were `limit` within the hour.
    ///
    /// # Errors
    /// When DynamoDB cannot be asked.
    pub async fn count(&self, from: &str, limit: u32) -> Result<Counted> {
        let now = Timestamp::now();
        let hour = now.epoch_seconds().div_euclid(HOUR);
        let ends = (hour + 1) * HOUR;
        let request = self.store.client.update_item().table_name(self.store.table(TABLE));
        let outcome = request
            .key(KEY, text(format!("{}#{hour}", network(from))))
            .update_expression("SET expiresAt = :ends ADD registrations :one")
            .condition_expression("attribute_not_exists(registrations) OR registrations < :limit")
            .expression_attribute_values(":ends", number(ends))
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":limit", number(limit))
            .send()
            .await;
        match outcome {
            Ok(_) => Ok(Counted::Within),
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(UpdateItemError::is_conditional_check_failed_exception) =>
            {
                let wait = ends.saturating_sub(now.epoch_seconds()).unsigned_abs();
                Ok(Counted::Beyond(Duration::from_secs(wait)))
            }
            Err(error) => Err(error.into()),
        }
    }
}

/// What one owner has of the address `from`: an address of IPv4, a network of 64 bits of IPv6.
fn network(from: &str) -> String {
    match from.parse().map(|address: IpAddr| address.to_canonical()) {
        Ok(IpAddr::V6(address)) => {
            let [a, b, c, d, ..] = address.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).to_string()
        }
        Ok(IpAddr::V4(address)) => address.to_string(),
        Err(_) => from.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_of_ipv6_counts_as_one_address() {
        assert_eq!(network("203.0.113.7"), "203.0.113.7");
        assert_eq!(network("::ffff:203.0.113.7"), "203.0.113.7");
        assert_eq!(network("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!(network("2001:db8:1:2::9"), "2001:db8:1:2::");
        assert_ne!(network("2001:db8:1:3::9"), "2001:db8:1:2::");
        assert_eq!(network("elsewhere"), "elsewhere");
    }
}
