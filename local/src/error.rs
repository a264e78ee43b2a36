//! What can keep the server from starting. Each message is one line for the person at the terminal.

use std::io;
use std::path::PathBuf;

use crate::engine::EngineError;

/// Why the server did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Another program listens there.
    #[error("{address} is in use by another program: choose another port with --port")]
    PortInUse {
        /// Host and port.
        address: String,
    },
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// Host and port.
        address: String,
        /// What the system says.
        source: io::Error,
    },
    /// The data folder cannot be made, read or written.
    #[error("cannot use the data folder: {path}: {source}", path = path.display())]
    DataFolder {
        /// The folder or the file in it.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// Another server runs on the data folder.
    #[error("the data folder {path} is in use by another running server", path = path.display())]
    Locked {
        /// The folder.
        path: PathBuf,
    },
    /// The data folder was written by a newer version.
    #[error(
        "the data folder {path} has format {found}, this program knows formats up to {known}: use a newer version of it",
        path = path.display()
    )]
    NewerFormat {
        /// The folder.
        path: PathBuf,
        /// Its format.
        found: u32,
        /// The newest that this program can read.
        known: u32,
    },
    /// The file that should say in which format the data is does not.
    #[error("{path} does not hold the number of a data format", path = path.display())]
    UnknownFormat {
        /// The file.
        path: PathBuf,
    },
    /// The database cannot be opened.
    #[error("cannot open the database {path}: {reason}", path = path.display())]
    Database {
        /// The file.
        path: PathBuf,
        /// What the database engine says.
        reason: String,
    },
    /// The program's own list of routes or tables cannot be read.
    #[error("cannot read {file}: {source}")]
    Table {
        /// The list.
        file: &'static str,
        /// What is wrong with it.
        source: serde_json::Error,
    },
    /// The public keys of tokens cannot be read from where they are said to be.
    #[error("cannot read the public keys of --messaging-jwks-url: {source}")]
    MessagingKeys {
        /// What is wrong with it.
        source: lambda_http::Error,
    },
    /// The client of the hosted sign-in cannot be made.
    #[error("cannot reach the hosted sign-in: {source}")]
    HostedSignIn {
        /// What is wrong.
        source: lambda_http::Error,
    },
    /// A route names a lambda that this program does not hold.
    #[error("routes.json names the lambda {0}, which this program does not hold")]
    UnknownFunction(String),
    /// An engine did not start.
    #[error("cannot start the engines: {0}")]
    Engine(#[from] EngineError),
}
