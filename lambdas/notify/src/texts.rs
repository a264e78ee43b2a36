//! What a request says for one channel: checked apart from the addresses.

use shared::messaging::{
    Draft, MessageType, Senders, StoredTemplate, Substitutions, Template, TemplateName,
};
use shared::model::{Address, Channel};

use crate::complaints::Complaints;
use crate::request::{EmailMessage, SmsMessage};

/// What a mail is about where nobody says it.
const DEFAULT_SUBJECT: &str = "Notification";
/// What a message says where nobody says it.
const DEFAULT_BODY: &str = "You have a new notification.";

/// What all messages of a channel have in common.
pub struct Texts<'a> {
    pub draft: Draft,
    pub substitutions: &'a Substitutions,
}

pub struct Email<'a> {
    pub texts: Texts<'a>,
    /// None where it is wrong, which was said.
    pub from: Option<&'a str>,
    pub reply_to: Option<Address>,
}

pub struct Sms<'a> {
    pub texts: Texts<'a>,
    /// None where it is wrong, which was said; so the type.
    pub from: Option<&'a str>,
    pub message_type: Option<MessageType>,
}

/// Nothing where its texts cannot be read, which is said by then.
pub fn email<'a>(
    message: &'a EmailMessage,
    template: Option<&StoredTemplate>,
    senders: &'a Senders,
    complaints: &mut Complaints,
) -> Option<Email<'a>> {
    const POINTER: &str = "/EmailMessage";
    let from = sender(
        &format!("{POINTER}/FromAddress"),
        message.from_address.as_ref(),
        Channel::Email,
        senders,
        complaints,
    );
    let reply_to = message.reply_to_address.as_deref().map(|text| {
        complaints.check(&format!("{POINTER}/ReplyToAddress"), Address::new(Channel::Email, text))
    });
    let stored = stored(POINTER, message.template_name.as_deref(), template, complaints);
    let subject = message
        .subject
        .as_deref()
        .or_else(|| stored.and_then(|stored| stored.subject.as_deref()))
        .unwrap_or(DEFAULT_SUBJECT);
    let pointer = format!("{POINTER}/Subject");
    if subject.chars().any(char::is_control) {
        complaints.add(pointer.as_str(), "must be one line, without control characters");
    }
    let subject = complaints.check(&pointer, subject.parse());
    let body = body(POINTER, message.message_body.as_deref(), stored, complaints);
    let draft = Draft::mail(Some(subject?), body?);
    let draft = complaints.check(&format!("{POINTER}/MessageBody"), draft)?;
    let texts = Texts { draft, substitutions: &message.substitutions };
    Some(Email { texts, from, reply_to: reply_to.flatten() })
}

/// Nothing where its text cannot be read, which is said by then.
pub fn sms<'a>(
    message: &'a SmsMessage,
    template: Option<&StoredTemplate>,
    senders: &'a Senders,
    complaints: &mut Complaints,
) -> Option<Sms<'a>> {
    const POINTER: &str = "/SMSMessage";
    let from = sender(
        &format!("{POINTER}/OriginationNumber"),
        message.origination_number.as_ref(),
        Channel::Sms,
        senders,
        complaints,
    );
    let pointer = format!("{POINTER}/MessageType");
    let message_type = match complaints.required(&pointer, message.message_type.as_ref()) {
        Some("TRANSACTIONAL") => Some(MessageType::Transactional),
        Some("PROMOTIONAL") => Some(MessageType::Promotional),
        Some(_) => {
            complaints.add(&pointer, "must be TRANSACTIONAL or PROMOTIONAL");
            None
        }
        None => None,
    };
    let stored = stored(POINTER, message.template_name.as_deref(), template, complaints);
    let body = body(POINTER, message.message_body.as_deref(), stored, complaints);
    let texts = Texts { draft: Draft::sms(body?), substitutions: &message.substitutions };
    Some(Sms { texts, from, message_type })
}

fn sender<'a>(
    pointer: &str,
    sender: Option<&String>,
    channel: Channel,
    senders: &'a Senders,
    complaints: &mut Complaints,
) -> Option<&'a str> {
    let sender = complaints.required(pointer, sender)?;
    let configured = senders.find(channel, sender);
    if configured.is_none() {
        complaints.add(pointer, "must be one of the configured senders");
    }
    configured
}

/// The template that is named, which must exist.
fn stored<'t>(
    pointer: &str,
    name: Option<&str>,
    found: Option<&'t StoredTemplate>,
    complaints: &mut Complaints,
) -> Option<&'t StoredTemplate> {
    let name = name?;
    let pointer = format!("{pointer}/TemplateName");
    complaints.check(&pointer, name.parse::<TemplateName>())?;
    if found.is_none() {
        complaints.add(pointer, "must be the name of a template that exists");
    }
    found
}

/// The body in the request, else the template's, else the default one.
fn body(
    pointer: &str,
    inline: Option<&str>,
    stored: Option<&StoredTemplate>,
    complaints: &mut Complaints,
) -> Option<Template> {
    let text = inline.or_else(|| stored.map(|stored| stored.message_body.as_str()));
    let text = text.unwrap_or(DEFAULT_BODY);
    let pointer = format!("{pointer}/MessageBody");
    if text.trim().is_empty() {
        complaints.add(pointer, "must not be blank");
        return None;
    }
    complaints.check(&pointer, text.parse())
}
