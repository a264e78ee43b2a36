//! The contract in its users' hands: `OpenAPI`, `AsyncAPI` and the GraphQL schema, from `routes.json`, the types of requests
//! and answers, and the errors. What a type says is said there alone; here is what no type can say.

mod asyncapi;
mod example;
mod openapi;
mod operation;
mod problems;
mod routes;
mod schemas;
mod unions;

use serde_json::Value;

pub use schemas::SchemaError;

/// The command that writes the documents anew.
pub const COMMAND: &str = "cargo run -p cli -- api write";

/// A document of the folder `api/`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// The file's name.
    pub name: &'static str,
    /// What is in it.
    pub text: String,
}

/// Why there is no contract.
#[derive(Debug, thiserror::Error)]
pub enum ContractError {
    /// `routes.json` is not as its types say.
    #[error("routes.json cannot be read: {0}")]
    Routes(#[source] serde_json::Error),
    /// The routes that are described are not those that there are.
    #[error("described and not there: {unknown:?}; there and not described: {missing:?}")]
    OtherRoutes {
        /// Those that are described and not there.
        unknown: Vec<String>,
        /// Those that are there and not described.
        missing: Vec<String>,
    },
    /// A path has a parameter that nobody described.
    #[error("the parameter {{{0}}} of a path is not described: see contract/src/operation.rs")]
    UnknownParameter(String),
    /// The types' schemas do not go together.
    #[error(transparent)]
    Schemas(#[from] SchemaError),
    /// A document cannot be written.
    #[error("a document cannot be written: {0}")]
    Unwritable(#[source] serde_json::Error),
}

/// All documents.
///
/// # Errors
/// When a route is not described, or one is that there is not.
pub fn documents() -> Result<Vec<Document>, ContractError> {
    Ok(vec![
        Document { name: "openapi.json", text: pretty(&openapi::document()?)? },
        Document { name: "asyncapi.json", text: pretty(&asyncapi::document()?)? },
        Document { name: "schema.graphql", text: graphql::sdl() },
    ])
}

fn pretty(document: &Value) -> Result<String, ContractError> {
    let text = serde_json::to_string_pretty(document).map_err(ContractError::Unwritable)?;
    Ok(format!("{text}\n"))
}
