//! Where in HTML a value may stand: in text, and in attributes with quotes, so that it stays text whatever it says. Not within
//! tags, comments, scripts and styles; where a link begins only a link.

use std::convert::Infallible;

use html5gum::emitters::callback::{CallbackEmitter, CallbackEvent};
use html5gum::{Span, Tokenizer};

use crate::model::Rejected;

/// How a place is to be filled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// With text.
    Text,
    /// With a link: see [`is_link`].
    Link,
}

const REJECTED: Rejected = Rejected(
    "must have placeholders of HTML in its text, or in quotes in attributes other than style and those of scripts",
);

/// What a link may begin with.
const SCHEMES: [&str; 4] = ["https:", "http:", "mailto:", "tel:"];
/// The attributes that have links (HTML, section "Attributes").
const LINKS: [&[u8]; 8] =
    [b"action", b"background", b"cite", b"data", b"formaction", b"href", b"poster", b"src"];
/// What is in these is no text.
const RAW: [&[u8]; 2] = [b"script", b"style"];

/// What stands for a value begins with a letter, as a tag does, and has a space within: only in text and in quotes it stays in
/// one piece.
const MARK: &str = "v\u{e000} \u{e001}";

/// Whether `text` goes to the web, or to a mail address or a telephone.
pub fn is_link(text: &str) -> bool {
    SCHEMES.iter().any(|scheme| {
        text.get(..scheme.len()).is_some_and(|begins| begins.eq_ignore_ascii_case(scheme))
    })
}

/// The places of the values between `literals`, in their order.
///
/// # Errors
/// When a value cannot stand where it does.
pub fn places<'a>(literals: impl IntoIterator<Item = &'a str>) -> Result<Vec<Place>, Rejected> {
    let literals: Vec<String> =
        literals.into_iter().map(|literal| literal.replace(MARK, "")).collect();
    let count = literals.len().saturating_sub(1);
    let mut places = Places::default();
    let read = |event: CallbackEvent<'_>, _: Span| -> Option<Infallible> {
        places.read(&event);
        None
    };
    let mut emitter = CallbackEmitter::new(read);
    emitter.naively_switch_states(true);
    let Ok(()) = Tokenizer::new_with_emitter(&literals.join(MARK), emitter).finish();
    // What stands where it may not was not met in one piece.
    if places.met.len() == count && !places.bad { Ok(places.met) } else { Err(REJECTED) }
}

#[derive(Default)]
struct Places {
    met: Vec<Place>,
    bad: bool,
    tag: Vec<u8>,
    attribute: Vec<u8>,
}

impl Places {
    fn read(&mut self, event: &CallbackEvent<'_>) {
        match event {
            CallbackEvent::OpenStartTag { name } => {
                (*name).clone_into(&mut self.tag);
                self.attribute.clear();
            }
            CallbackEvent::EndTag { .. } => self.tag.clear(),
            CallbackEvent::AttributeName { name } => (*name).clone_into(&mut self.attribute),
            CallbackEvent::AttributeValue { value } => {
                self.attribute_value(&String::from_utf8_lossy(value));
            }
            CallbackEvent::String { value } => {
                let marks = marks(&String::from_utf8_lossy(value));
                self.bad |= marks > 0 && RAW.contains(&self.tag.as_slice());
                self.met.extend(std::iter::repeat_n(Place::Text, marks));
            }
            _ => {}
        }
    }

    fn attribute_value(&mut self, value: &str) {
        let mut marks = marks(value);
        if marks == 0 {
            return;
        }
        let name = self.attribute.as_slice();
        let is_code = name.starts_with(b"on") || matches!(name, b"style" | b"srcdoc" | b"srcset");
        self.bad |= is_code;
        if LINKS.contains(&name) {
            let before = value.split(MARK).next().unwrap_or_default().trim_start();
            if before.is_empty() {
                self.met.push(Place::Link);
                marks -= 1;
            } else {
                self.bad |= !is_link(before) && !before.starts_with(['/', '?', '#']);
            }
        }
        self.met.extend(std::iter::repeat_n(Place::Text, marks));
    }
}

fn marks(text: &str) -> usize {
    text.matches(MARK).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(template: &str) -> Option<Vec<Place>> {
        places(template.split("{}")).ok()
    }

    #[test]
    fn text_and_quoted_attributes_have_places() {
        use Place::{Link, Text};
        assert_eq!(of("<p>{}</p>{}"), Some(vec![Text, Text]));
        assert_eq!(of("<p title=\"{} {}\" class='{}'>{}"), Some(vec![Text; 4]));
        assert_eq!(of("<a href='{}/{}'>{}</a>"), Some(vec![Link, Text, Text]));
        assert_eq!(of("<a href=\"https://e.com/?q={}\">"), Some(vec![Text]));
        assert_eq!(of("<a href='mailto:{}'>"), Some(vec![Text]));
        assert_eq!(of("<title>{}</title> 1 < {} & {}"), Some(vec![Text; 3]));
        assert_eq!(of("none"), Some(vec![]));
    }

    #[test]
    fn where_a_value_could_be_more_than_text_there_is_none() {
        for template in [
            "<a href={}>",
            "<a {}>",
            "<a {}='x'>",
            "<{}>",
            "<b{}>",
            "</{}>",
            "<!-- {} -->",
            "<!doctype {}>",
            "<script>{}</script>",
            "<style>{}</style>",
            "<b onclick='f(\"{}\")'>",
            "<b style='color: {}'>",
            "<iframe srcdoc='{}'>",
            "<a href='javascript:{}'>",
            "<a href='java{}'>",
            "<b title='{}",
            "<b title=v\u{e000} \u{e001}{}>",
            "<?{}",
            "a <{}> b",
        ] {
            assert_eq!(of(template), None, "{template}");
        }
    }

    #[test]
    fn links_go_to_the_web_to_mail_and_to_telephones() {
        for link in ["https://e.com", "HTTP://e.com", "mailto:a@e.com", "tel:+1604"] {
            assert!(is_link(link), "{link}");
        }
        for other in ["", "javascript:x", " https://e.com", "data:text/html,x", "//e.com", "e.com"]
        {
            assert!(!is_link(other), "{other}");
        }
    }
}
