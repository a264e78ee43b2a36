//! Queries and forms.

use std::collections::BTreeMap;

use url::form_urlencoded;

/// The parameters of a request, each given once.
#[derive(Debug, Clone, Default)]
pub struct Parameters(BTreeMap<String, String>);

impl Parameters {
    /// Reads them; none if one is given twice.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parameters = BTreeMap::new();
        for (name, value) in form_urlencoded::parse(text.as_bytes()) {
            if parameters.insert(name.into_owned(), value.into_owned()).is_some() {
                return None;
            }
        }
        Some(Self(parameters))
    }

    /// The value of one; an empty one is as good as none.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// All of them.
    pub fn into_map(self) -> impl IntoIterator<Item = (String, String)> {
        self.0
    }

    /// As a query, without those that are only for `/oauth2/authorize`.
    pub fn to_query(&self) -> String {
        let kept = self.0.iter().filter(|(name, _)| *name != "identity_provider");
        form_urlencoded::Serializer::new(String::new()).extend_pairs(kept).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_given_twice_is_not_read() {
        assert!(Parameters::parse("a=1&b=2&a=1").is_none());
        let parameters = Parameters::parse("a=%26+%3D&b=&identity_provider=x").unwrap();
        assert_eq!((parameters.get("a"), parameters.get("b")), (Some("& ="), None));
        assert_eq!(parameters.to_query(), "a=%26+%3D&b=");
    }
}
