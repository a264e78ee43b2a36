//! The document of `OpenAPI` 3.1.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};
use shared::http::MAX_LIMIT;
use shared::routes::Functions;

use crate::operation::{Answer, Examples, Form, Operation, Tag, path_parameter};
use crate::problems::{self, Callers, Common};
use crate::routes;
use crate::schemas::{Schemas, referred};
use crate::{ContractError, example};

/// What every reader should know first; the table of all problems follows.
const DESCRIPTION: &str = "\
A chat backend that lives in its user's own AWS account.

- Bodies are JSON in UTF-8, at most 256 KiB; times are RFC 3339 in UTC with milliseconds. What is absent is left out, never \
null (GraphQL excepted). A later version may add members, codes and types: a client passes over what it does not know. A route whose body has no required member takes none, too.
- Lists come in pages: `limit` says how long, `cursor` goes on with the `nextCursor` of the page before, which is there only \
where there is more.
- Who calls is who the token says, never a member of the body.
- Every refusal is a problem of RFC 9457 with a `code` for programs. What API Gateway answers itself on AWS (401, 403, 404 of an \
unknown route, 413 above 10 MB, 429, 500, 503) has its own body: `{\"message\": \"…\"}`.
- After a 5xx or no answer it is unknown whether a message was stored: repeat it with the same `clientMessageId`. A 429 and a \
503 say in `Retry-After` when.
- What happens meanwhile comes by WebSocket: see `asyncapi.json`. The GraphQL schema is `schema.graphql`.

";

/// The document.
///
/// # Errors
/// When a route is not described, or one is that there is not.
pub fn document() -> Result<Value, ContractError> {
    let functions = shared::routes::functions().map_err(ContractError::Routes)?;
    let callers = callers(&functions);
    let features = routes::all();
    check(&features, &callers)?;

    let (mut schemas, mut common) = (Schemas::new(), Common::new());
    let mut paths: BTreeMap<&str, Map<String, Value>> = BTreeMap::new();
    for (tag, operations) in &features {
        for operation in operations {
            let (method, path) = operation.method_and_path();
            let callers = callers.get(operation.route).copied().unwrap_or(Callers::Machine);
            let described = describe(*tag, operation, callers, &mut schemas, &mut common)?;
            paths.entry(path).or_default().insert(method.to_lowercase(), described);
        }
    }
    problems::schemas(&mut schemas);
    let definitions = schemas.definitions(&json!([paths, common]))?;
    let tag = |(tag, _): &(Tag, _)| json!({ "name": tag.name, "description": tag.description });
    Ok(json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Chinwag",
            "version": env!("CARGO_PKG_VERSION"),
            "summary": "Messages between people, groups, and what other systems have to say.",
            "description": format!("{DESCRIPTION}{}", problems::table()),
            "license": { "name": "MIT", "identifier": "MIT" },
        },
        "servers": servers(),
        "tags": features.iter().map(tag).collect::<Value>(),
        "paths": paths,
        "components": {
            "schemas": definitions,
            "responses": common,
            "securitySchemes": security_schemes(),
            "headers": headers(),
        },
    }))
}

/// Who may call each route of `routes.json`.
fn callers(functions: &Functions) -> BTreeMap<String, Callers> {
    let of = |function: &shared::routes::Function| {
        let callers = Callers::of(function.authorizer, &function.secrets);
        function.routes.iter().map(move |route| (route.to_string(), callers)).collect::<Vec<_>>()
    };
    functions.values().flat_map(of).collect()
}

/// Every route is described, and nothing else is but what the local server has of its own.
fn check(
    features: &[(Tag, Vec<Operation>)],
    callers: &BTreeMap<String, Callers>,
) -> Result<(), ContractError> {
    let described = features.iter().filter(|(tag, _)| *tag != routes::LOCAL);
    let described: BTreeSet<&str> =
        described.flat_map(|(_, operations)| operations).map(|operation| operation.route).collect();
    let there: BTreeSet<&str> = callers.keys().map(String::as_str).collect();
    let only_in = |one: &BTreeSet<&str>, other: &BTreeSet<&str>| -> Vec<String> {
        one.difference(other).map(|route| (*route).to_owned()).collect()
    };
    let (unknown, missing) = (only_in(&described, &there), only_in(&there, &described));
    if unknown.is_empty() && missing.is_empty() {
        return Ok(());
    }
    Err(ContractError::OtherRoutes { unknown, missing })
}

fn describe(
    tag: Tag,
    operation: &Operation,
    callers: Callers,
    schemas: &mut Schemas,
    common: &mut Common,
) -> Result<Value, ContractError> {
    let mut described = json!({
        "operationId": operation.id,
        "summary": operation.summary,
        "tags": [tag.name],
        "security": callers.scheme().map(|scheme| json!({ scheme: [] })).into_iter().collect::<Value>(),
    });
    if !operation.description.is_empty() {
        described["description"] = operation.description.into();
    }
    let parameters = parameters(operation, schemas)?;
    if !parameters.is_empty() {
        described["parameters"] = parameters.into();
    }
    if let Some(body) = &operation.body {
        let schema = (body.schema)(schemas);
        let (allowed, required) = schemas.members(&schema);
        if allowed > 0 {
            described["requestBody"] = json!({
                "required": required > 0,
                "content": { "application/json": { "schema": schema, "example": body.example } },
            });
        }
    }
    let mut responses = problems::responses(operation, callers, common);
    for answer in &operation.answers {
        responses.insert(answer.status.to_string(), success(answer, schemas));
    }
    described["responses"] = responses.into();
    Ok(described)
}

