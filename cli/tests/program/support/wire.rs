//! A way to a server on which answers can be lost.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// Hands on what comes, both ways.
pub struct Wire {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    /// Answers are swallowed.
    deaf: bool,
    open: Vec<TcpStream>,
}

impl Wire {
    /// To the server at `address`. Its threads end with the test.
    pub fn to(address: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let state = Arc::new(Mutex::new(State::default()));
        let wire = Self { address: listener.local_addr().unwrap(), state: Arc::clone(&state) };
        thread::spawn(move || {
            for near in listener.incoming().map_while(Result::ok) {
                let Ok(far) = TcpStream::connect(address) else { continue };
                let streams = [near.try_clone().unwrap(), far.try_clone().unwrap()];
                state.lock().unwrap().open.extend(streams);
                let (to, from) = (far.try_clone().unwrap(), near.try_clone().unwrap());
                thread::spawn(move || hand_on(from, to, || false));
                let state = Arc::clone(&state);
                thread::spawn(move || hand_on(far, near, || state.lock().unwrap().deaf));
            }
        });
        wire
    }

    /// Where its near end is.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// From now on requests arrive and their answers do not.
    pub fn swallow_answers(&self) {
        self.state.lock().unwrap().deaf = true;
    }

    /// Breaks every connection; what comes then is handed on again.
    pub fn break_and_mend(&self) {
        let mut state = self.state.lock().unwrap();
        state.deaf = false;
        for stream in state.open.drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }
}

fn hand_on(mut from: TcpStream, mut to: TcpStream, is_swallowed: impl Fn() -> bool) {
    let mut bytes = [0; 16 * 1_024];
    while let Ok(count @ 1..) = from.read(&mut bytes) {
        if !is_swallowed() && to.write_all(&bytes[..count]).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Both);
}
