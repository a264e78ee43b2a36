//! The schemas of a document of `api/`, in which nothing may have a member that is not described.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use jsonschema::{Draft, Validator};
use serde_json::{Value, json};

/// The schemas of one document.
pub struct Schemas {
    components: Value,
    validators: Mutex<HashMap<String, Arc<Validator>>>,
}

impl Schemas {
    /// Those under `components`.
    pub fn of(document: &Value) -> Self {
        let mut components = document["components"]["schemas"].clone();
        for (_, schema) in components.as_object_mut().into_iter().flatten() {
            close(schema, true);
        }
        Self { components, validators: Mutex::default() }
    }

    /// What is wrong with `value`, held against a schema of the document that is `name`d uniquely.
    pub fn errors(&self, name: String, schema: &Value, value: &Value) -> Vec<String> {
        let validator = self.validator(name, schema);
        let errors = validator.iter_errors(value);
        errors.map(|error| format!("{}: {error}", error.instance_path())).collect()
    }

    fn validator(&self, name: String, schema: &Value) -> Arc<Validator> {
        let mut validators = self.validators.lock().unwrap_or_else(PoisonError::into_inner);
        let make = || {
            let mut schema = schema.clone();
            close(&mut schema, false);
            schema["components"] = json!({ "schemas": self.components });
            let options = jsonschema::options().with_draft(Draft::Draft202012);
            Arc::new(options.build(&schema).expect("a schema"))
        };
        Arc::clone(validators.entry(name).or_insert_with(make))
    }
}

/// Lets a schema, and those within it, allow no member that they do not describe. What applies `in_place`, beside others, is
/// closed with all of them.
fn close(schema: &mut Value, in_place: bool) {
    let Value::Object(members) = schema else { return };
    for (name, value) in members.iter_mut() {
        match (name.as_str(), value) {
            ("properties", Value::Object(properties)) => {
                for (_, property) in properties {
                    close(property, false);
                }
            }
            ("allOf" | "anyOf" | "oneOf", Value::Array(parts)) => {
                for part in parts {
                    close(part, true);
                }
            }
            ("items" | "additionalProperties", value) => close(value, false),
            _ => {}
        }
    }
    let describes = ["$ref", "properties", "allOf", "anyOf", "oneOf"];
    if !in_place
        && describes.iter().any(|name| members.contains_key(*name))
        && !members.contains_key("additionalProperties")
    {
        members.insert("unevaluatedProperties".to_owned(), false.into());
    }
}
