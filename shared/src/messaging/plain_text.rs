//! The text beside the HTML of a mail, for those who read no HTML. One pass over the tags, whatever they are: nothing is nested
//! here, so that no input costs more than its length.

use std::convert::Infallible;

use html5gum::emitters::callback::{CallbackEmitter, CallbackEvent};
use html5gum::{Span, Tokenizer};

/// What is in these is not shown.
const HIDDEN: [&[u8]; 5] = [b"head", b"script", b"style", b"template", b"title"];
/// These stand apart from what is around them.
const PARAGRAPHS: [&[u8]; 13] = [
    b"blockquote",
    b"h1",
    b"h2",
    b"h3",
    b"h4",
    b"h5",
    b"h6",
    b"hr",
    b"ol",
    b"p",
    b"pre",
    b"table",
    b"ul",
];
/// These begin a line.
const LINES: [&[u8]; 11] = [
    b"address", b"article", b"br", b"dd", b"div", b"dt", b"footer", b"header", b"li", b"section",
    b"tr",
];

/// What `html` shows, as text: paragraphs, lines and links are kept.
#[must_use]
pub fn plain_text(html: &str) -> String {
    let mut page = Page::default();
    let read = |event: CallbackEvent<'_>, _: Span| -> Option<Infallible> {
        page.read(&event);
        None
    };
    let mut emitter = CallbackEmitter::new(read);
    emitter.naively_switch_states(true);
    let Ok(()) = Tokenizer::new_with_emitter(html, emitter).finish();
    page.text
}

#[derive(Default)]
struct Page {
    text: String,
    /// How many line ends come before the next word.
    breaks: usize,
    /// Whether a space comes before the next word.
    space: bool,
    /// The element whose contents are not shown.
    hidden: Option<Vec<u8>>,
    tag: Vec<u8>,
    attribute: Vec<u8>,
    /// Where the link goes that is open, and where its text begins.
    link: Option<(String, usize)>,
}

impl Page {
    fn read(&mut self, event: &CallbackEvent<'_>) {
        match event {
            CallbackEvent::OpenStartTag { name } => {
                (*name).clone_into(&mut self.tag);
                self.attribute.clear();
                self.begin(name);
            }
            CallbackEvent::AttributeName { name } => (*name).clone_into(&mut self.attribute),
            CallbackEvent::AttributeValue { value } => self.attribute_value(value),
            CallbackEvent::EndTag { name } => self.end(name),
            CallbackEvent::String { value } if self.hidden.is_none() => {
                self.write(&String::from_utf8_lossy(value));
            }
            _ => {}
        }
    }

    fn begin(&mut self, name: &[u8]) {
        if self.hidden.is_some() {
            return;
        }
        if HIDDEN.contains(&name) {
            self.hidden = Some(name.to_owned());
        }
        match name {
            // What is not closed ends where the next begins.
            b"a" => self.end_link(),
            b"br" if self.breaks > 0 => self.breaks = 2,
            b"li" => {
                self.begin_line(1);
                self.write("- ");
            }
            _ => self.stand_apart(name),
        }
    }

    fn end(&mut self, name: &[u8]) {
        if self.hidden.as_deref() == Some(name) {
            self.hidden = None;
        } else if self.hidden.is_none() && name == b"a" {
            self.end_link();
        } else if self.hidden.is_none() {
            self.stand_apart(name);
        }
    }

    fn attribute_value(&mut self, value: &[u8]) {
        let shown = self.hidden.is_none();
        match (self.tag.as_slice(), self.attribute.as_slice()) {
            (b"a", b"href") if shown => {
                self.link = Some((String::from_utf8_lossy(value).into_owned(), self.text.len()));
            }
            (b"img", b"alt") if shown => self.write(&String::from_utf8_lossy(value)),
            _ => {}
        }
    }

    /// A link whose text is its address is written once.
    fn end_link(&mut self) {
        let Some((address, from)) = self.link.take() else { return };
        let text = self.text.get(from..).unwrap_or_default().trim();
        if !address.is_empty() && text != address.trim_start_matches("mailto:") {
            let address = if text.is_empty() { address } else { format!(" ({address})") };
            self.write(&address);
        }
    }

    fn stand_apart(&mut self, name: &[u8]) {
        if PARAGRAPHS.contains(&name) {
            self.begin_line(2);
        } else if LINES.contains(&name) {
            self.begin_line(1);
        } else if matches!(name, b"td" | b"th") {
            self.space = true;
        }
    }

    fn begin_line(&mut self, breaks: usize) {
        self.breaks = self.breaks.max(breaks);
    }

    /// Spaces and line ends of HTML are one space.
    fn write(&mut self, text: &str) {
        for (index, word) in text.split(|c: char| c.is_ascii_whitespace()).enumerate() {
            self.space |= index > 0;
            if word.is_empty() {
                continue;
            }
            if !self.text.is_empty() {
                if self.breaks > 0 {
                    self.text.extend(std::iter::repeat_n('\n', self.breaks));
                } else if self.space {
                    self.text.push(' ');
                }
            }
            (self.breaks, self.space) = (0, false);
            self.text.push_str(word);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_is_kept_and_nothing_else() {
        let html = "<!doctype html><head><title>T</title><style>p{}</style></head>\
            <h1>Hi  <b>Ada</b>,</h1><p>your\n order &amp; more.</p>one<br>two<br><br>three\
            <ul><li>a</li><li>b</ul><script>x</script><!-- no -->end";
        let text = "Hi Ada,\n\nyour order & more.\n\none\ntwo\n\nthree\n\n- a\n- b\n\nend";
        assert_eq!(plain_text(html), text);
        assert_eq!(plain_text("<table><tr><td>a</td><td>b</td></tr><tr><td>c</table>"), "a b\nc");
        assert_eq!(plain_text("plain"), "plain");
        assert_eq!(plain_text("<p>"), "");
    }

    #[test]
    fn links_and_pictures_are_named() {
        let link = |html: &str| plain_text(html);
        assert_eq!(link("<a href='https://e.com'>here</a>."), "here (https://e.com).");
        assert_eq!(link("<a href='https://e.com'>https://e.com</a>"), "https://e.com");
        assert_eq!(link("<a href='mailto:a@e.com'>a@e.com</a>"), "a@e.com");
        assert_eq!(link("<a href='/x'><img alt='logo' src=y></a>"), "logo (/x)");
        assert_eq!(link("<a href='/x'></a>"), "/x");
        assert_eq!(link("<a href='/1'>one<a href='/2'>two"), "one (/1)two");
    }

    #[test]
    fn a_hundred_thousand_open_tags_are_no_more_than_their_length() {
        for tag in ["<a>", "<a href=x>", "<b>", "<li>", "<p", "</a>", "<!--", "&lt;", "<script>"] {
            let text = plain_text(&tag.repeat(100_000));
            assert!(text.len() <= 4 * tag.len() * 100_000, "{tag}");
        }
    }
}
