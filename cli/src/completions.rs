//! `chinwag completions`.

use std::io::{self, Write};

use clap::CommandFactory;
use clap_complete::Shell;

#[derive(Debug, clap::Args)]
pub struct Completions {
    /// Which shell.
    shell: Shell,
}

impl Completions {
    pub fn run(&self) {
        let mut script = Vec::new();
        clap_complete::generate(
            self.shell,
            &mut crate::Arguments::command(),
            "chinwag",
            &mut script,
        );
        // Whoever reads it may have left.
        let _ = io::stdout().write_all(&script);
    }
}
