//! Attributes on their way in and out.

use serde::Deserialize;
use serde_json::{Value, json};

use super::error::{Error, Result};
use super::policy::{check_email, constraint};
use super::user::User;

/// The longest value.
const MAX_VALUE: usize = 2048;

/// One attribute, as callers give it.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Attribute {
    pub name: String,
    #[serde(default)]
    pub value: String,
}

/// Who changes an attribute.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// Its owner.
    Owner,
    /// An administrator, who may also say that an address is verified.
    Administrator,
}

/// The value of an attribute, where there is one.
pub fn value_of(attributes: &[Attribute], name: &str) -> Option<String> {
    let found = attributes.iter().find(|attribute| attribute.name == name);
    found.map(|attribute| attribute.value.clone())
}

/// As Cognito writes them.
pub fn described(user: &User) -> Vec<Value> {
    let attributes = user.attributes().into_iter();
    attributes.map(|(name, value)| json!({ "Name": name, "Value": value })).collect()
}

impl User {
    /// Changes attributes. An address that is another one is not verified, unless the change says so.
    ///
    /// # Errors
    /// `InvalidParameter`, `NotAuthorized`.
    pub fn change(&mut self, attributes: &[Attribute], by: By, now: i64) -> Result<()> {
        for Attribute { name, value } in attributes {
            if value.chars().count() > MAX_VALUE {
                return Err(constraint("userAttributes", "have length less than or equal to 2048"));
            }
            match name.as_str() {
                "name" => self.name = Some(value.clone()).filter(|name| !name.is_empty()),
                "email" => self.change_email(value)?,
                "email_verified" if by == By::Administrator => {}
                "email_verified" => {
                    return Err(Error::NotAuthorized(
                        "A client attempted to write unauthorized attribute",
                    ));
                }
                "sub" | "identities" => {
                    let message = format!("user.{name}: Attribute cannot be updated.\n");
                    return Err(Error::InvalidParameter(message));
                }
                _ => {
                    let message = format!("user.{name}: Attribute does not exist in the schema.\n");
                    return Err(Error::InvalidParameter(message));
                }
            }
        }
        if let Some(verified) = value_of(attributes, "email_verified") {
            self.email_verified = verified == "true";
        }
        self.modified_at = now;
        Ok(())
    }

    fn change_email(&mut self, email: &str) -> Result<()> {
        check_email(Some(email))?;
        if self.email != email {
            email.clone_into(&mut self.email);
            (self.email_verified, self.code, self.reset_code) = (false, None, None);
        }
        Ok(())
    }
}