fn parameters(operation: &Operation, schemas: &mut Schemas) -> Result<Vec<Value>, ContractError> {
    let mut parameters = Vec::new();
    for name in operation.path_parameters() {
        let described = path_parameter(name);
        let (schema, description, example) =
            described.ok_or_else(|| ContractError::UnknownParameter(name.to_owned()))?;
        parameters.push(json!({
            "name": name,
            "in": "path",
            "required": true,
            "description": description,
            "schema": schema(schemas),
            "example": example,
        }));
    }
    let others = operation.parameters.iter().map(|parameter| {
        json!({
            "name": parameter.name,
            "in": parameter.place,
            "required": parameter.required,
            "description": parameter.description,
            "schema": (parameter.schema)(schemas),
            "example": parameter.example,
        })
    });
    parameters.extend(others);
    Ok(parameters)
}

fn success(answer: &Answer, schemas: &mut Schemas) -> Value {
    let mut response = json!({ "description": answer.description });
    if let Some(content) = &answer.content {
        let schema = match &content.form {
            Form::One(schema) => schema(schemas),
            Form::List(name, item, most) => {
                let item = item(schemas);
                schemas.name(&named_after(&item, "List"), list(name, &item, *most))
            }
            Form::Page(name, item) => {
                let item = item(schemas);
                schemas.name(&named_after(&item, "Page"), page(name, &item))
            }
            Form::Written(name, schema) => schemas.name(name, schema.clone()),
            Form::Any => json!({ "type": "object" }),
        };
        let mut described = json!({ "schema": schema });
        match &content.examples {
            Examples::One(example) => described["example"] = example.clone(),
            Examples::Named(examples) => {
                let named =
                    |(name, value): &(&str, Value)| ((*name).to_owned(), json!({ "value": value }));
                described["examples"] = examples.iter().map(named).collect();
            }
        }
        response["content"] = json!({ content.media_type: described });
    }
    if answer.located {
        response["headers"] = json!({ "Location": { "$ref": "#/components/headers/Location" } });
    }
    response
}

/// Such as `MemberList`.
fn named_after(item: &Value, kind: &str) -> String {
    format!("{}{kind}", referred(item).unwrap_or_default())
}

fn list(name: &str, item: &Value, most: usize) -> Value {
    json!({
        "type": "object",
        "properties": { name: { "type": "array", "items": item, "maxItems": most } },
        "required": [name],
    })
}

fn page(name: &str, item: &Value) -> Value {
    let mut page = list(name, item, MAX_LIMIT);
    page["properties"]["nextCursor"] = json!({
        "description": "Where the next page begins; only where there is more.",
        "type": "string",
    });
    page
}

fn servers() -> Value {
    json!([
        { "url": "/", "description": "Whoever serves this document: the local server." },
        { "url": "http://127.0.0.1:8080", "description": "The local server where it listens by default." },
        {
            "url": "https://{api}.execute-api.{region}.amazonaws.com",
            "description": "A deployment: `./deploy.sh outputs` names its `api_url`.",
            "variables": { "api": { "default": "abcdefghij" }, "region": { "default": "eu-west-1" } },
        },
    ])
}

fn security_schemes() -> Value {
    json!({
        "accessToken": {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "JWT",
            "description": "The `accessToken` of a sign-in.",
        },
        "messagingToken": {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "JWT",
            "description": "A token of the issuer `messaging-api`, signed with HS256 or RS256.",
        },
        "apiKey": {
            "type": "apiKey",
            "in": "header",
            "name": "x-api-key",
            "description": "A key that the operator has made; on the local server `local-api-key`.",
        },
        "awsSignature": {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "x-amazon-apigateway-authtype": "awsSigv4",
            "description": "Signature Version 4 for the service `execute-api`, with AWS credentials that have the permission.",
        },
    })
}

fn headers() -> Value {
    let text = json!({ "type": "string" });
    json!({
        "Location": {
            "description": "Where it can be read.",
            "schema": { "type": "string", "format": "uri-reference" },
            "example": format!("/v1/conversations/{}/messages/1", example::DIRECT_CONVERSATION),
        },
        "Retry-After": {
            "description": "After how many seconds it may be repeated.",
            "schema": { "type": "integer", "minimum": 1 },
            "example": 1,
        },
        "RateLimit": {
            "description": "How many requests are left (`r`), and for how many seconds (`t`).",
            "schema": text,
            "example": "\"default\";r=0;t=1",
        },
        "RateLimit-Policy": {
            "description": "How many requests (`q`) are allowed in how many seconds (`w`).",
            "schema": text,
            "example": "\"default\";q=10;w=1",
        },
        "WWW-Authenticate": { "description": "How to sign in.", "schema": text, "example": "Bearer" },
    })
}
