//! Blocks.

use serde_json::json;
use shared::error::Error;
use shared::store::Block;

use crate::example;
use crate::operation::{Operation, Tag};

pub const TAG: Tag = Tag { name: "Blocks", description: "Block and unblock people." };

pub fn operations() -> Vec<Operation> {
    let oneself = || Error::invalid("/userId", "must be another person");
    vec![
        Operation::new("PUT /v1/blocks/{userId}", "block", "Block a person")
            .about("A send that starts after this was answered is refused, in both directions. While the block stands, the caller is shown \
             nothing of the blocked person: not in check, unread counts, push, typing and read receipts; their messages in \
             groups are entries of type `hidden`. The history of the direct conversation stays readable.")
            .says(204, "Blocked, now or before.")
            .refuses([Error::NotFound("user"), oneself()]),
        Operation::new("DELETE /v1/blocks/{userId}", "unblock", "Unblock a person")
            .about("It shows what was hidden, and brings back nothing that was refused. 404 only for what can be no id.")
            .says(204, "Not blocked, now or before.")
            .refuses([Error::NotFound("user"), oneself()]),
        Operation::new("GET /v1/blocks", "listBlocks", "List blocked users")
            .about("Each with the time since when.")
            .pages::<Block>(
            "blocks",
            "The caller's blocks.",
            &json!({ "userId": example::BOB, "createdAt": example::TIME }),
        ),
    ]
}
