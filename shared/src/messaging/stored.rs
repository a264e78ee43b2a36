//! Templates that are kept under a name.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::Rejected;

/// The longest name of a template.
const MAX_NAME: usize = 64;

/// The name of a template: 1-64 of `A-Z a-z 0-9 - _ .`.
#[derive(
    Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(transparent)]
#[schemars(extend("pattern" = "^[A-Za-z0-9_.-]+$", "minLength" = 1, "maxLength" = MAX_NAME))]
pub struct TemplateName(String);

impl TemplateName {
    /// The name as it is stored and shown.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for TemplateName {
    type Err = Rejected;

    fn from_str(text: &str) -> Result<Self, Rejected> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
        if !(1..=MAX_NAME).contains(&text.len()) || !text.bytes().all(plain) {
            return Err(Rejected("must have 1 to 64 letters, digits and - _ ."));
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for TemplateName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The templates that a request names, as they were when it came: what it says stays the same.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsedTemplates {
    /// For mails.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<StoredTemplate>,
    /// For text messages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sms: Option<StoredTemplate>,
}

impl UsedTemplates {
    /// Whether it names none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.email.is_none() && self.sms.is_none()
    }
}

/// A template as it is kept and shown.
// Its texts can be read as `super::Template`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
#[schemars(rename = "Template")]
pub struct StoredTemplate {
    /// Its name.
    pub template_name: TemplateName,
    /// The subject of a mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// The body.
    pub message_body: String,
}
