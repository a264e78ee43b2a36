//! `chinwag api`.

use std::fs;
use std::path::PathBuf;

use serde_json::json;

use crate::context::Context;
use crate::error::{Error, Result};

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Writes the documents of this version of the API: for REST, the WebSocket, and GraphQL.
    Write {
        /// The folder that they go to; it is made where it is not there.
        #[arg(default_value = "api")]
        folder: PathBuf,
    },
}

impl Command {
    pub fn run(self, context: &Context) -> Result<()> {
        let Self::Write { folder } = self;
        let failed = |error| Error::failed(format_args!("{}: {error}", folder.display()));
        fs::create_dir_all(&folder).map_err(failed)?;
        let mut written = Vec::new();
        for document in contract::documents().map_err(Error::failed)? {
            let path = folder.join(document.name);
            fs::write(&path, document.text)
                .map_err(|error| Error::failed(format_args!("{}: {error}", path.display())))?;
            written.push(path.display().to_string());
        }
        context.output.answer(&json!({ "files": written }), || written.join("\n"))
    }
}
