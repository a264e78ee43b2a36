//! Mail and text messages: from whom, what they say, and how they come to their addresses, each once.

mod courier;
mod outgoing;
mod providers;
mod segments;
mod senders;
mod stored;
mod substitutions;
mod template;

pub use courier::{Carried, Courier};
pub use outgoing::{Content, MessageType, Outgoing};
pub use providers::{ConfigurationSets, Providers, SendError, TRACE_TAG};
pub use segments::segments;
pub use senders::Senders;
pub use stored::{StoredTemplate, TemplateName};
pub use substitutions::Substitutions;
pub use template::{Draft, Rendered, Template};
