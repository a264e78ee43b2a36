//! The server in a process of its own.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::Result;

/// A running server; ends with this value.
#[derive(Debug)]
pub struct Server {
    process: Child,
    /// Where its routes are.
    pub url: String,
    /// From the start of the process until it said that it listens.
    pub ready_after: Duration,
}

impl Server {
    /// Starts the release build on a free port.
    pub fn start(data: &Path) -> Result<Self> {
        let began = Instant::now();
        let mut process = Command::new(env!("CARGO_BIN_EXE_chinwag-local"))
            .args(["--port", "0", "--data"])
            .arg(data)
            .stdout(Stdio::piped())
            .spawn()?;
        let output = process.stdout.take().ok_or("no output")?;
        for line in BufReader::new(output).lines() {
            if let Some(url) = line?.strip_prefix("listening on ") {
                let (url, ready_after) = (url.to_owned(), began.elapsed());
                return Ok(Self { process, url, ready_after });
            }
        }
        Err("the server ended before it listened".into())
    }

    /// The memory that the process holds, in MB.
    pub fn resident_megabytes(&self) -> Result<u64> {
        Ok(self.resident_kilobytes()? / 1_024)
    }

    /// The memory that the process holds (Linux: `VmRSS`).
    pub fn resident_kilobytes(&self) -> Result<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        Ok(line.ok_or("no VmRSS")?.trim().trim_end_matches(" kB").parse()?)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
