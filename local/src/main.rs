//! `cargo run`: the whole backend on this machine.

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use local::{Options, Server, StartError};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// Runs the whole chat backend on this machine, with its state in one folder.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    /// The port to listen on; 0 takes a free one.
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// The folder that holds all state; made where there is none.
    #[arg(long, default_value = ".chinwag")]
    data: PathBuf,
    /// The address to listen on.
    #[arg(long, default_value = "127.0.0.1")]
    host: String,
    /// Let a registration wait for the code that is mailed, as on AWS.
    #[arg(long)]
    confirm_registration: bool,
    /// Let nobody in without a second factor, as with `mfa = "ON"` on AWS.
    #[arg(long)]
    require_mfa: bool,
    /// How many messages a second one sender may write into one conversation.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    flood_limit: Option<u32>,
    /// How many may register from one address within an hour.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    registration_limit: Option<u32>,
    /// Where the public keys of RS256 tokens for the notifications are read; none: only HS256 is accepted.
    #[arg(long, value_name = "URL")]
    messaging_jwks_url: Option<String>,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    log();
    match run(&arguments).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// To stderr. The engine warns of every condition that fails, which is how appending works.
fn log() {
    let filter = shared::logging::filter("warn,dynoxide=error");
    let lines = tracing_subscriber::fmt::layer().with_writer(io::stderr);
    tracing_subscriber::registry().with(lines).with(filter).init();
}

async fn run(arguments: &Arguments) -> Result<(), Failure> {
    let end = end_signal()?;
    let server = local::start(Options {
        host: arguments.host.clone(),
        port: arguments.port,
        confirm_registration: arguments.confirm_registration,
        require_mfa: arguments.require_mfa,
        flood_limit: arguments.flood_limit,
        registration_limit: arguments.registration_limit,
        messaging_jwks_url: arguments.messaging_jwks_url.clone(),
        ..Options::new(&arguments.data)
    })
    .await?;
    announce(arguments, &server);
    end.await;
    server.stop().await;
    Ok(())
}

/// Whoever started it may have stopped reading; that is no reason to end.
fn announce(arguments: &Arguments, server: &Server) {
    let registration = if arguments.confirm_registration {
        "waits for the code in the outbox"
    } else {
        "is confirmed at once"
    };
    let flood_control = match arguments.flood_limit {
        Some(limit) => format!("{limit} messages a second by one sender in one conversation"),
        None => "off".to_owned(),
    };
    let url = server.url();
    let _ = writeln!(
        io::stdout(),
        "Chinwag {version}: all of the backend in this process, on embedded engines\n\
         web client     {url}\n\
         data           {data}\n\
         outbox         {url}/local/outbox\n\
         registration   {registration}\n\
         flood control  {flood_control}\n\
         Ctrl-C ends it\n\
         listening on {url}",
        version = env!("CARGO_PKG_VERSION"),
        data = server.data().display(),
    );
}

/// Why the program ends with an error.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Start(#[from] StartError),
    #[error("cannot listen for the end signal: {0}")]
    Signal(#[from] io::Error),
}

/// Comes true at Ctrl-C and, where there is one, at SIGTERM.
#[cfg(unix)]
fn end_signal() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut interrupt, mut terminate) =
        (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Comes true at Ctrl-C.
#[cfg(not(unix))]
fn end_signal() -> io::Result<impl Future<Output = ()>> {
    Ok(async {
        let _ = tokio::signal::ctrl_c().await;
    })
}
