//! Profiles.

use delete_account::Nothing as DeleteAccount;
use export::Item;
use profile::Change;
use serde_json::json;
use shared::error::Error;
use shared::model::{Profile, Username};

use crate::example;
use crate::operation::{Operation, Parameter, Tag};
use crate::schemas::Schemas;

pub const TAG: Tag = Tag { name: "Users", description: "Your own profile, and those of others." };

pub fn operations() -> Vec<Operation> {
    vec![
        Operation::new("GET /v1/users/me", "getOwnProfile", "Get your profile")
            .about("What others see of you.")
            .answers::<Profile>(200, "The caller's profile.", example::profile()),
        Operation::new("PATCH /v1/users/me", "changeProfile", "Change your profile")
            .about("What is left out stays as it is.")
            .takes::<Change>(json!({ "displayName": "Ada Lovelace" }))
            .answers::<Profile>(200, "The profile as it is now.", example::profile()),
        Operation::new("DELETE /v1/users/me", "deleteAccount", "Delete your account")
            .about(
                "Sign-in, refresh and sockets end at once. The profile, personal data and the bodies of the caller's messages \
                 are erased soon after, with an entry `userErased` in each conversation. Where the caller was the last owner \
                 of a group, the oldest admin or else the oldest member becomes owner; a group left empty is deleted.",
            )
            .takes::<DeleteAccount>(json!({}))
            .says(202, "It will be erased."),
        Operation::new("GET /v1/users/me/export", "exportAccount", "Export your data")
            .about("All that is held about the caller. A page may be short, even empty, with more behind it: go on while there is a `nextCursor`.")
            .pages::<Item>(
                "items",
                "Pieces of what is held.",
                &json!({
                    "type": "profile",
                    "userId": example::ADA,
                    "username": "ada",
                    "displayName": "Ada Lovelace",
                    "createdAt": example::TIME,
                }),
            ),
        Operation::new("GET /v1/users/{userId}", "getUser", "Get a person's profile")
            .about("By their id.")
            .answers::<Profile>(200, "Their profile.", example::profile())
            .refuses([Error::NotFound("user")]),
        Operation::new("GET /v1/users", "findUser", "Find a person by user name")
            .about("The whole name, case ignored.")
            .parameter(Parameter {
                place: "query",
                name: "username",
                description: "The whole user name; case is ignored.",
                required: true,
                schema: Schemas::request::<Username>,
                example: "ada".into(),
            })
            .answers::<Profile>(200, "Their profile.", example::profile())
            .refuses([Error::invalid("?username", "is required"), Error::NotFound("user")]),
    ]
}
