//! A conversation is a log, and a send is a compare-and-swap append: it reads the last entry, `n`, and puts entry
//! `n + 1` on the condition that it does not exist. `docs/architecture.md` tells the rules and the holes they close.

mod access;
mod change;
mod draft;
mod lobby;
mod members;
mod retry;
mod rights;
mod search;
mod send;
mod view;

pub use access::{admit, member, owner};
pub use change::{Change, Decision, Next, change};
pub use draft::{Draft, content_hash};
pub use lobby::opening_lobby;
pub use members::{add_member, change_role};
pub use retry::Retry;
pub use send::{Sent, send};
pub use view::{ChangeView, HiddenView, MessageView, Shown, Viewer};

/// The most entries of one conversation that a page looks at.
pub const MAX_LOOKED_AT: usize = 200;
