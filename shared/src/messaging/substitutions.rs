//! What takes the place of placeholders.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize, de};
use serde_json::Value;

/// Values by name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Substitutions(BTreeMap<String, Substitution>);

/// A text, a number or a truth value; of a list its first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
struct Substitution(String);

impl<'de> Deserialize<'de> for Substitution {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let first = match Value::deserialize(deserializer)? {
            Value::Array(values) => values.into_iter().next().unwrap_or_default(),
            value => value,
        };
        match first {
            Value::String(text) => Ok(Self(text)),
            Value::Number(number) => Ok(Self(number.to_string())),
            Value::Bool(truth) => Ok(Self(truth.to_string())),
            _ => {
                Err(de::Error::custom("must be a text, a number, a truth value, or a list of them"))
            }
        }
    }
}

impl Substitutions {
    /// The value of `name`.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(|value| value.0.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn of_a_list_the_first_counts() {
        let values = json!({ "a": "x", "b": ["y", "z"], "c": 1.50, "d": [true] });
        let values: Substitutions = serde_json::from_value(values).unwrap();
        let found = ["a", "b", "c", "d", "e"].map(|name| values.get(name).map(str::to_owned));
        assert_eq!(found.map(Option::unwrap_or_default), ["x", "y", "1.5", "true", ""]);
        for bad in [json!([]), json!(null), json!({}), json!([[]]), json!([null])] {
            assert!(serde_json::from_value::<Substitutions>(json!({ "a": bad })).is_err());
        }
    }
}
