//! What is wrong with a request, collected so that all of it is said at once.

use shared::error::{Error, FieldError, Result};
use shared::model::Rejected;

/// How much is said: a wrong template of a hundred addresses says the same a hundred times.
const MAX: usize = 100;

/// Collects what is wrong.
#[derive(Debug, Default)]
pub struct Complaints {
    said: Vec<FieldError>,
    more: usize,
}

impl Complaints {
    /// The value at `pointer` is wrong.
    pub fn add(&mut self, pointer: impl Into<String>, detail: impl Into<String>) {
        if self.said.len() < MAX {
            self.said.push(FieldError::new(pointer, detail));
        } else {
            self.more += 1;
        }
    }

    /// The value, if it may be one.
    pub fn check<T>(&mut self, pointer: &str, value: Result<T, Rejected>) -> Option<T> {
        value.map_err(|reason| self.add(pointer, reason.0)).ok()
    }

    /// The value, if it is there.
    pub fn required<'a>(&mut self, pointer: &str, value: Option<&'a String>) -> Option<&'a str> {
        if value.is_none() {
            self.add(pointer, "is required");
        }
        value.map(String::as_str)
    }

    /// Nothing is wrong.
    ///
    /// # Errors
    /// `Invalid` with all that is.
    pub fn none(mut self) -> Result<()> {
        if self.more > 0 {
            let detail = format!("has {} more values that are not allowed", self.more);
            self.said.push(FieldError::new("", detail));
        }
        if self.said.is_empty() { Ok(()) } else { Err(Error::Invalid(self.said)) }
    }
}
