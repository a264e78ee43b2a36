//! What is printed: answers on stdout, everything else on stderr.

use std::borrow::Cow;
use std::fmt::{Display, Write as _};
use std::io::{Write as _, stdout};
use std::sync::{Mutex, PoisonError};

use anstream::adapter::strip_str;
use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Style};
use indicatif::{ProgressBar, ProgressStyle};
use rustyline_async::SharedWriter;
use serde::Serialize;

use crate::error::{Error, Result};

/// How a person's name looks.
const NAME: Style = AnsiColor::Cyan.on_default().bold();
/// How what matters less looks.
const ASIDE: Style = Style::new().dimmed();
/// How the word `error` looks.
const ERROR: Style = AnsiColor::Red.on_default().bold();

/// Prints for a person, or for a program (`--json`). Whoever reads it may have left: that fails nothing.
#[derive(Debug, Clone, Copy)]
pub struct Output {
    json: bool,
}

impl Output {
    /// Prints JSON, or text.
    pub fn new(json: bool) -> Self {
        Self { json }
    }

    /// Whether a program reads it.
    pub fn is_json(self) -> bool {
        self.json
    }

    /// Prints an answer: as it is for a program, or in words.
    pub fn answer(self, value: &impl Serialize, words: impl FnOnce() -> String) -> Result<()> {
        let text = if self.json {
            ascii_controls(&serde_json::to_string(value).map_err(Error::failed)?)
        } else {
            words()
        };
        if !text.is_empty() {
            print(Stream::Out, &text);
        }
        Ok(())
    }

    /// Tells why something was not done.
    pub fn error(self, error: &Error) {
        if self.json {
            let problem = serde_json::to_string(&error.to_problem()).unwrap_or_default();
            print(Stream::Err, &ascii_controls(&problem));
        } else {
            print(Stream::Err, &format!("{ERROR}error:{ERROR:#} {error}"));
        }
    }
}

/// Tells a person what is going on.
pub fn note(text: impl Display) {
    print(Stream::Err, &aside(text));
}

/// Where a line goes, unless another one is being typed.
#[derive(Clone, Copy)]
enum Stream {
    Out,
    Err,
}

/// Where lines go while another one is being typed.
static ABOVE: Mutex<Option<SharedWriter>> = Mutex::new(None);

/// While there is one, lines are printed above the one that is being typed.
pub struct Above(());

impl Above {
    /// They go to `writer`.
    pub fn new(writer: SharedWriter) -> Self {
        *ABOVE.lock().unwrap_or_else(PoisonError::into_inner) = Some(writer);
        Self(())
    }
}

impl Drop for Above {
    fn drop(&mut self) {
        *ABOVE.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

fn print(stream: Stream, text: &str) {
    if let Some(writer) = &mut *ABOVE.lock().unwrap_or_else(PoisonError::into_inner) {
        let line = match AutoStream::choice(&stdout()) {
            ColorChoice::Never => format!("{}\n", strip_str(text)),
            _ => format!("{text}\n"),
        };
        let _ = writer.write_all(line.as_bytes());
        return;
    }
    let _ = match stream {
        Stream::Out => writeln!(anstream::stdout(), "{text}"),
        Stream::Err => writeln!(anstream::stderr(), "{text}"),
    };
}

/// A bar for `length` steps, on a terminal alone.
pub fn progress(length: u64, what: &'static str) -> Result<ProgressBar> {
    let style = ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len} {eta}");
    let style = style.map_err(Error::failed)?;
    Ok(ProgressBar::new(length).with_style(style).with_message(what))
}

/// A number that grows, on a terminal alone.
pub fn counter(what: &'static str) -> Result<ProgressBar> {
    let style = ProgressStyle::with_template("{spinner} {pos} {msg} {elapsed}");
    let style = style.map_err(Error::failed)?;
    Ok(ProgressBar::no_length().with_style(style).with_message(what))
}

/// A name that somebody chose, in colour.
pub fn name(text: &str) -> String {
    format!("{NAME}{}{NAME:#}", safe(text))
}

/// What matters less.
pub fn aside(text: impl Display) -> String {
    format!("{ASIDE}{text}{ASIDE:#}")
}

/// Text of others as it may go to a terminal, on one line: what could steer the terminal, or turn the direction of the text
/// round, is spelled out.
pub fn safe(text: &str) -> Cow<'_, str> {
    escaped(text, |_| None)
}

/// As [`safe`], for what may have lines: each further one is indented, so that none looks like a message of its own.
pub fn safe_lines(text: &str) -> Cow<'_, str> {
    escaped(text, |character| match character {
        '\n' => Some("\n    "),
        '\t' => Some("\t"),
        _ => None,
    })
}

fn escaped(text: &str, kept: impl Fn(char) -> Option<&'static str>) -> Cow<'_, str> {
    if !text.chars().any(steers) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match kept(character) {
            Some(kept) => safe.push_str(kept),
            None if steers(character) => safe.extend(character.escape_unicode()),
            None => safe.push(character),
        }
    }
    Cow::Owned(safe)
}

/// Control characters, and those of Unicode that break lines or change the direction of what follows.
fn steers(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// JSON with the control characters beyond ASCII spelled out, too: they stand in texts alone, where that is the same.
fn ascii_controls(json: &str) -> String {
    let mut plain = String::with_capacity(json.len());
    for character in json.chars() {
        if steers(character) {
            let _ = write!(plain, "\\u{:04x}", u32::from(character));
        } else {
            plain.push(character);
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_steer_a_terminal_is_spelled_out() {
        assert_eq!(safe("plain, ä, 漢字, 🎉"), "plain, ä, 漢字, 🎉");
        assert_eq!(safe("\u{1b}[2J\u{9b}31m\u{7f}\r"), "\\u{1b}[2J\\u{9b}31m\\u{7f}\\u{d}");
        assert_eq!(safe("a\u{202e}b\u{2066}c"), "a\\u{202e}b\\u{2066}c");
        assert_eq!(safe("two\nlines"), "two\\u{a}lines");
        assert_eq!(safe_lines("two\n\tlines\u{7}"), "two\n    \tlines\\u{7}");
    }

    #[test]
    fn json_says_the_same_without_control_characters() {
        let text = "\u{9b}31m \u{1b}[0m \u{2028} é";
        let plain = ascii_controls(&serde_json::to_string(text).unwrap());
        assert_eq!(plain, r#""\u009b31m \u001b[0m \u2028 é""#);
        assert_eq!(serde_json::from_str::<String>(&plain).unwrap(), text);
    }
}
