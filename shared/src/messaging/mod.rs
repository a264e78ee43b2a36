//! Mail and text messages: from whom, what they say, and how they come to their addresses, each once.

mod courier;
mod draft;
mod outgoing;
mod placement;
mod plain_text;
mod providers;
mod segments;
mod senders;
mod stored;
mod substitutions;
mod template;
mod unique;

pub use courier::{Carried, Courier};
pub use draft::{Draft, Flaw, Rendered};
pub use outgoing::{Content, MessageType, Outgoing};
pub use providers::{ConfigurationSets, Providers, SendError, TRACE_TAG};
pub use segments::segments;
pub use senders::Senders;
pub use stored::{StoredTemplate, TemplateName, UsedTemplates};
pub use substitutions::Substitutions;
pub use template::Template;
pub use unique::unique_names;
