//! Sockets: what reaches somebody the moment it happens, and what they can say there.

mod changes;
mod devices;
mod direct;
mod frames;
mod gateway;
mod groups;
mod lobby;
mod presence;
mod tokens;
