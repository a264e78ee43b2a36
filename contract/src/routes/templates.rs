//! Texts that are kept under a name.

use serde_json::json;
use shared::error::Error;
use shared::messaging::StoredTemplate;
use templates::{Listed, Preview, Put, Values};

use crate::example;
use crate::operation::{Operation, Tag};

pub const TAG: Tag = Tag {
    name: "Templates",
    description: "Texts with placeholders such as `{name}`; `{{` and `}}` are literal braces.",
};

pub fn operations() -> Vec<Operation> {
    vec![
        Operation::new("GET /v1/templates", "listTemplates", "All templates").pages::<Listed>(
            "templates",
            "Their names.",
            &json!({ "TemplateName": example::TEMPLATE }),
        ),
        Operation::new("GET /v1/templates/{templateName}", "getTemplate", "A template")
            .answers::<StoredTemplate>(200, "The template.", example::template())
            .refuses([Error::NotFound("template")]),
        Operation::new("PUT /v1/templates/{templateName}", "putTemplate", "Keep a template")
            .about("In place of the one of the same name.")
            .takes::<Put>(json!({
                "Subject": "Your {productName} account",
                "MessageBody": "<p>Balance: {accountBalance}</p>",
            }))
            .answers::<StoredTemplate>(200, "Kept.", example::template())
            .refuses([Error::NotFound("template")]),
        Operation::new(
            "DELETE /v1/templates/{templateName}",
            "deleteTemplate",
            "Delete a template",
        )
        .says(204, "Deleted, now or before.")
        .refuses([Error::NotFound("template")]),
        Operation::new(
            "POST /v1/templates/{templateName}/preview",
            "previewTemplate",
            "What a template would say",
        )
        .takes::<Values>(json!({
            "Substitutions": { "productName": "SAVINGS", "accountBalance": "100.00" },
        }))
        .answers::<Preview>(
            200,
            "What would be sent by mail.",
            json!({ "Subject": "Your SAVINGS account", "MessageBody": "<p>Balance: 100.00</p>" }),
        )
        .refuses([
            Error::NotFound("template"),
            Error::invalid("/Substitutions/productName", "has no value"),
        ]),
    ]
}
