//! The six rules of the append. Each test forces the interleaving that its rule is there for.

mod changes;
mod conflict;
mod lost_swap;
mod own_swap;
mod seal;
mod stale;
mod time;
