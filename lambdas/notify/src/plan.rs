//! From a request to a message for each address. Every value that is not allowed is named, all at once.

use std::collections::{BTreeMap, HashSet};

use shared::error::{Error, FieldError, Result};
use shared::messaging::{
    Content, Draft, MessageType, Rendered, Senders, StoredTemplate, Substitutions, Template,
    TemplateName,
};
use shared::model::{Address, Channel, Rejected, TraceId};

use crate::request::{EmailMessage, Request, SmsMessage, Target};

/// The most addresses of one request.
const MAX_ADDRESSES: usize = 100;
/// What a mail is about where nobody says it.
const DEFAULT_SUBJECT: &str = "Notification";
/// What a message says where nobody says it.
const DEFAULT_BODY: &str = "You have a new notification.";

/// The templates that a request names, as far as they exist.
pub struct Texts {
    pub email: Option<StoredTemplate>,
    pub sms: Option<StoredTemplate>,
}

/// What a request asks for.
#[derive(Debug)]
pub struct Plan {
    /// The sender's name for it.
    pub trace_id: TraceId,
    /// A message for each address, in the order of the addresses.
    pub messages: Vec<Message>,
}

/// A message for one address.
#[derive(Debug)]
pub struct Message {
    pub address: Address,
    pub content: Content,
}

/// Collects what is wrong.
#[derive(Debug, Default)]
struct Complaints(Vec<FieldError>);

impl Complaints {
    fn add(&mut self, pointer: impl Into<String>, detail: impl Into<String>) {
        self.0.push(FieldError::new(pointer, detail));
    }

    /// The value, if it may be one.
    fn check<T>(&mut self, pointer: &str, value: Result<T, Rejected>) -> Option<T> {
        value.map_err(|reason| self.add(pointer, reason.0)).ok()
    }

    fn required<'a>(&mut self, pointer: &str, value: Option<&'a String>) -> Option<&'a str> {
        if value.is_none() {
            self.add(pointer, "is required");
        }
        value.map(String::as_str)
    }
}

/// What all mails, or all text messages, of a request have in common.
struct Common<'a> {
    pointer: &'static str,
    draft: Draft,
    substitutions: &'a Substitutions,
}

struct Email<'a> {
    common: Common<'a>,
    from: &'a str,
    reply_to: Option<Address>,
}

struct Sms<'a> {
    common: Common<'a>,
    from: &'a str,
    message_type: MessageType,
}

impl Plan {
    /// Checks `request`.
    ///
    /// # Errors
    /// Names every value that is not allowed.
    pub fn new(request: &Request, texts: &Texts, senders: &Senders) -> Result<Self> {
        let mut complaints = Complaints::default();
        let trace_id = complaints.required("/TraceId", request.trace_id.as_ref());
        let trace_id = trace_id.and_then(|id| complaints.check("/TraceId", id.parse()));
        let email = match &request.email_message {
            None => Part::Missing,
            Some(message) => email_of(message, texts, senders, &mut complaints).into(),
        };
        let sms = match &request.sms_message {
            None => Part::Missing,
            Some(message) => sms_of(message, texts, senders, &mut complaints).into(),
        };
        let messages = messages(request.addresses.as_ref(), &email, &sms, &mut complaints);
        match trace_id {
            Some(trace_id) if complaints.0.is_empty() => Ok(Self { trace_id, messages }),
            _ => Err(Error::Invalid(complaints.0)),
        }
    }
}

/// Nothing where something is wrong with it, which is said by then.
fn email_of<'a>(
    message: &'a EmailMessage,
    texts: &Texts,
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
    let stored =
        stored(POINTER, message.template_name.as_deref(), texts.email.as_ref(), complaints);
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
    let common = Common {
        pointer: POINTER,
        draft: Draft { subject: Some(subject?), body: body? },
        substitutions: &message.substitutions,
    };
    Some(Email { common, from: from?, reply_to: reply_to.flatten() })
}

fn sms_of<'a>(
    message: &'a SmsMessage,
    texts: &Texts,
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
    let stored = stored(POINTER, message.template_name.as_deref(), texts.sms.as_ref(), complaints);
    let body = body(POINTER, message.message_body.as_deref(), stored, complaints);
    let substitutions = &message.substitutions;
    let draft = Draft { subject: None, body: body? };
    let common = Common { pointer: POINTER, draft, substitutions };
    Some(Sms { common, from: from?, message_type: message_type? })
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

/// What a request says for one channel.
enum Part<T> {
    /// Nothing.
    Missing,
    /// Something is wrong with it, which was said.
    Bad,
    /// This.
    Good(T),
}

