//! `/v1/templates`: texts that are kept under a name, for mail and text messages.

use std::sync::Arc;

use http::Method;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use shared::error::{Error, FieldError, Result};
use shared::http::{Answer, Input, PageRequest};
use shared::messaging::{
    Content, Draft, Flaw, Rendered, StoredTemplate, Substitutions, Template, TemplateName,
};
use shared::model::Rejected;
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
#[derive(Debug, Deserialize, Validate, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
#[schemars(rename = "PutTemplate")]
pub struct Put {
    /// What a mail is about: one line with placeholders such as `{name}`.
    #[schemars(length(max = Content::MAX_SUBJECT))]
    subject: Option<String>,
    /// What it says: text or HTML with placeholders; not blank.
    #[schemars(required, length(min = 1, max = MAX_BODY))]
    message_body: Option<String>,
}

/// The values of a preview.
#[derive(Debug, Deserialize, Validate, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
#[schemars(rename = "PreviewTemplate")]
pub struct Values {
    /// The values of the placeholders.
    #[serde(default)]
    substitutions: Substitutions,
}

/// What would be sent.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
#[schemars(rename = "TemplatePreview")]
pub struct Preview {
    /// What a mail would be about.
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<String>,
    /// What it would say.
    message_body: String,
}

/// A template in a list.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
#[schemars(rename = "ListedTemplate")]
pub struct Listed {
    /// Its name.
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
        let template = subject.parse::<Template>();
        wrong.extend(template.err().map(|reason| FieldError::new("/Subject", reason.0)));
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
        Some(body) => {
            let draft = body.parse().and_then(|body| Draft::mail(None, body));
            wrong.extend(draft.err().map(|reason| FieldError::new("/MessageBody", reason.0)));
        }
    }
    let Some(message_body) = message_body.filter(|_| wrong.is_empty()) else {
        return Err(Error::Invalid(wrong));
    };
    let template = StoredTemplate { template_name, subject, message_body };
    templates.put(&template).await?;
    Answer::ok(&template)
}

async fn preview(templates: &Templates, input: &Input) -> Result<Answer> {
    let Values { substitutions } = input.body()?;
    let stored = stored(templates, input).await?;
    // As a mail; a text message has no HTML in its template.
    let draft = as_mail(&stored).map_err(Error::internal)?;
    match draft.render(|name| substitutions.get(name)) {
        Ok(Rendered { subject, body, .. }) => Answer::ok(&Preview { subject, message_body: body }),
        Err(flaws) => {
            let complaint = |flaw: Flaw<'_>| {
                let value = flaw.value().map(|name| format!("/{name}")).unwrap_or_default();
                FieldError::new(format!("/Substitutions{value}"), flaw.to_string())
            };
            Err(Error::Invalid(flaws.into_iter().map(complaint).collect()))
        }
    }
}

fn as_mail(stored: &StoredTemplate) -> Result<Draft, Rejected> {
    let subject = stored.subject.as_deref().map(str::parse).transpose()?;
    Draft::mail(subject, stored.message_body.parse()?)
}
