//! Looking accounts up by what they hold.

use serde::Deserialize;
use serde_json::{Value, json};

use super::UserPool;
use super::admin::listed;
use super::error::{Error, Result};
use super::policy::constraint;
use super::user::User;

/// The most accounts of a page.
const MAX_LIMIT: usize = 60;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ListUsers {
    user_pool_id: String,
    filter: Option<String>,
    limit: Option<usize>,
    pagination_token: Option<String>,
}

/// `attribute = "value"`, or `^=` for what the value begins with.
struct Filter<'a> {
    attribute: &'a str,
    prefix: bool,
    value: String,
}

impl UserPool {
    /// In the order of the names; the token of a page is the last name on it.
    pub(super) fn list_users(&self, input: &ListUsers) -> Result<Value> {
        self.check_pool(&input.user_pool_id)?;
        let filter = input.filter.as_deref().filter(|filter| !filter.is_empty());
        let filter = filter.map(Filter::parse).transpose()?;
        let limit = input.limit.unwrap_or(MAX_LIMIT);
        if limit > MAX_LIMIT {
            return Err(constraint("limit", "have value less than or equal to 60"));
        }
        let behind = input.pagination_token.as_deref().unwrap_or_default();
        let mut found = self.users()?.into_iter().filter(|user| {
            user.username.to_lowercase().as_str() > behind
                && filter.as_ref().is_none_or(|filter| filter.fits(user))
        });
        let page: Vec<User> = found.by_ref().take(limit).collect();
        let users: Vec<Value> = page.iter().map(listed).collect();
        let mut output = json!({ "Users": users });
        if let (Some(_), Some(last)) = (found.next(), page.last()) {
            output["PaginationToken"] = last.username.to_lowercase().into();
        }
        Ok(output)
    }
}

impl<'a> Filter<'a> {
    fn parse(text: &'a str) -> Result<Self> {
        let invalid = || Error::InvalidParameter("Error while parsing filter".to_owned());
        let (attribute, value) = text.split_once('=').ok_or_else(invalid)?;
        let (attribute, prefix) = match attribute.trim_end().strip_suffix('^') {
            Some(attribute) => (attribute, true),
            None => (attribute, false),
        };
        let value = value.trim().strip_prefix('"').and_then(|value| value.strip_suffix('"'));
        let value = value.ok_or_else(invalid)?.replace("\\\"", "\"");
        let attribute = attribute.trim().trim_matches('"');
        match attribute {
            "username" | "sub" | "email" | "name" => Ok(Self { attribute, prefix, value }),
            _ => Err(invalid()),
        }
    }

    fn fits(&self, user: &User) -> bool {
        let held = match self.attribute {
            "username" => Some(user.username.clone()),
            name => {
                let mut attributes = user.attributes().into_iter();
                attributes.find(|(held, _)| *held == name).map(|(_, value)| value)
            }
        };
        held.is_some_and(|held| {
            if self.prefix { held.starts_with(&self.value) } else { held == self.value }
        })
    }
}
