//! Texts with placeholders: `{name}`; `{{` and `}}` are literal braces. A value is never expanded again.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::str::FromStr;

use html_escape::encode_quoted_attribute;

use super::draft::Flaw;
use super::placement::{Place, is_link, places};
use crate::model::Rejected;

/// The longest name of a placeholder.
const MAX_NAME: usize = 64;
/// The most names of one text.
const MAX_NAMES: usize = 200;
/// A text with placeholders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template(Vec<Part>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    Value(String),
}

/// What values become where they are put in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Escape {
    /// Themselves.
    Nothing,
    /// Text of HTML, also within a quoted attribute.
    Html,
    /// The same, if it is a link.
    Link,
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
        let mut names = BTreeSet::new();
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
                names.insert(name);
                rest = behind;
            }
        }
        if names.len() > MAX_NAMES {
            return Err(Rejected("must have at most 200 different placeholders"));
        }
        literal.push_str(rest);
        parts.push(Part::Text(literal));
        Ok(Self(parts))
    }
}

fn is_name(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    (1..=MAX_NAME).contains(&name.len()) && name.bytes().all(plain)
}

impl Template {
    fn literals(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|part| match part {
            Part::Text(text) => Some(text.as_str()),
            Part::Value(_) => None,
        })
    }

    /// Whether its own text is HTML: whether it has a tag. What values say does not count.
    pub(super) fn is_html(&self) -> bool {
        let is_tag = |behind: &str| {
            behind.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/' || c == '!')
        };
        let has_tag = |text: &str| text.match_indices('<').any(|(at, _)| is_tag(&text[at + 1..]));
        self.literals().any(has_tag)
    }

    pub(super) fn places(&self) -> Result<Vec<Place>, Rejected> {
        places(self.literals())
    }

    /// The text with its placeholders' values, of which each becomes what `escape` says of its number; none where it has more
    /// than `most` bytes. What is wrong with values goes to `flaws`.
    pub(super) fn render<'a>(
        &'a self,
        value: impl Fn(&str) -> Option<&'a str>,
        escape: impl Fn(usize) -> Escape,
        most: usize,
        flaws: &mut BTreeSet<Flaw<'a>>,
    ) -> Option<String> {
        let (mut text, mut values) = (String::new(), 0);
        let mut too_long = false;
        for part in &self.0 {
            let piece = match part {
                Part::Text(literal) => literal.into(),
                Part::Value(name) => {
                    let escape = escape(values);
                    values += 1;
                    match value(name) {
                        None => {
                            flaws.insert(Flaw::Missing(name));
                            continue;
                        }
                        Some(value) if escape == Escape::Link && !is_link(value) => {
                            flaws.insert(Flaw::NoLink(name));
                            continue;
                        }
                        // Escaped, it is no shorter.
                        Some(value) if value.len() > most => {
                            too_long = true;
                            continue;
                        }
                        Some(value) => escape.apply(value),
                    }
                }
            };
            too_long |= text.len() + piece.len() > most;
            if !too_long {
                text.push_str(&piece);
            }
        }
        (!too_long).then_some(text)
    }
}

impl Escape {
    fn apply(self, value: &str) -> Cow<'_, str> {
        match self {
            Self::Nothing => value.into(),
            Self::Html | Self::Link => encode_quoted_attribute(value),
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
        let template: Template = template.parse().unwrap();
        template.render(value, |_| escape, 100, &mut BTreeSet::new()).unwrap()
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
    fn a_text_has_so_many_names() {
        let names = |count: usize| {
            let names: Vec<String> = (0..count).map(|number| format!("{{n{number}}}")).collect();
            names.concat()
        };
        assert!(names(MAX_NAMES).parse::<Template>().is_ok());
        assert!(names(MAX_NAMES + 1).parse::<Template>().is_err());
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
