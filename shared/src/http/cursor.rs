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

/// Which page the caller asks for; `P` is the place behind the page before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageRequest<P> {
    /// How many items: 1-100.
    pub limit: usize,
    /// Where to go on; none for the first page.
    pub position: Option<P>,
    /// The route that the cursor is good for.
    route: String,
}

impl<P: Serialize + DeserializeOwned> PageRequest<P> {
    /// Reads `limit` and `cursor` of the query.
    ///
    /// # Errors
    /// `Malformed` for a limit that is no number and a cursor that is none of this route's, `Invalid` for a limit out
    /// of range.
    pub fn of(input: &Input) -> Result<Self> {
        let route = input.route_path();
        let position = input.query("cursor").map(|cursor| decode(route, cursor)).transpose()?;
        Ok(Self { limit: input.limit()?, position, route: route.to_owned() })
    }

    /// The page that was asked for, and the place behind it where there is more.
    ///
    /// # Errors
    /// When `next` cannot be written as JSON, which no type of ours does.
    pub fn page<T>(&self, items: Vec<T>, next: Option<P>) -> Result<Page<T>> {
        let next_cursor = next.map(|position| encode(&self.route, &position)).transpose()?;
        Ok(Page { items, next_cursor })
    }
}

fn encode(route: &str, position: &impl Serialize) -> Result<String> {
    let json = serde_json::to_vec(&(route, position)).map_err(Error::internal)?;
    Ok(URL_SAFE_NO_PAD.encode(json))
}

fn decode<P: DeserializeOwned>(route: &str, cursor: &str) -> Result<P> {
    let bad = || Error::Malformed(FieldError::new("?cursor", "must be a nextCursor of this route"));
    let json = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| bad())?;
    let (of, position): (String, P) = serde_json::from_slice(&json).map_err(|_| bad())?;
    if of == route { Ok(position) } else { Err(bad()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_leads_back_to_its_place_on_its_own_route() {
        let request = PageRequest { limit: 1, position: None, route: "/v1/blocks".to_owned() };
        let cursor = request.page(vec![1], Some(("a".to_owned(), 7))).unwrap().next_cursor.unwrap();
        assert_eq!(decode::<(String, u64)>("/v1/blocks", &cursor).unwrap(), ("a".to_owned(), 7));
        for (route, cursor) in [("/v1/groups", cursor.as_str()), ("/v1/blocks", "%%%")] {
            let refused = decode::<(String, u64)>(route, cursor);
            assert!(matches!(refused, Err(Error::Malformed(_))));
        }
        assert!(matches!(decode::<u64>("/v1/blocks", &cursor), Err(Error::Malformed(_))));
    }
}
