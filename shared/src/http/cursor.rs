//! Paging: `limit`, an opaque `cursor`, and `nextCursor` where there is more.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::Input;
use crate::error::{Error, FieldError, Result};

/// A page of `items`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// At most as many as were asked for.
    pub items: Vec<T>,
    /// Where the next page begins; none at the end.
    pub next_cursor: Option<String>,
}

impl<T> Page<T> {
    /// A page, and the place behind it where there is more.
    ///
    /// # Errors
    /// When `next` cannot be written as JSON, which no type of ours does.
    pub fn new(items: Vec<T>, next: Option<impl Serialize>) -> Result<Self> {
        let next_cursor = next.map(|position| encode(&position)).transpose()?;
        Ok(Self { items, next_cursor })
    }
}

/// Which page the caller asks for; `P` is the place behind the page before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageRequest<P> {
    /// How many items: 1-100.
    pub limit: usize,
    /// Where to go on; none for the first page.
    pub position: Option<P>,
}

impl<P: DeserializeOwned> PageRequest<P> {
    /// Reads `limit` and `cursor` of the query.
    ///
    /// # Errors
    /// `Malformed` for a limit that is no number and a cursor that is none of ours, `Invalid` for a limit out of range.
    pub fn of(input: &Input) -> Result<Self> {
        let position = input.query("cursor").map(decode).transpose()?;
        Ok(Self { limit: input.limit()?, position })
    }
}

fn encode(position: &impl Serialize) -> Result<String> {
    Ok(URL_SAFE_NO_PAD.encode(serde_json::to_vec(position).map_err(Error::internal)?))
}

fn decode<P: DeserializeOwned>(cursor: &str) -> Result<P> {
    let bad = || Error::Malformed(FieldError::new("?cursor", "must be a nextCursor of this route"));
    let json = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| bad())?;
    serde_json::from_slice(&json).map_err(|_| bad())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_leads_back_to_its_place() {
        let page = Page::new(vec![1], Some(("a", 7))).unwrap();
        let cursor = page.next_cursor.unwrap();
        assert_eq!(decode::<(String, u64)>(&cursor).unwrap(), ("a".to_owned(), 7));
        assert!(matches!(decode::<(u64, u64)>(&cursor), Err(Error::Malformed(_))));
        assert!(matches!(decode::<u64>("%%%"), Err(Error::Malformed(_))));
    }
}
