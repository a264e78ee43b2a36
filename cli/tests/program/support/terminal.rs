//! A terminal in which the program runs: what is on its screen is waited for.

use std::io::{Read, Write};
use std::num::NonZero;
use std::process::Child;
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use pty_process::Size;
use pty_process::blocking::{Command, Pty, open};
use rustix::termios::{LocalModes, tcgetattr};
use vt100::Parser;

const ROWS: NonZero<u16> = NonZero::new(24).unwrap();
const COLUMNS: NonZero<u16> = NonZero::new(80).unwrap();

/// How long something may take to appear.
const PATIENCE: Duration = Duration::from_secs(30);

/// A terminal whose program runs, until it is dropped.
pub struct Terminal {
    child: Child,
    pty: Arc<Pty>,
    screen: Arc<(Mutex<Parser>, Condvar)>,
}

impl Terminal {
    /// Starts a program in a terminal.
    pub fn start(command: Command) -> Self {
        let (pty, program_end) = open().unwrap();
        pty.resize(Size::new(ROWS.get(), COLUMNS.get())).unwrap();
        let child = command.env("TERM", "xterm-256color").spawn(program_end).unwrap();
        let pty = Arc::new(pty);
        let screen = Arc::new((Mutex::new(Parser::new(ROWS, COLUMNS, 0)), Condvar::new()));
        let (from, onto) = (Arc::clone(&pty), Arc::clone(&screen));
        thread::spawn(move || {
            let mut bytes = [0; 4_096];
            while let Ok(count @ 1..) = (&*from).read(&mut bytes) {
                onto.0.lock().unwrap().process(&bytes[..count]);
                onto.1.notify_all();
            }
        });
        Self { child, pty, screen }
    }

    /// Presses keys.
    pub fn types(&self, keys: &str) {
        (&*self.pty).write_all(keys.as_bytes()).unwrap();
    }

    /// Waits until the screen is as `wanted`; its lines, without those that are empty.
    #[track_caller]
    pub fn shows(&self, wanted: impl Fn(&[&str]) -> bool) -> Vec<String> {
        let (screen, changed) = &*self.screen;
        let is_other = |parser: &mut Parser| {
            let contents = parser.screen().contents();
            !wanted(&lines(&contents))
        };
        let (parser, waited) =
            changed.wait_timeout_while(screen.lock().unwrap(), PATIENCE, is_other).unwrap();
        let contents = parser.screen().contents();
        assert!(!waited.timed_out(), "the screen is:\n{contents}");
        lines(&contents).into_iter().map(str::to_owned).collect()
    }

    /// Waits until what is typed is not shown: the program asks for it first, and hides it then.
    #[track_caller]
    pub fn hides(&self) {
        let end = Instant::now() + PATIENCE;
        while self.modes().contains(LocalModes::ECHO) {
            assert!(Instant::now() < end, "what is typed is shown");
            thread::yield_now();
        }
    }

    fn modes(&self) -> LocalModes {
        tcgetattr(&*self.pty).unwrap().local_modes
    }

    /// Waits until the program has ended, and checks that it left the terminal as it was; its exit code.
    #[track_caller]
    pub fn end(mut self) -> Option<i32> {
        let code = self.child.wait().unwrap().code();
        let modes = self.modes();
        assert!(modes.contains(LocalModes::ICANON | LocalModes::ECHO), "{modes:?}");
        code
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn lines(contents: &str) -> Vec<&str> {
    contents.lines().map(str::trim_end).filter(|line| !line.is_empty()).collect()
}
