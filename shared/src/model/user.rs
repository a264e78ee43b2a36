//! A person.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Name, Timestamp, UserId, Username};

/// A person as the Users table holds them; email and password stay in Cognito.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct User {
    /// The Cognito account's `sub`.
    #[serde(rename = "id")]
    pub user_id: UserId,
    /// How they sign in and are found.
    pub username: Username,
    /// How they are called.
    pub display_name: Name,
    /// When they registered.
    pub created_at: Timestamp,
}

/// What everyone signed in may know of a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Profile {
    /// Their id.
    pub user_id: UserId,
    /// Their user name.
    pub username: Username,
    /// How they are called.
    pub display_name: Name,
}

impl From<User> for Profile {
    fn from(user: User) -> Self {
        Self { user_id: user.user_id, username: user.username, display_name: user.display_name }
    }
}
