//! `cargo bench`: what the README's table of figures says, measured anew. The server is the release build in a process
//! of its own, on an empty folder of the disk that the build is on; the callers are in this one, on the same cores.

mod fill;
mod notifications;
mod people;
mod realtime;
mod report;
mod server;
mod single;
mod throughput;

use std::error::Error;
use std::path::Path;
use std::time::Duration;

use people::People;
use report::Report;
use server::Server;

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

/// How long each throughput is measured.
const SPELL: Duration = Duration::from_secs(8);

#[tokio::main]
async fn main() -> Result<()> {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let mut report = Report::default();
    sends(&mut report, &folder.path().join("sends")).await?;
    sockets(&mut report, &folder.path().join("sockets")).await?;
    notifications::measure(&mut report).await?;
    sizes(&mut report, &folder.path().join("sizes")).await?;
    print!("{report}");
    Ok(())
}

/// Everything that begins with an empty folder.
async fn sends(report: &mut Report, data: &Path) -> Result<()> {
    let server = Server::start(data)?;
    let people = People::register(&server, 128, report).await?;
    throughput::apart(report, &people, 16, SPELL).await?;
    throughput::in_one_group(report, &people, 8, SPELL).await?;
    throughput::in_one_group(report, &people, 64, SPELL).await?;
    single::check_messages(report, &people, 100).await?;
    Ok(())
}

/// Everything that needs sockets.
async fn sockets(report: &mut Report, data: &Path) -> Result<()> {
    let server = Server::start(data)?;
    let people = People::register(&server, 500, &mut Report::default()).await?;
    realtime::to_one_peer(report, &people).await?;
    realtime::idle(report, &server, &people, 2_000).await?;
    realtime::to_a_group(report, &people, 500).await?;
    drop(server);
    realtime::come_and_go(report, &data.with_file_name("cycles"), 10_000).await
}

/// Everything that needs more data than one would care to send.
async fn sizes(report: &mut Report, data: &Path) -> Result<()> {
    let server = Server::start(data)?;
    let people = People::register(&server, 2, &mut Report::default()).await?;
    let [alice, bob] = people.first();
    drop(server);

    let groups = fill::groups_of(data, alice, &[2, 100, 1_000, 10_000])?;
    let logs = fill::logs_of(data, alice, bob, &[10, 1_000_000])?;
    let server = Server::start(data)?;
    let people = people.at(&server);
    single::group_sizes(report, &people, &groups).await?;
    single::log_lengths(report, &people, &logs).await?;
    drop(server);

    let data = data.with_file_name("start");
    drop(Server::start(&data)?);
    fill::messages(&data, 100_000)?;
    let server = Server::start(&data)?;
    report.add(
        "ready after start, 100,000 messages",
        format!("{:.0} ms", millis(server.ready_after)),
    );
    report
        .add("resident, 100,000 messages, at rest", format!("{} MB", server.resident_megabytes()?));
    let people = People::register(&server, 16, &mut Report::default()).await?;
    throughput::apart(&mut Report::default(), &people, 16, SPELL / 2).await?;
    report.add("resident, after a load", format!("{} MB", server.resident_megabytes()?));
    Ok(())
}

fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1_000.0
}
