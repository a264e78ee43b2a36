//! What is typed.

use std::future::{Future, ready};
use std::io::{self, BufRead, IsTerminal};
use std::pin::Pin;
use std::thread;

use rustyline_async::{Readline, ReadlineEvent};
use tokio::sync::mpsc;

use crate::error::{Error, Result};
use crate::output::{Above, Output};

/// How many lines may wait to be sent before no more are read.
const WAITING: usize = 64;

/// What stands before the line that is being typed.
const PROMPT: &str = "> ";

/// Lines as they come, and what has to run meanwhile.
pub type Typed = (mpsc::Receiver<String>, Pin<Box<dyn Future<Output = ()>>>);

/// Lines as they are typed: on a terminal they can be edited, and stay below what is printed meanwhile.
pub fn lines(output: Output) -> Result<Typed> {
    let (typed, lines) = mpsc::channel(WAITING);
    if output.is_json() || !io::stdin().is_terminal() || !io::stdout().is_terminal() {
        // Nobody waits for it in the end: reading stdin cannot be broken off.
        thread::spawn(move || read(&typed));
        return Ok((lines, Box::pin(ready(()))));
    }
    let (readline, writer) = Readline::new(PROMPT.to_owned()).map_err(Error::failed)?;
    let editor = Editor { readline, _above: Above::new(writer) };
    Ok((lines, Box::pin(editor.run(typed))))
}

fn read(typed: &mpsc::Sender<String>) {
    for line in io::stdin().lock().lines().map_while(Result::ok) {
        if typed.blocking_send(line).is_err() {
            return;
        }
    }
}

/// The line that is being typed. When it is dropped, the terminal is as it was before.
struct Editor {
    readline: Readline,
    _above: Above,
}

impl Editor {
    async fn run(mut self, typed: mpsc::Sender<String>) {
        while let Ok(ReadlineEvent::Line(line)) = self.readline.readline().await {
            self.readline.add_history_entry(line.clone());
            if typed.send(line).await.is_err() {
                return;
            }
        }
    }
}

impl Drop for Editor {
    fn drop(&mut self) {
        let _ = self.readline.flush();
    }
}
