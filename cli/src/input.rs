//! What is to be said: words of the command line, or stdin.

use std::io;

use crate::error::{Error, Result};

/// The text of a message.
#[derive(Debug, clap::Args)]
pub struct Text {
    /// What to say; without it, what is on stdin.
    #[arg(value_name = "TEXT")]
    words: Vec<String>,
}

impl Text {
    /// The words, or all of stdin without its last line break.
    pub fn read(&self) -> Result<String> {
        if self.words.is_empty() { stdin() } else { Ok(self.words.join(" ")) }
    }
}

/// All of stdin, without its last line break.
pub fn stdin() -> Result<String> {
    let text = io::read_to_string(io::stdin().lock());
    let mut text = text.map_err(|error| Error::Usage(format!("cannot read stdin: {error}")))?;
    if text.ends_with('\n') {
        text.pop();
        if text.ends_with('\r') {
            text.pop();
        }
    }
    Ok(text)
}
