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
        Operation::new("GET /v1/templates", "listTemplates", "List templates")
            .about("Their names, in alphabetical order.")
            .pages::<Listed>(
                "templates",
                "Their names.",
                &json!({ "TemplateName": example::TEMPLATE }),
            ),
        Operation::new("GET /v1/templates/{templateName}", "getTemplate", "Get a template")
            .about("As it was put, with its placeholders.")
            .answers::<StoredTemplate>(200, "The template.", example::template())
            .refuses([Error::NotFound("template")]),
        Operation::new(
            "PUT /v1/templates/{templateName}",
            "putTemplate",
            "Create or replace a template",
        )
        .about("A body has at most 100 KiB of UTF-8.")
        .takes::<Put>(json!({
            "Subject": "Your {productName} account",
            "MessageBody": "<p>Balance: {accountBalance}</p>",
        }))
        .answers::<StoredTemplate>(200, "Saved.", example::template())
        .refuses([Error::invalid(
            "/templateName",
            "must be 1-64 of A-Z, a-z, 0-9, '-', '_' and '.'",
        )]),
        Operation::new(
            "DELETE /v1/templates/{templateName}",
            "deleteTemplate",
            "Delete a template",
        )
        .about("404 only for what can be no name.")
        .says(204, "Deleted, now or before.")
        .refuses([Error::NotFound("template")]),
        Operation::new(
            "POST /v1/templates/{templateName}/preview",
            "previewTemplate",
            "Preview a template",
        )
        .about("What a mail would say, with the values put in. Nothing is sent.")
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
