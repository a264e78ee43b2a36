//! The request's body.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use shared::messaging::{Substitutions, unique_names};
use validator::Validate;

/// One text to many addresses. What its values must be is checked with everything else, in [`crate::plan`].
#[derive(Debug, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
pub struct Request {
    pub trace_id: Option<String>,
    pub email_message: Option<EmailMessage>,
    #[serde(rename = "SMSMessage")]
    pub sms_message: Option<SmsMessage>,
    #[serde(default, deserialize_with = "unique_names")]
    pub addresses: BTreeMap<String, Target>,
}

/// What goes to mail addresses.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
pub struct EmailMessage {
    pub from_address: Option<String>,
    pub reply_to_address: Option<String>,
    pub subject: Option<String>,
    pub message_body: Option<String>,
    pub template_name: Option<String>,
    #[serde(default)]
    pub substitutions: Substitutions,
}

/// What goes to telephones.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
pub struct SmsMessage {
    pub message_type: Option<String>,
    pub origination_number: Option<String>,
    pub message_body: Option<String>,
    pub template_name: Option<String>,
    #[serde(default)]
    pub substitutions: Substitutions,
}

/// An address.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
pub struct Target {
    pub channel_type: Option<String>,
    #[serde(default)]
    pub substitutions: Substitutions,
}

impl Request {
    /// The name of the template of the mails.
    pub fn email_template(&self) -> Option<&str> {
        self.email_message.as_ref().and_then(|message| message.template_name.as_deref())
    }

    /// The name of the template of the text messages.
    pub fn sms_template(&self) -> Option<&str> {
        self.sms_message.as_ref().and_then(|message| message.template_name.as_deref())
    }
}