impl<T> From<Option<T>> for Part<T> {
    fn from(read: Option<T>) -> Self {
        read.map_or(Self::Bad, Self::Good)
    }
}

fn messages(
    addresses: Option<&BTreeMap<String, Target>>,
    email: &Part<Email<'_>>,
    sms: &Part<Sms<'_>>,
    complaints: &mut Complaints,
) -> Vec<Message> {
    let count = addresses.map_or(0, BTreeMap::len);
    if !(1..=MAX_ADDRESSES).contains(&count) {
        complaints.add("/Addresses", format!("must have 1 to {MAX_ADDRESSES} addresses"));
        return Vec::new();
    }
    let mut seen = HashSet::new();
    let mut messages = Vec::new();
    for (text, target) in addresses.into_iter().flatten() {
        let pointer = format!("/Addresses/{}", text.replace('~', "~0").replace('/', "~1"));
        if !seen.insert(text.to_lowercase()) {
            complaints.add(pointer.as_str(), "is there twice");
        }
        let kind = format!("{pointer}/ChannelType");
        let content = match complaints.required(&kind, target.channel_type.as_ref()) {
            Some("EMAIL") => {
                let address = complaints.check(&pointer, Address::new(Channel::Email, text));
                let email = ready("EmailMessage", &kind, email, complaints);
                address.zip(email.and_then(|email| email.to(target, &pointer, complaints)))
            }
            Some("SMS") => {
                let address = complaints.check(&pointer, Address::new(Channel::Sms, text));
                let sms = ready("SMSMessage", &kind, sms, complaints);
                address.zip(sms.and_then(|sms| sms.to(target, &pointer, complaints)))
            }
            Some(_) => {
                complaints.add(kind, "must be EMAIL or SMS");
                None
            }
            None => None,
        };
        messages.extend(content.map(|(address, content)| Message { address, content }));
    }
    messages
}

fn ready<'a, T>(
    what: &str,
    pointer: &str,
    part: &'a Part<T>,
    complaints: &mut Complaints,
) -> Option<&'a T> {
    match part {
        Part::Good(part) => Some(part),
        Part::Bad => None,
        Part::Missing => {
            complaints.add(pointer, format!("needs {what}, which the request has not"));
            None
        }
    }
}

impl Email<'_> {
    fn to(&self, target: &Target, pointer: &str, complaints: &mut Complaints) -> Option<Content> {
        let rendered = self.common.render(target, Channel::Email, pointer, complaints)?;
        let Rendered { subject, body, html } = rendered;
        let subject = subject.unwrap_or_default();
        let (most, most_bytes) = (Content::MAX_SUBJECT, Content::MAX_EMAIL_BODY);
        if subject.chars().count() > most {
            complaints.add(pointer, format!("makes a subject of more than {most} characters"));
        }
        if body.len() > most_bytes {
            complaints.add(pointer, format!("makes a body of more than {most_bytes} bytes"));
        }
        let (from, reply_to) = (self.from.to_owned(), self.reply_to.clone());
        Some(Content::Email { from, subject, body, html, reply_to })
    }
}

impl Sms<'_> {
    fn to(&self, target: &Target, pointer: &str, complaints: &mut Complaints) -> Option<Content> {
        let Rendered { body, .. } =
            self.common.render(target, Channel::Sms, pointer, complaints)?;
        let most = Content::MAX_SMS_BODY;
        if body.chars().count() > most {
            complaints.add(pointer, format!("makes a text of more than {most} characters"));
        }
        let (from, message_type) = (self.from.to_owned(), self.message_type);
        Some(Content::Sms { from, message_type, body })
    }
}

impl Common<'_> {
    /// The texts for one address: its own values go before those of all.
    fn render(
        &self,
        target: &Target,
        channel: Channel,
        pointer: &str,
        complaints: &mut Complaints,
    ) -> Option<Rendered> {
        let own = &target.substitutions;
        let value = |name: &str| own.get(name).or_else(|| self.substitutions.get(name));
        let missing = match self.draft.render(value, channel) {
            Ok(rendered) if rendered.body.trim().is_empty() => {
                complaints.add(pointer, "makes a body without text");
                return None;
            }
            Ok(rendered) => return Some(rendered),
            Err(missing) => missing,
        };
        for name in missing {
            let detail = format!("is required: the text of {} has {{{name}}}", self.pointer);
            complaints.add(format!("{pointer}/Substitutions/{name}"), detail);
        }
        None
    }
}
