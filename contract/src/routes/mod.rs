//! The routes by feature.

mod accounts;
mod blocks;
mod conversations;
mod gateway;
mod graphql;
mod groups;
mod local;
mod messages;
mod notifications;
mod realtime;
mod sign_in;
mod templates;
mod users;

pub use self::local::TAG as LOCAL;

use crate::operation::{Operation, Tag};

/// All of them, in the order in which they are read.
pub fn all() -> Vec<(Tag, Vec<Operation>)> {
    vec![
        (sign_in::TAG, sign_in::operations()),
        (accounts::TAG, accounts::operations()),
        (users::TAG, users::operations()),
        (messages::TAG, messages::operations()),
        (conversations::TAG, conversations::operations()),
        (blocks::TAG, blocks::operations()),
        (groups::TAG, groups::operations()),
        (realtime::TAG, realtime::operations()),
        (gateway::TAG, gateway::operations()),
        (notifications::TAG, notifications::operations()),
        (templates::TAG, templates::operations()),
        (graphql::TAG, graphql::operations()),
        (LOCAL, self::local::operations()),
    ]
}
