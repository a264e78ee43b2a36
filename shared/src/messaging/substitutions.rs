//! What takes the place of placeholders.

use std::borrow::Cow;
use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, de};
use serde_json::{Number, Value};

use super::unique_names;

/// Values by name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Substitutions(
    #[serde(deserialize_with = "unique_names")] BTreeMap<String, Substitution>,
);

/// A text, a number or a truth value; of a list its first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
struct Substitution(String);

impl JsonSchema for Substitution {
    fn schema_name() -> Cow<'static, str> {
        "Substitution".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let single = ["string", "number", "boolean"];
        json_schema!({
            "description": "A text, a number or a truth value; of a list its first.",
            "type": ["string", "number", "boolean", "array"],
            "prefixItems": [{ "type": single }],
            "minItems": 1,
        })
    }
}

impl<'de> Deserialize<'de> for Substitution {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let first = match Value::deserialize(deserializer)? {
            Value::Array(values) => values.into_iter().next().unwrap_or_default(),
            value => value,
        };
        match first {
            Value::String(text) => Ok(Self(text)),
            Value::Number(number) => Ok(Self(written(&number))),
            Value::Bool(truth) => Ok(Self(truth.to_string())),
            _ => {
                Err(de::Error::custom("must be a text, a number, a truth value, or a list of them"))
            }
        }
    }
}

/// Whole numbers have no point, however they were written.
fn written(number: &Number) -> String {
    match number.as_f64() {
        Some(float) if number.is_f64() => float.to_string(),
        _ => number.to_string(),
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
        let values =
            r#"{ "a": "x", "b": ["y", "z"], "c": 1.50, "d": [true], "f": 100.00, "g": -7 }"#;
        let values: Substitutions = serde_json::from_str(values).unwrap();
        let found = ["a", "b", "c", "d", "e", "f", "g"].map(|name| values.get(name));
        let found = found.map(Option::unwrap_or_default);
        assert_eq!(found, ["x", "y", "1.5", "true", "", "100", "-7"]);
        assert!(serde_json::from_str::<Substitutions>(r#"{ "a": 1, "a": 1 }"#).is_err());
        for bad in [json!([]), json!(null), json!({}), json!([[]]), json!([null])] {
            assert!(serde_json::from_value::<Substitutions>(json!({ "a": bad })).is_err());
        }
    }
}
