//! JSON Schemas of the types: of requests as they are read, of answers as they are written.

use std::collections::BTreeSet;

use schemars::generate::{SchemaGenerator, SchemaSettings};
use schemars::{JsonSchema, Schema};
use serde_json::{Map, Value, json};

use crate::unions;

/// The schema of a type: [`Schemas::request`] or [`Schemas::answer`] of it.
pub type SchemaOf = fn(&mut Schemas) -> Value;

/// Two types of one name, or one that is read and written in different forms.
#[derive(Debug, thiserror::Error)]
#[error("two schemas are called {0}: give one of them another name with #[schemars(rename)]")]
pub struct SchemaError(pub String);

/// Where the schemas are that others name.
const FOLDER: &str = "#/components/schemas/";

/// A reference to the schema `name`.
pub fn reference(name: &str) -> Value {
    json!({ "$ref": format!("{FOLDER}{name}") })
}

/// The name in a reference.
pub fn referred(schema: &Value) -> Option<&str> {
    schema["$ref"].as_str()?.strip_prefix(FOLDER)
}

/// The schemas that a document names.
pub struct Schemas {
    requests: SchemaGenerator,
    answers: SchemaGenerator,
    /// Those of no type.
    written: Map<String, Value>,
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
            written: Map::new(),
        }
    }

    /// One that is of no type, under a name.
    pub fn name(&mut self, name: &str, schema: Value) -> Value {
        self.written.insert(name.to_owned(), schema);
        reference(name)
    }

    /// Of what a client sends.
    pub fn request<T: JsonSchema>(&mut self) -> Value {
        in_portable_form(self.requests.subschema_for::<T>())
    }

    /// Of what the server says.
    pub fn answer<T: JsonSchema>(&mut self) -> Value {
        in_portable_form(self.answers.subschema_for::<T>())
    }

    /// Of what a client sends, with all that it says here and not under a name.
    pub fn read<T: JsonSchema>(&mut self) -> Value {
        in_portable_form(T::json_schema(&mut self.requests))
    }

    /// As [`Schemas::read`], of what the server says.
    pub fn written<T: JsonSchema>(&mut self) -> Value {
        in_portable_form(T::json_schema(&mut self.answers))
    }

    /// The members of a request of this schema: those that it may have, and those that it must have.
    pub fn members(&self, schema: &Value) -> (usize, usize) {
        let named = referred(schema).and_then(|name| self.requests.definitions().get(name));
        let schema = named.unwrap_or(schema);
        let count = |list: Option<usize>| list.unwrap_or_default();
        (
            count(schema["properties"].as_object().map(Map::len)),
            count(schema["required"].as_array().map(Vec::len)),
        )
    }

    /// The schemas that `document` names, and those that they name.
    ///
    /// # Errors
    /// When two of them have one name.
    pub fn definitions(mut self, document: &Value) -> Result<Map<String, Value>, SchemaError> {
        let mut named = self.written;
        let requests = self.requests.take_definitions(true);
        for (name, schema) in requests.into_iter().chain(self.answers.take_definitions(true)) {
            let schema = portable(schema);
            // The generator numbers types of one name.
            let numbered = name.ends_with(|c: char| c.is_ascii_digit());
            match named.get(&name) {
                Some(other) if *other != schema => return Err(SchemaError(name)),
                _ if numbered => return Err(SchemaError(name)),
                _ => named.insert(name, schema),
            };
        }
        unions::name_variants(&mut named)?;
        let mut needed = BTreeSet::new();
        need(document, &named, &mut needed);
        named.retain(|name, _| needed.contains(name));
        Ok(named)
    }
}

/// Adds the names of the schemas that `value` names, and of those that they name.
fn need(value: &Value, named: &Map<String, Value>, needed: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            if let Some((name, schema)) = referred(value).and_then(|name| named.get_key_value(name))
                && needed.insert(name.clone())
            {
                need(schema, named, needed);
            }
            members.values().for_each(|member| need(member, named, needed));
        }
        Value::Array(items) => items.iter().for_each(|item| need(item, named, needed)),
        _ => {}
    }
}

fn in_portable_form(schema: Schema) -> Value {
    portable(schema.to_value())
}

/// As readers and generators of clients know it. What is absent is left out: nothing is ever null, as an `Option` would have it.
fn portable(schema: Value) -> Value {
    match schema {
        Value::Object(members) => {
            let mut members: Map<String, Value> =
                members.into_iter().map(|(name, value)| (name, portable(value))).collect();
            if let Some(Value::Array(types)) = members.get_mut("type") {
                types.retain(|name| name != "null");
                if let [only] = types.as_slice() {
                    let only = only.clone();
                    members.insert("type".to_owned(), only);
                }
            }
            flatten_choice(&mut members);
            list_constants(&mut members);
            size_integer(&mut members);
            // What serde fills in where nothing is said.
            if members
                .get("default")
                .is_some_and(|default| *default == Value::Null || *default == json!({}))
            {
                members.remove("default");
            }
            Value::Object(members)
        }
        Value::Array(items) => items.into_iter().map(portable).collect(),
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

/// A choice between texts is a list of them; what each means stands in the description.
fn list_constants(members: &mut Map<String, Value>) {
    let Some(Value::Array(choices)) = members.get("oneOf") else { return };
    let constants: Option<Vec<(&Value, &str)>> = choices
        .iter()
        .map(|choice| Some((choice.get("const")?, choice["description"].as_str()?)))
        .collect();
    let Some(constants) = constants else { return };
    let meanings = constants.iter().map(|(constant, meaning)| {
        format!("- `{}`: {meaning}", constant.as_str().unwrap_or_default())
    });
    let description = members.get("description").and_then(Value::as_str).map(str::to_owned);
    let description: Vec<String> = description.into_iter().chain(meanings).collect();
    let texts: Value = constants.into_iter().map(|(constant, _)| constant.clone()).collect();
    members.remove("oneOf");
    members.insert("type".to_owned(), "string".into());
    members.insert("enum".to_owned(), texts);
    members.insert("description".to_owned(), description.join("\n").into());
}

/// The formats that `OpenAPI` has for whole numbers.
fn size_integer(members: &mut Map<String, Value>) {
    let format = match members.get("format").and_then(Value::as_str) {
        Some("uint8" | "uint16" | "int8" | "int16") => "int32",
        Some("uint" | "uint32" | "uint64" | "int") => "int64",
        _ => return,
    };
    members.insert("format".to_owned(), format.into());
}
