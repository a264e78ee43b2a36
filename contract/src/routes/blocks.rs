//! Blocks.

use serde_json::json;
use shared::error::Error;
use shared::store::Block;

use crate::example;
use crate::operation::{Operation, Tag};

pub const TAG: Tag = Tag { name: "Blocks", description: "From whom one wants to hear nothing." };

pub fn operations() -> Vec<Operation> {
    let oneself = || Error::invalid("/userId", "must be another person");
    vec![
        Operation::new("PUT /v1/blocks/{userId}", "block", "Block a person")
            .about("A send that starts after this was answered is refused, in both directions.")
            .says(204, "Blocked, now or before.")
            .refuses([Error::NotFound("user"), oneself()]),
        Operation::new("DELETE /v1/blocks/{userId}", "unblock", "Unblock a person")
            .about("It shows what was hidden, and brings back nothing that was refused.")
            .says(204, "Not blocked, now or before.")
            .refuses([Error::NotFound("user"), oneself()]),
        Operation::new("GET /v1/blocks", "listBlocks", "Whom one has blocked").pages::<Block>(
            "blocks",
            "The caller's blocks.",
            &json!({ "userId": example::BOB, "createdAt": example::TIME }),
        ),
    ]
}
