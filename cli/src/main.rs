//! The command line of Chinwag: what a person or an operator does with any deployment, and with the local server.

mod api;
mod auth;
mod aws;
mod bench;
mod block;
mod check;
mod client;
mod completions;
mod connect;
mod context;
mod create_user;
mod dlq;
mod entries;
mod error;
mod files;
mod gateway;
mod group;
mod input;
mod notify;
mod output;
mod people;
mod profile;
mod profiles;
mod secret;
mod seed;
mod send;
mod session;
mod token;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::context::{Common, Context};
use crate::error::Result;

/// What the exit codes mean: [`error::Error::exit_code`] gives them.
const EXIT_CODES: &str = "Exit codes:
  0  done
  1  refused, or not done
  2  the command itself is wrong
  3  not signed in, or not any more: chinwag auth login
  4  no answer, or too busy: try again";

/// Chats, and looks after Chinwag, from the command line.
#[derive(Debug, Parser)]
#[command(name = "chinwag", version, after_help = EXIT_CODES)]
struct Arguments {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Registers somebody.
    CreateUser(create_user::CreateUser),
    /// Signs in and out, and tells who is signed in.
    Auth(auth::Auth),
    /// Sends somebody a message.
    Send(send::Send),
    /// Prints what others wrote and you have not read.
    Check(check::Check),
    /// Chats live with somebody, or with a group.
    Connect(connect::Connect),
    /// Groups and their members.
    #[command(subcommand)]
    Group(group::Command),
    /// Whom you hear nothing from.
    #[command(subcommand)]
    Block(block::Command),
    /// What other systems say to people, signed with AWS credentials.
    #[command(subcommand)]
    Gateway(gateway::Command),
    /// Mail and text messages.
    #[command(subcommand)]
    Notify(notify::Command),
    /// Tokens for the notifications.
    #[command(subcommand)]
    Token(token::Command),
    /// Messages that were given up on.
    #[command(subcommand)]
    Dlq(dlq::Command),
    /// Fills a deployment with a few people, groups and conversations to look at.
    Seed(seed::Seed),
    /// Measures how fast messages are taken.
    Bench(bench::Bench),
    /// The deployments that you know.
    #[command(subcommand)]
    Profile(profile::Command),
    /// The documents that clients are made from.
    #[command(subcommand)]
    Api(api::Command),
    /// Prints what a shell needs to complete commands.
    Completions(completions::Completions),
}

impl Command {
    async fn run(self, context: &Context) -> Result<()> {
        match self {
            Self::CreateUser(command) => command.run(context).await,
            Self::Auth(command) => command.run(context).await,
            Self::Send(command) => command.run(context).await,
            Self::Check(command) => command.run(context).await,
            Self::Connect(command) => command.run(context).await,
            Self::Group(command) => command.run(context).await,
            Self::Block(command) => command.run(context).await,
            Self::Gateway(command) => command.run(context).await,
            Self::Notify(command) => command.run(context).await,
            Self::Token(command) => command.run(context).await,
            Self::Dlq(command) => command.run(context).await,
            Self::Seed(command) => command.run(context).await,
            Self::Bench(command) => command.run(context).await,
            Self::Profile(command) => command.run(context).await,
            Self::Api(command) => command.run(context),
            Self::Completions(command) => {
                command.run();
                Ok(())
            }
        }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let Arguments { common, command } = Arguments::parse();
    let context = Context::from(common);
    match Box::pin(command.run(&context)).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            context.output.error(&error);
            error.exit_code()
        }
    }
}
