//! The command line: what an operator of Chinwag does now and then.

mod dlq;
mod token;

use std::io::{self, Write};
use std::process::ExitCode;

use aws_sdk_sqs::error::{DisplayErrorContext, ProvideErrorMetadata};
use clap::{Parser, Subcommand};

/// What can go wrong: a line for the person at the terminal.
type Result<T, E = Box<dyn std::error::Error + Send + Sync>> = std::result::Result<T, E>;

/// Tools for operators of Chinwag.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Tokens for the notifications.
    #[command(subcommand)]
    Token(token::Command),
    /// Messages that were given up on.
    #[command(subcommand)]
    Dlq(dlq::Command),
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let outcome = match Arguments::parse().command {
        Command::Token(command) => command.run().await,
        Command::Dlq(command) => command.run().await,
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Prints a line; whoever reads it may have left.
fn say(line: impl std::fmt::Display) {
    let _ = writeln!(io::stdout(), "{line}");
}

/// What AWS says to a call that it refuses, or why it could not be asked.
fn refused(error: impl ProvideErrorMetadata + std::error::Error) -> String {
    match (error.code(), error.message()) {
        (Some(code), Some(message)) => format!("{code}: {message}"),
        (Some(code), None) => code.to_owned(),
        _ => DisplayErrorContext(error).to_string(),
    }
}

/// The AWS account that the environment says.
async fn account() -> aws_config::SdkConfig {
    aws_config::load_defaults(aws_config::BehaviorVersion::latest()).await
}
