//! `/v1/templates`: texts that are kept under a name, for mail and text messages.

use std::sync::Arc;

use http::Method;
use serde::{Deserialize, Serialize};
use shared::error::{Error, FieldError, Result};
use shared::http::{Answer, Input, PageRequest};
use shared::messaging::{
    Content, Draft, Rendered, StoredTemplate, Substitutions, Template, TemplateName,
};
use shared::model::{Channel, Rejected};
use shared::store::{Store, Templates};
use validator::Validate;

/// The longest body, in bytes.
const MAX_BODY: usize = Content::MAX_EMAIL_BODY;

const WHAT: &str = "template";

/// As the lambda's environment says: as [`Store::from_env`].
///
/// # Errors
/// Names the variable that is missing.
pub async fn from_env() -> Result<Templates, lambda_http::Error> {
    Ok(Templates::new(Store::from_env().await?))
}

/// A template as it is written.
#[derive(Debug, Deserialize, Validate)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
struct Put {
    subject: Option<String>,
    message_body: Option<String>,
}

/// The values of a preview.
#[derive(Debug, Deserialize, Validate)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
struct Values {
    #[serde(default)]
    substitutions: Substitutions,
}

/// What would be sent.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Preview {
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<String>,
    message_body: String,
}

/// A template in a list.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Listed {
    template_name: TemplateName,
}

/// Handles all of its routes.
pub async fn handle(templates: Arc<Templates>, input: Input) -> Result<Answer> {
    input.principal()?;
    match (input.method(), input.route_path()) {
        (&Method::GET, "/v1/templates") => list(&templates, &input).await,
        (&Method::GET, _) => Answer::ok(&stored(&templates, &input).await?),
        (&Method::PUT, _) => put(&templates, &input).await,
        (&Method::DELETE, _) => {
            templates.delete(&input.path("templateName", WHAT)?).await?;
            Ok(Answer::no_content())
        }
        _ => preview(&templates, &input).await,
    }
}

async fn list(templates: &Templates, input: &Input) -> Result<Answer> {
    let page = PageRequest::<TemplateName>::of(input)?;
    let (names, next) = templates.names(page.position.as_ref(), page.limit).await?;
    let listed = names.into_iter().map(|template_name| Listed { template_name }).collect();
    Answer::page("templates", page.page(listed, next)?)
}

async fn stored(templates: &Templates, input: &Input) -> Result<StoredTemplate> {
    let name = input.path("templateName", WHAT)?;
    templates.get(&name).await?.ok_or(Error::NotFound(WHAT))
}

async fn put(templates: &Templates, input: &Input) -> Result<Answer> {
    let template_name: TemplateName = input
        .path::<String>("templateName", WHAT)?
        .parse()
        .map_err(|reason: Rejected| Error::invalid("/templateName", reason.0))?;
    let Put { subject, message_body } = input.body()?;
    let mut wrong = Vec::new();
    if let Some(subject) = &subject {
        check("/Subject", subject, &mut wrong);
        if subject.chars().count() > Content::MAX_SUBJECT || subject.chars().any(char::is_control) {
            let most = Content::MAX_SUBJECT;
            let detail = format!("must have at most {most} characters on one line");
            wrong.push(FieldError::new("/Subject", detail));
        }
    }
    match &message_body {
        None => wrong.push(FieldError::new("/MessageBody", "is required")),
        Some(body) if body.trim().is_empty() || body.len() > MAX_BODY => {
            let detail = format!("must have 1 to {MAX_BODY} bytes and not be blank");
            wrong.push(FieldError::new("/MessageBody", detail));
        }
        Some(body) => check("/MessageBody", body, &mut wrong),
    }
    let Some(message_body) = message_body.filter(|_| wrong.is_empty()) else {
        return Err(Error::Invalid(wrong));
    };
    let template = StoredTemplate { template_name, subject, message_body };
    templates.put(&template).await?;
    Answer::ok(&template)
}

fn check(pointer: &str, text: &str, wrong: &mut Vec<FieldError>) {
    if let Err(reason) = text.parse::<Template>() {
        wrong.push(FieldError::new(pointer, reason.0));
    }
}

async fn preview(templates: &Templates, input: &Input) -> Result<Answer> {
    let Values { substitutions } = input.body()?;
    let stored = stored(templates, input).await?;
    let template = |text: &str| text.parse::<Template>().map_err(Error::internal);
    let subject = stored.subject.as_deref().map(template).transpose()?;
    let draft = Draft { subject, body: template(&stored.message_body)? };
    // As a mail; a text message has no HTML in its template.
    match draft.render(|name| substitutions.get(name), Channel::Email) {
        Ok(Rendered { subject, body, .. }) => Answer::ok(&Preview { subject, message_body: body }),
        Err(missing) => {
            let missing = missing.into_iter().map(|name| {
                FieldError::new(format!("/Substitutions/{name}"), "is required by the template")
            });
            Err(Error::Invalid(missing.collect()))
        }
    }
}
