//! Lines of stdin.

use std::io::{self, BufRead};
use std::thread;

use tokio::sync::mpsc;

/// How many lines may wait to be sent before no more are read.
const WAITING: usize = 64;

/// Lines as they are typed. They are read by a thread of their own, which nobody waits for in the end: reading stdin cannot be
/// broken off.
pub fn lines() -> mpsc::Receiver<String> {
    let (typed, lines) = mpsc::channel(WAITING);
    thread::spawn(move || {
        for line in io::stdin().lock().lines().map_while(Result::ok) {
            if typed.blocking_send(line).is_err() {
                return;
            }
        }
    });
    lines
}
