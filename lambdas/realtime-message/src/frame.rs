//! Reading a frame: `{"action", "requestId"?, …}`, and the fields of the route that it asks for.

use std::collections::HashMap;

use serde_json::{Map, Value};
use shared::error::{Error, FieldError, Result};
use shared::events::SocketContext;
use shared::http::Input;

/// The largest frame, in bytes (API Gateway's limit).
const MAX_FRAME_BYTES: usize = 32 * 1_024;

/// A frame that can be read.
pub struct ClientFrame {
    /// What it asks for.
    pub action: String,
    /// The client's name for it.
    pub request_id: Option<String>,
    fields: Map<String, Value>,
}

/// A frame that cannot.
pub struct Unreadable {
    /// The client's name for it, if that could be read.
    pub request_id: Option<String>,
    /// Why.
    pub error: Error,
}

impl ClientFrame {
    /// Reads a frame.
    pub fn read(text: &str) -> Result<Self, Unreadable> {
        let unreadable = |error| Unreadable { request_id: None, error };
        if text.len() > MAX_FRAME_BYTES {
            return Err(unreadable(Error::TooLarge(MAX_FRAME_BYTES)));
        }
        let Ok(mut fields) = serde_json::from_str::<Map<String, Value>>(text) else {
            return Err(unreadable(malformed("", "must be a JSON object")));
        };
        let request_id = match fields.remove("requestId") {
            None => None,
            Some(Value::String(id)) => Some(id),
            Some(_) => return Err(unreadable(malformed("/requestId", "must be a string"))),
        };
        match fields.remove("action") {
            Some(Value::String(action)) => Ok(Self { action, request_id, fields }),
            Some(_) => {
                Err(Unreadable { request_id, error: malformed("/action", "must be a string") })
            }
            None => Err(Unreadable { request_id, error: malformed("/action", "is required") }),
        }
    }

    /// The frame as a request of the route, whose path has `parameter`.
    pub fn input(&mut self, context: &SocketContext, parameter: Option<&str>) -> Result<Input> {
        let mut parameters = HashMap::new();
        if let Some(name) = parameter {
            let pointer = format!("/{name}");
            let value = match self.fields.remove(name) {
                Some(Value::String(value)) => value,
                Some(_) => return Err(malformed(&pointer, "must be a string")),
                None => return Err(Error::invalid(&pointer, "is required")),
            };
            parameters.insert(name.to_owned(), value);
        }
        Input::of_frame(context, parameters, &self.fields)
    }
}

fn malformed(pointer: &str, detail: &str) -> Error {
    Error::Malformed(FieldError::new(pointer, detail))
}
