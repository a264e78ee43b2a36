//! The texts of one message, and what comes of them with the values of an address.

use std::collections::BTreeSet;
use std::fmt;

use super::Content;
use super::placement::Place;
use super::template::{Escape, Template};
use crate::model::Rejected;

/// The most bytes of a character in UTF-8.
const CHARACTER: usize = 4;

/// The texts of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    subject: Option<Template>,
    body: Template,
    format: Format,
}

/// How a body is to be read.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Format {
    /// As a text message.
    Sms,
    /// As a mail without HTML.
    Text,
    /// As HTML, with the places of its values in their order.
    Html(Vec<Place>),
}

/// The texts of a message with their values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// What a mail is about, on one line.
    pub subject: Option<String>,
    /// What it says. Values are text even where it is HTML.
    pub body: String,
    /// Whether it is HTML.
    pub html: bool,
}

/// Why no message comes of a draft and its values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Flaw<'a> {
    /// There is no value of this name.
    Missing(&'a str),
    /// The value of this name stands where a link begins, and is none.
    NoLink(&'a str),
    /// The subject is too long.
    LongSubject,
    /// The body of a mail is too long.
    LongMail,
    /// The body of a text message is too long.
    LongSms,
    /// The body has nothing to show.
    Blank,
}

impl Flaw<'_> {
    /// The value that is to blame, if it is one.
    #[must_use]
    pub fn value(&self) -> Option<&str> {
        match self {
            Self::Missing(name) | Self::NoLink(name) => Some(name),
            _ => None,
        }
    }
}

impl fmt::Display for Flaw<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(name) => write!(f, "is required: the text has {{{name}}}"),
            Self::NoLink(_) => f.write_str("must be a link of http, https, mailto or tel"),
            Self::LongSubject => {
                write!(f, "makes a subject of more than {} characters", Content::MAX_SUBJECT)
            }
            Self::LongMail => {
                write!(f, "makes a body of more than {} bytes", Content::MAX_EMAIL_BODY)
            }
            Self::LongSms => {
                write!(f, "makes a text of more than {} characters", Content::MAX_SMS_BODY)
            }
            Self::Blank => f.write_str("makes a body without text"),
        }
    }
}

impl Draft {
    /// A mail. Its body is HTML where its own text has a tag.
    ///
    /// # Errors
    /// When the body is HTML and has a placeholder where a value could be more than text.
    pub fn mail(subject: Option<Template>, body: Template) -> Result<Self, Rejected> {
        let format = if body.is_html() { Format::Html(body.places()?) } else { Format::Text };
        Ok(Self { subject, body, format })
    }

    /// A text message.
    #[must_use]
    pub fn sms(body: Template) -> Self {
        Self { subject: None, body, format: Format::Sms }
    }

    /// The texts with their placeholders' values.
    ///
    /// # Errors
    /// All that is wrong with it.
    pub fn render<'a>(
        &'a self,
        value: impl Fn(&str) -> Option<&'a str> + Copy,
    ) -> Result<Rendered, BTreeSet<Flaw<'a>>> {
        let mut flaws = BTreeSet::new();
        let subject = self.subject.as_ref().map(|subject| {
            let most = CHARACTER * Content::MAX_SUBJECT;
            let subject = subject.render(value, |_| Escape::Line, most, &mut flaws);
            subject.filter(|subject| subject.chars().count() <= Content::MAX_SUBJECT)
        });
        if subject.as_ref().is_some_and(Option::is_none) {
            flaws.insert(Flaw::LongSubject);
        }
        let (most, too_long) = match self.format {
            Format::Sms => (CHARACTER * Content::MAX_SMS_BODY, Flaw::LongSms),
            _ => (Content::MAX_EMAIL_BODY, Flaw::LongMail),
        };
        let body = self.body.render(value, |index| self.escape(index), most, &mut flaws);
        let is_short = |body: &String| {
            self.format != Format::Sms || body.chars().count() <= Content::MAX_SMS_BODY
        };
        match body.filter(is_short) {
            None => flaws.insert(too_long),
            Some(body) if body.trim().is_empty() && flaws.is_empty() => flaws.insert(Flaw::Blank),
            Some(body) if flaws.is_empty() => {
                let html = matches!(self.format, Format::Html(_));
                return Ok(Rendered { subject: subject.flatten(), body, html });
            }
            Some(_) => false,
        };
        Err(flaws)
    }

    /// What becomes of the body's value number `index`.
    fn escape(&self, index: usize) -> Escape {
        match &self.format {
            Format::Html(places) => match places.get(index) {
                Some(Place::Link) => Escape::Link,
                _ => Escape::Html,
            },
            _ => Escape::Nothing,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mail(body: &str) -> Draft {
        Draft::mail(None, body.parse().unwrap()).unwrap()
    }

    #[test]
    fn what_is_missing_is_named() {
        let draft = mail("{a} {b} {a} {c}");
        let value = |name: &str| (name == "b").then_some("");
        let missing = BTreeSet::from([Flaw::Missing("a"), Flaw::Missing("c")]);
        assert_eq!(draft.render(value), Err(missing));
    }

    #[test]
    fn a_link_begins_with_a_link() {
        let draft = mail("<a href='{to}{path}'>{to}</a>");
        let with = |to: &'static str| {
            draft.render(move |name: &str| Some(if name == "to" { to } else { "/?a=1&b='" }))
        };
        let rendered = with("https://e.com").unwrap();
        assert!(rendered.html);
        let link = "<a href='https://e.com/?a=1&amp;b=&#x27;'>https://e.com</a>";
        assert_eq!(rendered.body, link);
        assert_eq!(with("javascript:f()"), Err(BTreeSet::from([Flaw::NoLink("to")])));
    }

    #[test]
    fn a_draft_of_html_has_its_values_in_text_only() {
        let body = |text: &str| text.parse::<Template>().unwrap();
        assert!(Draft::mail(None, body("<a href={to}>x</a>")).is_err());
        // Without a tag it is no HTML.
        assert_eq!(mail("a={to}").render(|_| Some("<b>")).unwrap().body, "a=<b>");
        let sms = Draft::sms(body("<a href={to}>"));
        assert_eq!(sms.render(|_| Some("<b>")).unwrap().body, "<a href=<b>>");
    }

    #[test]
    fn what_becomes_too_long_is_not_written() {
        let long = "x".repeat(1_000);
        let about = Draft::mail("{a}".parse().ok(), "x".parse().unwrap()).unwrap();
        let quotes = "'".repeat(Content::MAX_EMAIL_BODY / 2);
        for (draft, value, flaw) in [
            (mail(&"{a}".repeat(30_000)), &long, Flaw::LongMail),
            (Draft::sms("{a}{a}".parse().unwrap()), &long, Flaw::LongSms),
            (about, &long, Flaw::LongSubject),
            (mail("<p>{a}"), &quotes, Flaw::LongMail),
            (mail("{a}"), &" ".to_owned(), Flaw::Blank),
        ] {
            let rendered = draft.render(|_| Some(value.as_str()));
            assert_eq!(rendered, Err(BTreeSet::from([flaw])));
        }
    }
}
