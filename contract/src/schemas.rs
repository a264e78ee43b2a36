//! JSON Schemas of the types: of requests as they are read, of answers as they are written.

use schemars::generate::{SchemaGenerator, SchemaSettings};
use schemars::{JsonSchema, Schema};
use serde_json::{Map, Value, json};

/// The schema of a type: [`Schemas::request`] or [`Schemas::answer`] of it.
pub type SchemaOf = fn(&mut Schemas) -> Value;

/// Two types of one name, or one that is read and written in different forms.
#[derive(Debug, thiserror::Error)]
#[error("two schemas are called {0}: give one of them another name with #[schemars(rename)]")]
pub struct SchemaError(String);

/// The schemas that a document names.
pub struct Schemas {
    requests: SchemaGenerator,
    answers: SchemaGenerator,
}

impl Schemas {
    /// None yet.
    pub fn new() -> Self {
        let settings = SchemaSettings::draft2020_12().with(|settings| {
            settings.definitions_path = "/components/schemas".into();
            settings.meta_schema = None;
        });
        Self {
            requests: settings.clone().for_deserialize().into_generator(),
            answers: settings.for_serialize().into_generator(),
        }
    }

    /// Of what a client sends.
    pub fn request<T: JsonSchema>(&mut self) -> Value {
        without_null(self.requests.subschema_for::<T>())
    }

    /// Of what the server says.
    pub fn answer<T: JsonSchema>(&mut self) -> Value {
        without_null(self.answers.subschema_for::<T>())
    }

    /// Of what a client sends, with all that it says here and not under a name.
    pub fn read<T: JsonSchema>(&mut self) -> Value {
        without_null(T::json_schema(&mut self.requests))
    }

    /// As [`Schemas::read`], of what the server says.
    pub fn written<T: JsonSchema>(&mut self) -> Value {
        without_null(T::json_schema(&mut self.answers))
    }

    /// Whether a request of this schema has members that must be there.
    pub fn requires_members(&self, schema: &Value) -> bool {
        let name = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next());
        let named = name.and_then(|name| self.requests.definitions().get(name));
        named.unwrap_or(schema)["required"].is_array()
    }

    /// The schemas that others name.
    ///
    /// # Errors
    /// When two of them have one name.
    pub fn definitions(mut self) -> Result<Map<String, Value>, SchemaError> {
        let mut named = Map::new();
        let requests = self.requests.take_definitions(true);
        for (name, schema) in requests.into_iter().chain(self.answers.take_definitions(true)) {
            let schema = nullless(schema);
            // The generator numbers types of one name.
            let numbered = name.ends_with(|c: char| c.is_ascii_digit());
            match named.get(&name) {
                Some(other) if *other != schema => return Err(SchemaError(name)),
                _ if numbered => return Err(SchemaError(name)),
                _ => named.insert(name, schema),
            };
        }
        Ok(named)
    }
}

fn without_null(schema: Schema) -> Value {
    nullless(schema.to_value())
}

/// What is absent is left out: nothing is ever null, as an `Option` would have it.
fn nullless(schema: Value) -> Value {
    match schema {
        Value::Object(members) => {
            let mut members: Map<String, Value> =
                members.into_iter().map(|(name, value)| (name, nullless(value))).collect();
            if let Some(Value::Array(types)) = members.get_mut("type") {
                types.retain(|name| name != "null");
                if let [only] = types.as_slice() {
                    let only = only.clone();
                    members.insert("type".to_owned(), only);
                }
            }
            flatten_choice(&mut members);
            // What serde fills in where nothing is said.
            if members
                .get("default")
                .is_some_and(|default| *default == Value::Null || *default == json!({}))
            {
                members.remove("default");
            }
            Value::Object(members)
        }
        Value::Array(items) => items.into_iter().map(nullless).collect(),
        other => other,
    }
}

/// A choice between something and null is that thing.
fn flatten_choice(members: &mut Map<String, Value>) {
    let Some(Value::Array(choices)) = members.get_mut("anyOf") else { return };
    let before = choices.len();
    choices.retain(|choice| choice["type"] != "null");
    if choices.len() == before {
        return;
    }
    if let [Value::Object(only)] = choices.as_slice() {
        let only = only.clone();
        members.remove("anyOf");
        for (name, value) in only {
            members.entry(name).or_insert(value);
        }
    }
}
