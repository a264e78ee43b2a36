//! Texts with placeholders: `{name}`; `{{` and `}}` are literal braces. A value is never expanded again.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::str::FromStr;

use html_escape::encode_quoted_attribute;

use crate::model::{Channel, Rejected};

/// The longest name of a placeholder.
const MAX_NAME: usize = 64;

/// A text with placeholders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template(Vec<Part>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    Value(String),
}

/// The texts of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// What a mail is about.
    pub subject: Option<Template>,
    /// What it says.
    pub body: Template,
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

impl Draft {
    /// The texts with their placeholders' values. A mail's body is HTML where its own text is.
    ///
    /// # Errors
    /// The names of placeholders that `value` has nothing for.
    pub fn render<'a>(
        &'a self,
        value: impl Fn(&str) -> Option<&'a str> + Copy,
        channel: Channel,
    ) -> Result<Rendered, BTreeSet<&'a str>> {
        let html = channel == Channel::Email && self.body.is_html();
        let escape = if html { Escape::Html } else { Escape::Nothing };
        let subject = self.subject.as_ref().map(|subject| subject.render(value, Escape::Line));
        match (subject.transpose(), self.body.render(value, escape)) {
            (Ok(subject), Ok(body)) => Ok(Rendered { subject, body, html }),
            (subject, body) => {
                let mut missing = subject.err().unwrap_or_default();
                missing.extend(body.err().unwrap_or_default());
                Err(missing)
            }
        }
    }
}

/// What values become where they are put in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Escape {
    /// Themselves.
    Nothing,
    /// Text of HTML, also within a quoted attribute.
    Html,
    /// One line: a header of a mail cannot be broken.
    Line,
}

impl FromStr for Template {
    type Err = Rejected;

    fn from_str(text: &str) -> Result<Self, Rejected> {
        const REASON: Rejected = Rejected(
            "must have placeholders such as {name}, of letters, digits and . _ -, and {{ and }} for braces",
        );
        let (mut parts, mut literal) = (Vec::new(), String::new());
        let mut rest = text;
        while let Some(at) = rest.find(['{', '}']) {
            let (before, from) = rest.split_at(at);
            literal.push_str(before);
            if let Some(behind) = from.strip_prefix("{{") {
                literal.push('{');
                rest = behind;
            } else if let Some(behind) = from.strip_prefix("}}") {
                literal.push('}');
                rest = behind;
            } else {
                let inner = from.strip_prefix('{').and_then(|inner| inner.split_once('}'));
                let (name, behind) = inner.filter(|(name, _)| is_name(name)).ok_or(REASON)?;
                parts.push(Part::Text(std::mem::take(&mut literal)));
                parts.push(Part::Value(name.to_owned()));
                rest = behind;
            }
        }
        literal.push_str(rest);
        parts.push(Part::Text(literal));
        parts.retain(|part| !matches!(part, Part::Text(text) if text.is_empty()));
        Ok(Self(parts))
    }
}

fn is_name(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    (1..=MAX_NAME).contains(&name.len()) && name.bytes().all(plain)
}

impl Template {
    /// Whether its own text is HTML: whether it has a tag. What values say does not count.
    #[must_use]
    fn is_html(&self) -> bool {
        let is_tag = |behind: &str| {
            behind.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/' || c == '!')
        };
        let has_tag = |text: &str| text.match_indices('<').any(|(at, _)| is_tag(&text[at + 1..]));
        self.0.iter().any(|part| matches!(part, Part::Text(text) if has_tag(text)))
    }

    /// The text with its placeholders' values.
    ///
    /// # Errors
    /// The names of placeholders that `value` has nothing for.
    fn render<'a>(
        &'a self,
        value: impl Fn(&str) -> Option<&'a str>,
        escape: Escape,
    ) -> Result<String, BTreeSet<&'a str>> {
        let mut text = String::new();
        let mut missing = BTreeSet::new();
        for part in &self.0 {
            match part {
                Part::Text(literal) => text.push_str(literal),
                Part::Value(name) => match value(name) {
                    Some(value) => text.push_str(&escape.apply(value)),
                    None => {
                        missing.insert(name.as_str());
                    }
                },
            }
        }
        if missing.is_empty() { Ok(text) } else { Err(missing) }
    }
}

impl Escape {
    fn apply(self, value: &str) -> Cow<'_, str> {
        match self {
            Self::Nothing => value.into(),
            Self::Html => encode_quoted_attribute(value),
            Self::Line => value.replace(char::is_control, " ").into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rendered(template: &str, escape: Escape) -> String {
        let value = |name: &str| match name {
            "name" => Some("<b>\"Bob\" {other}</b>"),
            "two.lines" => Some("one\r\ntwo"),
            _ => None,
        };
        template.parse::<Template>().unwrap().render(value, escape).unwrap()
    }

    #[test]
    fn values_take_the_place_of_their_names_once() {
        assert_eq!(rendered("Hi {name}!", Escape::Nothing), "Hi <b>\"Bob\" {other}</b>!");
        assert_eq!(
            rendered("{{name}} {{{name}}}", Escape::Line),
            "{name} {<b>\"Bob\" {other}</b>}"
        );
        assert_eq!(
            rendered("<p title='{name}'>", Escape::Html),
            "<p title='&lt;b&gt;&quot;Bob&quot; {other}&lt;/b&gt;'>"
        );
        assert_eq!(rendered("{two.lines}", Escape::Line), "one  two");
        assert_eq!(rendered("", Escape::Html), "");
    }

    #[test]
    fn what_is_missing_is_named() {
        let template: Template = "{a} {b} {a} {c}".parse().unwrap();
        let value = |name: &str| (name == "b").then_some("");
        assert_eq!(template.render(value, Escape::Html), Err(BTreeSet::from(["a", "c"])));
    }

    #[test]
    fn braces_that_are_no_placeholder_are_refused() {
        for bad in ["{", "}", "a { b", "{}", "{a b}", "{a", "p{color:red}", "{{a}", "{a}}", "{ä}"]
        {
            assert!(bad.parse::<Template>().is_err(), "{bad}");
        }
    }

    #[test]
    fn html_has_a_tag_of_its_own() {
        let is_html = |text: &str| text.parse::<Template>().unwrap().is_html();
        for html in ["<p>hi</p>", "a<br>b", "<!doctype html>", "x </b>", "< <i>"] {
            assert!(is_html(html), "{html}");
        }
        for text in ["hi", "1 < 2", "a <3", "<", "{b} <", "i<{name}"] {
            assert!(!is_html(text), "{text}");
        }
    }
}
