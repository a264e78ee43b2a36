//! From a request to a message for each address. Every value that is not allowed is named, all at once.

use std::collections::HashSet;

use shared::error::{Error, Result};
use shared::messaging::{Content, Rendered, Senders, UsedTemplates};
use shared::model::{Address, Channel, TraceId};

use crate::complaints::Complaints;
use crate::request::{Request, Target};
use crate::texts::{self, Email, Sms, Texts};

/// The most addresses of one request.
pub(crate) const MAX_ADDRESSES: usize = 100;

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

/// What a request says for one channel.
enum Part<T> {
    /// Nothing.
    Missing,
    /// Something is wrong with its texts, which was said.
    Bad,
    /// This.
    Good(T),
}

impl<T> From<Option<T>> for Part<T> {
    fn from(read: Option<T>) -> Self {
        read.map_or(Self::Bad, Self::Good)
    }
}

impl Plan {
    /// Checks `request`.
    ///
    /// # Errors
    /// Names every value that is not allowed.
    pub fn new(request: &Request, templates: &UsedTemplates, senders: &Senders) -> Result<Self> {
        let mut complaints = Complaints::default();
        let trace_id = complaints.required("/TraceId", request.trace_id.as_ref());
        let trace_id = trace_id.and_then(|id| complaints.check("/TraceId", id.parse()));
        let email = request.email_message.as_ref().map_or(Part::Missing, |message| {
            texts::email(message, templates.email.as_ref(), senders, &mut complaints).into()
        });
        let sms = request.sms_message.as_ref().map_or(Part::Missing, |message| {
            texts::sms(message, templates.sms.as_ref(), senders, &mut complaints).into()
        });
        let messages = messages(request, &email, &sms, &mut complaints);
        complaints.none()?;
        let trace_id = trace_id.ok_or_else(|| Error::internal("a name without a complaint"))?;
        Ok(Self { trace_id, messages })
    }
}

fn messages(
    request: &Request,
    email: &Part<Email<'_>>,
    sms: &Part<Sms<'_>>,
    complaints: &mut Complaints,
) -> Vec<Message> {
    if !(1..=MAX_ADDRESSES).contains(&request.addresses.len()) {
        complaints.add("/Addresses", format!("must have 1 to {MAX_ADDRESSES} addresses"));
        return Vec::new();
    }
    let mut seen = HashSet::new();
    let mut messages = Vec::new();
    for (text, target) in &request.addresses {
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
        let Rendered { subject, body, html } = self.texts.to(target, pointer, complaints)?;
        let (from, reply_to) = (self.from?.to_owned(), self.reply_to.clone());
        Some(Content::Email { from, subject: subject.unwrap_or_default(), body, html, reply_to })
    }
}

impl Sms<'_> {
    fn to(&self, target: &Target, pointer: &str, complaints: &mut Complaints) -> Option<Content> {
        let Rendered { body, .. } = self.texts.to(target, pointer, complaints)?;
        let from = self.from?.to_owned();
        Some(Content::Sms { from, message_type: self.message_type?, body })
    }
}

impl Texts<'_> {
    /// The texts for one address: its own values go before those of all.
    fn to(&self, target: &Target, pointer: &str, complaints: &mut Complaints) -> Option<Rendered> {
        let own = &target.substitutions;
        let value = |name: &str| own.get(name).or_else(|| self.substitutions.get(name));
        let flaws = match self.draft.render(value) {
            Ok(rendered) => return Some(rendered),
            Err(flaws) => flaws,
        };
        for flaw in flaws {
            match flaw.value() {
                Some(name) => {
                    complaints.add(format!("{pointer}/Substitutions/{name}"), flaw.to_string());
                }
                None => complaints.add(pointer, flaw.to_string()),
            }
        }
        None
    }
}
