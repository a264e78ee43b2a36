//! What nobody else may see: asked for on the terminal, or read from stdin, and never an argument, which other programs and
//! the shell's history would see.

use std::io::{self, BufRead, ErrorKind, Write};

use crate::error::{Error, Result};

/// Where a password comes from.
#[derive(Debug, Clone, Copy, clap::Args)]
pub struct Source {
    /// Read the password from the first line of stdin, and from the next ones whatever else is asked for.
    #[arg(long)]
    password_stdin: bool,
}

impl Source {
    /// Asks for something that is typed unseen.
    pub fn secret(self, question: &str) -> Result<String> {
        if self.password_stdin {
            return line(question);
        }
        rpassword::prompt_password(format!("{question}: "))
            .map_err(|error| no_terminal(question, &error))
    }

    /// Asks for a new password, on a terminal twice.
    pub fn new_password(self, question: &str) -> Result<String> {
        let password = self.secret(question)?;
        if !self.password_stdin && self.secret("The same again")? != password {
            return Err(Error::Usage("the two passwords differ: try again".to_owned()));
        }
        Ok(password)
    }

    /// Asks for something that may be seen.
    pub fn visible(self, question: &str) -> Result<String> {
        if !self.password_stdin {
            let _ = write!(io::stderr(), "{question}: ");
        }
        line(question)
    }
}

/// A line of stdin, which must be there.
fn line(question: &str) -> Result<String> {
    let mut line = String::new();
    let read = io::stdin().lock().read_line(&mut line);
    read.map_err(|error| Error::Usage(format!("cannot read stdin: {error}")))?;
    let line = line.trim_end_matches(['\r', '\n']);
    if line.is_empty() {
        return Err(Error::Usage(format!("stdin has no line for: {question}")));
    }
    Ok(line.to_owned())
}

fn no_terminal(question: &str, error: &io::Error) -> Error {
    Error::Usage(match error.kind() {
        ErrorKind::UnexpectedEof | ErrorKind::Interrupted => format!("{question} is needed"),
        _ => format!("there is no terminal to ask on ({question}): give it with --password-stdin"),
    })
}
