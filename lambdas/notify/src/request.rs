//! The request's body.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use shared::messaging::{MessageType, Substitutions, TemplateName, unique_names};
use shared::model::{Address, Channel, TraceId};
use validator::Validate;

use crate::plan::MAX_ADDRESSES;

/// One text to many addresses.
// What its values must be is checked with everything else, in `crate::plan`.
#[derive(Debug, Serialize, Deserialize, Validate, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
#[schemars(rename = "Notify", extend("required" = ["TraceId", "Addresses"]))]
pub struct Request {
    /// The sender's own id for the request: with the same body it is sent once, with another it is refused.
    #[schemars(with = "TraceId")]
    pub trace_id: Option<String>,
    /// What goes to mail addresses.
    pub email_message: Option<EmailMessage>,
    /// What goes to telephones.
    #[serde(rename = "SMSMessage")]
    pub sms_message: Option<SmsMessage>,
    /// To whom: mail addresses, and telephone numbers in E.164, each once.
    #[serde(default, deserialize_with = "unique_names")]
    #[schemars(extend("minProperties" = 1, "maxProperties" = MAX_ADDRESSES))]
    pub addresses: BTreeMap<String, Target>,
}

/// What goes to mail addresses.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
pub struct EmailMessage {
    /// One of the configured senders.
    #[schemars(with = "Address")]
    pub from_address: Option<String>,
    /// Where answers go.
    #[schemars(with = "Option<Address>")]
    pub reply_to_address: Option<String>,
    /// What it is about: one line with placeholders; the template's where it is left out.
    pub subject: Option<String>,
    /// What it says: text or HTML with placeholders such as `{name}`; the template's where it is left out.
    pub message_body: Option<String>,
    /// The template of what is left out.
    #[schemars(with = "Option<TemplateName>")]
    pub template_name: Option<String>,
    /// The values of the placeholders, for all addresses.
    #[serde(default)]
    pub substitutions: Substitutions,
}

/// What goes to telephones.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
pub struct SmsMessage {
    /// Whether it is urgent.
    #[schemars(with = "MessageType")]
    pub message_type: Option<String>,
    /// One of the configured senders.
    #[schemars(with = "Address")]
    pub origination_number: Option<String>,
    /// What it says, with placeholders such as `{name}`; the template's where it is left out.
    pub message_body: Option<String>,
    /// The template of what is left out.
    #[schemars(with = "Option<TemplateName>")]
    pub template_name: Option<String>,
    /// The values of the placeholders, for all addresses.
    #[serde(default)]
    pub substitutions: Substitutions,
}

/// An address.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
#[schemars(rename = "NotificationAddress")]
pub struct Target {
    /// How it is reached.
    #[schemars(with = "Channel")]
    pub channel_type: Option<String>,
    /// Its own values, which win.
    #[serde(default)]
    pub substitutions: Substitutions,
}

impl Request {
    /// The name of the template of the mails.
    pub(crate) fn email_template(&self) -> Option<&str> {
        self.email_message.as_ref().and_then(|message| message.template_name.as_deref())
    }

    /// The name of the template of the text messages.
    pub(crate) fn sms_template(&self) -> Option<&str> {
        self.sms_message.as_ref().and_then(|message| message.template_name.as_deref())
    }
}
