//! The promises of push and of the gateway, with the faults of sockets and tables.

mod fan_out;
mod held;
mod look;
mod sockets;
mod tokens;
