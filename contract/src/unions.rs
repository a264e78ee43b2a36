//! Choices between forms, as generators of clients take them: each form is a whole schema under a name of its own, and a
//! discriminator tells which one it is. What schemars writes beside a choice, or within it, many of them leave out.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::schemas::{SchemaError, reference, referred};

/// The schemas of a document by their names.
type Named = Map<String, Value>;

/// Gives the variants of enums names, `DirectConversation` for the variant `direct` of `Conversation`, and makes choices
/// between named schemas ones between their variants.
///
/// # Errors
/// When a variant's name is that of another schema.
pub fn name_variants(named: &mut Named) -> Result<(), SchemaError> {
    let names: Vec<String> = named.keys().cloned().collect();
    for name in &names {
        name_variants_of(name, named)?;
    }
    for name in &names {
        if named[name].get("anyOf").is_some_and(is_of_references) {
            let variants = variants(&named[name], named);
            let union = union(&named[name]["description"], &variants, named);
            named.insert(name.clone(), union);
        }
    }
    Ok(())
}

/// The name of the variant of `union` that is told apart by `tag`.
pub fn variant_name(union: &str, tag: &str) -> String {
    let mut letters = tag.chars();
    let capitalized: String =
        letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect();
    format!("{capitalized}{union}")
}

fn is_of_references(choices: &Value) -> bool {
    choices
        .as_array()
        .is_some_and(|choices| choices.iter().all(|choice| referred(choice).is_some()))
}

/// A tagged enum: what is beside the choice belongs to each variant.
fn name_variants_of(name: &str, named: &mut Named) -> Result<(), SchemaError> {
    let schema = named[name].clone();
    let Some(choices) = schema["oneOf"].as_array() else { return Ok(()) };
    let mut variants = Vec::new();
    for choice in choices {
        let Some((_, tag)) = tags(choice).into_iter().next() else { return Ok(()) };
        variants.push((variant_name(name, &tag), whole(choice, &schema, named)));
    }
    let names: Vec<String> = variants.iter().map(|(variant, _)| variant.clone()).collect();
    for (variant, whole) in variants {
        if named.insert(variant.clone(), whole).is_some() {
            return Err(SchemaError(variant));
        }
    }
    let union = union(&schema["description"], &names, named);
    named.insert(name.to_owned(), union);
    Ok(())
}

/// A variant with the members of what it extends and of what it stands in.
fn whole(variant: &Value, parent: &Value, named: &Named) -> Value {
    let base = referred(variant).map_or(&Value::Null, |name| &named[name]);
    let (mut properties, mut required) = (Map::new(), Vec::new());
    for part in [base, variant, parent] {
        properties.extend(part["properties"].as_object().cloned().unwrap_or_default());
        required.extend(part["required"].as_array().cloned().unwrap_or_default());
    }
    json!({
        "description": variant["description"],
        "type": "object",
        "properties": properties,
        "required": required,
    })
}

/// The names of what a choice between references comes to in the end.
fn variants(choice: &Value, named: &Named) -> Vec<String> {
    let choices = ["anyOf", "oneOf"].iter().find_map(|kind| choice[kind].as_array());
    let of_one = |choice: &Value| {
        let name = referred(choice).unwrap_or_default();
        let within = variants(&named[name], named);
        if within.is_empty() { vec![name.to_owned()] } else { within }
    };
    choices.into_iter().flatten().flat_map(of_one).collect()
}

/// A choice between named schemas, with what tells them apart, if all have it.
fn union(description: &Value, variants: &[String], named: &Named) -> Value {
    let references: Vec<Value> = variants.iter().map(|name| reference(name)).collect();
    let mut union = json!({ "description": description, "oneOf": references });
    let mut by_property: BTreeMap<String, Map<String, Value>> = BTreeMap::new();
    for name in variants {
        for (property, tag) in tags(&named[name]) {
            by_property.entry(property).or_default().insert(tag, reference(name)["$ref"].clone());
        }
    }
    if let Some((property, mapping)) =
        by_property.into_iter().find(|(_, mapping)| mapping.len() == variants.len())
    {
        union["discriminator"] = json!({ "propertyName": property, "mapping": mapping });
    }
    union
}

/// The properties of a schema that always have the same text.
fn tags(schema: &Value) -> BTreeMap<String, String> {
    let properties = schema["properties"].as_object();
    let tag = |(name, property): (&String, &Value)| {
        Some((name.clone(), property["const"].as_str()?.to_owned()))
    };
    properties.into_iter().flatten().filter_map(tag).collect()
}
