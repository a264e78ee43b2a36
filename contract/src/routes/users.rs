//! Profiles.

use delete_account::Nothing as DeleteAccount;
use export::Item;
use profile::Change;
use serde_json::json;
use shared::error::Error;
use shared::model::Profile;

use crate::example;
use crate::operation::{Operation, Parameter, Tag, text};

pub const TAG: Tag = Tag { name: "Users", description: "One's own profile, and those of others." };

pub fn operations() -> Vec<Operation> {
    vec![
        Operation::new("GET /v1/users/me", "getOwnProfile", "One's own profile")
            .answers::<Profile>(200, "The caller's profile.", example::profile()),
        Operation::new("PATCH /v1/users/me", "changeProfile", "Change one's profile")
            .takes::<Change>(json!({ "displayName": "Ada Lovelace" }))
            .answers::<Profile>(200, "The profile as it is now.", example::profile()),
        Operation::new("DELETE /v1/users/me", "deleteAccount", "Erase one's account")
            .about(
                "Sign-in, refresh and sockets end at once. The profile, personal data and the bodies of the caller's messages \
                 are erased soon after, with an entry `userErased` in each conversation. Where the caller was the last owner \
                 of a group, the oldest admin or else the oldest member becomes owner; a group left empty is deleted.",
            )
            .takes::<DeleteAccount>(json!({}))
            .says(202, "It will be erased."),
        Operation::new("GET /v1/users/me/export", "exportAccount", "All that is held about oneself")
            .about("A page may be short, also empty, with more behind it.")
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
        Operation::new("GET /v1/users/{userId}", "getUser", "The profile of a person")
            .answers::<Profile>(200, "Their profile.", example::profile())
            .refuses([Error::NotFound("user")]),
        Operation::new("GET /v1/users", "findUser", "Find a person by user name")
            .parameter(Parameter {
                place: "query",
                name: "username",
                description: "The whole user name; case is ignored.",
                required: true,
                schema: text,
                example: "ada".into(),
            })
            .answers::<Profile>(200, "Their profile.", example::profile())
            .refuses([Error::invalid("?username", "is required"), Error::NotFound("user")]),
    ]
}
