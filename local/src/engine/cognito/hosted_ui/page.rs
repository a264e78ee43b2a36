//! The pages: one form each, without scripts and without anything from anywhere else.

use std::fmt::Write;

use aws_lc_rs::digest::{SHA256, digest};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use html_escape::{encode_double_quoted_attribute as attribute, encode_text as text};

use super::browser::CSRF_FIELD;

const STYLE: &str = "\
:root{color-scheme:light dark;font:1rem/1.5 system-ui,sans-serif}\
body{margin:0;display:grid;place-items:center;min-height:100vh}\
main{box-sizing:border-box;width:min(22rem,100%);padding:1.5rem}\
h1{font-size:1.5rem}\
label{display:block;margin-top:1rem}\
input:not([type=radio]),button{box-sizing:border-box;width:100%;padding:.6rem;font:inherit;margin-top:.25rem}\
button{margin-top:1.5rem}\
code,p{overflow-wrap:anywhere}\
[role=alert]{border-left:.25rem solid #c00;padding-left:.75rem}";

/// A form, and what is said around it.
pub struct Form {
    title: &'static str,
    refusal: Option<String>,
    notes: String,
    fields: String,
    links: String,
}

impl Form {
    /// One without fields. `refusal` says what was wrong with the last one.
    pub fn new(title: &'static str, refusal: Option<String>) -> Self {
        let empty = String::new;
        Self { title, refusal, notes: empty(), fields: empty(), links: empty() }
    }

    /// Says something ahead of the fields.
    #[must_use]
    pub fn note(mut self, note: &str) -> Self {
        let _ = write!(self.notes, "<p>{}</p>", text(note));
        self
    }

    /// Asks for something. `autocomplete` tells the browser what it is.
    #[must_use]
    pub fn field(self, name: &str, label: &str, kind: &str, autocomplete: &str) -> Self {
        self.input(name, label, kind, autocomplete, " required")
    }

    /// Asks for something that may be left empty.
    #[must_use]
    pub fn optional_field(self, name: &str, label: &str, kind: &str, autocomplete: &str) -> Self {
        self.input(name, label, kind, autocomplete, "")
    }

    /// Asks for a code of digits.
    #[must_use]
    pub fn code(self, name: &str, label: &str) -> Self {
        self.field(name, label, "text", "one-time-code")
    }

    fn input(
        mut self,
        name: &str,
        label: &str,
        kind: &str,
        autocomplete: &str,
        required: &str,
    ) -> Self {
        let focus = if self.fields.contains("<label") { "" } else { " autofocus" };
        let _ = write!(
            self.fields,
            "<label for=\"{name}\">{label}</label>\
             <input id=\"{name}\" name=\"{name}\" type=\"{kind}\" autocomplete=\"{autocomplete}\" \
             autocapitalize=\"none\" spellcheck=\"false\"{required}{focus}>",
            name = attribute(name),
            label = text(label),
        );
        self
    }

    /// Asks for one of several, by value and label.
    #[must_use]
    pub fn choice(mut self, name: &str, choices: &[(&str, &str)]) -> Self {
        for (value, label) in choices {
            let _ = write!(
                self.fields,
                "<label><input type=\"radio\" name=\"{}\" value=\"{}\" required> {}</label>",
                attribute(name),
                attribute(value),
                text(label),
            );
        }
        self
    }

    /// Holds a value that comes back with the form.
    #[must_use]
    pub fn hidden(mut self, name: &str, value: &str) -> Self {
        let (name, value) = (attribute(name), attribute(value));
        let _ = write!(self.fields, "<input type=\"hidden\" name=\"{name}\" value=\"{value}\">");
        self
    }

    /// Another way on.
    #[must_use]
    pub fn link(mut self, target: &str, label: &str) -> Self {
        let (target, label) = (attribute(target), text(label));
        let _ = write!(self.links, "<p><a href=\"{target}\">{label}</a></p>");
        self
    }

    /// The page, whose form comes back to its own address and may lead on to `source`.
    pub fn page(&self, status: StatusCode, csrf_token: &str, source: &str) -> Response {
        let refusal =
            self.refusal.as_ref().map(|refusal| format!("<p role=\"alert\">{}</p>", text(refusal)));
        let body = format!(
            "{refusal}{notes}<form method=\"post\">\
             <input type=\"hidden\" name=\"{CSRF_FIELD}\" value=\"{token}\">{fields}\
             <button type=\"submit\">Continue</button></form>{links}",
            refusal = refusal.unwrap_or_default(),
            notes = self.notes,
            token = attribute(csrf_token),
            fields = self.fields,
            links = self.links,
        );
        html(status, self.title, &body, &format!("'self' {source}"))
    }
}

/// A page that says what is wrong, and leads nowhere.
pub fn error_page(status: StatusCode, message: &str) -> Response {
    let body = format!("<p role=\"alert\">{}</p>", text(message));
    html(status, "That did not work", &body, "'none'")
}

/// Sends the browser on, with a GET.
pub fn redirect(target: &str) -> Response {
    let mut response = StatusCode::FOUND.into_response();
    let headers = response.headers_mut();
    if let Ok(target) = HeaderValue::try_from(target) {
        headers.insert(header::LOCATION, target);
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}

fn html(status: StatusCode, title: &str, body: &str, form_action: &str) -> Response {
    let title = text(title);
    let page = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>{title} - Chinwag</title>\
         <style>{STYLE}</style></head><body><main><h1>{title}</h1>{body}</main></body></html>"
    );
    let style = STANDARD.encode(digest(&SHA256, STYLE.as_bytes()));
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{style}'; form-action {form_action}; base-uri 'none'; \
         frame-ancestors 'none'"
    );
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8".to_owned()),
        (header::CACHE_CONTROL, "no-store".to_owned()),
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::REFERRER_POLICY, "no-referrer".to_owned()),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
        (header::X_FRAME_OPTIONS, "DENY".to_owned()),
    ];
    (status, headers, page).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_others_wrote_is_text() {
        let hostile = "\"><b>";
        let page = Form::new("Sign in", Some(hostile.to_owned()))
            .note(hostile)
            .hidden("session", hostile)
            .link(hostile, hostile)
            .page(StatusCode::OK, hostile, "http:");
        for page in [page, error_page(StatusCode::OK, hostile)] {
            let body = axum::body::to_bytes(page.into_body(), usize::MAX).await.unwrap();
            let body = String::from_utf8(body.to_vec()).unwrap();
            assert!(!body.contains("<b>") && body.contains("&lt;b&gt;"), "{body}");
        }
    }
}
