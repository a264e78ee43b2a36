//! People who use the program.

mod live;
mod terminal;
mod wire;

use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;
use tests::{Backend, unique};

pub use live::Live;
pub use terminal::Terminal;
pub use wire::Wire;

/// The password of everybody.
pub const PASSWORD: &str = "Correct-Horse-1";

const PROGRAM: &str = env!("CARGO_BIN_EXE_chinwag");

/// What the program looks at in the environment.
fn looked_at() -> impl Iterator<Item = String> {
    let names = std::env::vars().map(|(name, _)| name);
    names.filter(|name| name.starts_with("CHINWAG_") || name.starts_with("AWS_"))
}

/// A machine with the program: its configuration is its own.
pub struct Machine {
    folder: TempDir,
}

/// Somebody on a machine, signed in.
pub struct User {
    pub machine: Machine,
    pub name: String,
    pub id: String,
}

/// How the program ended.
#[derive(Debug)]
pub struct Ended {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Machine {
    /// One where the deployment at `url` is in use.
    pub fn new(url: &str) -> Self {
        let machine = Self { folder: TempDir::new().unwrap() };
        machine.run(&["profile", "add", "test", url]).done();
        machine.run(&["profile", "use", "test"]).done();
        machine
    }

    /// The program with arguments, and nothing of the environment that it looks at.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(PROGRAM);
        for name in looked_at() {
            command.env_remove(name);
        }
        command
            .args(arguments)
            .env("XDG_CONFIG_HOME", self.folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// As [`Machine::command`], for a terminal.
    pub fn in_terminal(&self, arguments: &[&str]) -> pty_process::blocking::Command {
        let command = pty_process::blocking::Command::new(PROGRAM).args(arguments);
        let command = command.env("XDG_CONFIG_HOME", self.folder.path());
        looked_at().fold(command, pty_process::blocking::Command::env_remove)
    }

    /// Runs the program.
    pub fn run(&self, arguments: &[&str]) -> Ended {
        self.run_with(arguments, "")
    }

    /// Runs the program with something on stdin.
    pub fn run_with(&self, arguments: &[&str], stdin: &str) -> Ended {
        let mut child = self.command(arguments).spawn().unwrap();
        // A program that wants no stdin may have ended.
        let _ = child.stdin.take().unwrap().write_all(stdin.as_bytes());
        child.wait_with_output().unwrap().into()
    }

    /// A file that the program keeps.
    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join("chinwag").join(name)
    }

    /// The file of the tokens.
    pub fn tokens(&self) -> Value {
        serde_json::from_slice(&fs::read(self.file("sessions/test.json")).unwrap()).unwrap()
    }

    /// Puts an access token into that file that no server takes.
    pub fn spoil_access_token(&self, username: &str) {
        let mut tokens = self.tokens();
        tokens["people"][username]["accessToken"] = "refused".into();
        fs::write(self.file("sessions/test.json"), tokens.to_string()).unwrap();
    }
}

impl User {
    /// Registers somebody and signs them in, by the program.
    pub fn new(url: &str) -> Self {
        let (machine, name) = (Machine::new(url), unique("u"));
        let email = format!("{name}@example.com");
        let create = ["create-user", &name, "--email", &email, "--password-stdin"];
        machine.run_with(&create, PASSWORD).done();
        let me = machine.run_with(&["auth", &name, "--password-stdin", "--json"], PASSWORD).json();
        let id = me["userId"].as_str().unwrap().to_owned();
        Self { machine, name, id }
    }

    /// Two people on one server.
    pub async fn two() -> [Self; 2] {
        let url = Backend::shared().await.url();
        [Self::new(url), Self::new(url)]
    }

    /// Runs the program.
    pub fn run(&self, arguments: &[&str]) -> Ended {
        self.machine.run(arguments)
    }

    /// Runs the program with `--json`, which must do what is asked.
    pub fn json(&self, arguments: &[&str]) -> Value {
        let mut arguments = arguments.to_vec();
        arguments.push("--json");
        self.run(&arguments).json()
    }

    /// Starts `connect`, and waits until it is connected.
    pub fn connect(&self, arguments: &[&str]) -> Live {
        let mut all = vec!["connect"];
        all.extend(arguments);
        let live = Live::start(self.machine.command(&all));
        live.told("connected");
        live
    }
}

impl From<Output> for Ended {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl Ended {
    /// It did what was asked; what it printed.
    #[track_caller]
    pub fn done(self) -> String {
        assert_eq!(self.code, 0, "{self:?}");
        self.stdout
    }

    /// It did what was asked, and printed JSON.
    #[track_caller]
    pub fn json(self) -> Value {
        let text = self.done();
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
    }

    /// It did not, with this exit code and nothing on stdout; what it said.
    #[track_caller]
    pub fn failed(self, code: i32) -> String {
        assert_eq!((self.code, self.stdout.as_str()), (code, ""), "{self:?}");
        self.stderr
    }
}
