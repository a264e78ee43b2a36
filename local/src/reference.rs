//! The contract: the document, and a page where people read it and try requests (Swagger UI, whose files are in the program).

use std::sync::{Arc, OnceLock};

use axum::Router;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use utoipa_swagger_ui::{Config, serve};

use crate::web::answer;

const DOCUMENT: &str = "openapi.json";

/// The routes of both.
pub fn router() -> Router {
    let document = async |headers: HeaderMap| {
        answer(DOCUMENT, include_str!("../../api/openapi.json"), &headers)
    };
    Router::new()
        .route(&format!("/{DOCUMENT}"), get(document))
        .route("/reference", get(async || Redirect::permanent("/reference/")))
        .route("/reference/", get(async |headers: HeaderMap| file("index.html", &headers)))
        .route(
            "/reference/{name}",
            get(async |Path(name): Path<String>, headers: HeaderMap| file(&name, &headers)),
        )
        .method_not_allowed_fallback(async || StatusCode::NOT_FOUND)
}

fn file(name: &str, headers: &HeaderMap) -> Response {
    match serve(name, settings()) {
        Ok(Some(file)) => answer(name, file.bytes, headers),
        Ok(None) => StatusCode::NOT_FOUND.into_response(),
        Err(error) => {
            tracing::error!(%error, name, "a file of the reference cannot be served");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// Nothing is sent to anybody, not even for a badge; a token is kept over a reload.
fn settings() -> Arc<Config<'static>> {
    static SETTINGS: OnceLock<Arc<Config<'static>>> = OnceLock::new();
    let settings = SETTINGS.get_or_init(|| {
        let settings = Config::new([format!("/{DOCUMENT}")])
            .use_base_layout()
            .validator_url("none")
            .doc_expansion("none")
            .default_models_expand_depth(-1)
            .display_request_duration(true)
            .persist_authorization(true);
        Arc::new(settings)
    });
    Arc::clone(settings)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ::tests::http::Http;

    async fn call(path: &str) -> http::Response<Vec<u8>> {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}{path}", listener.local_addr().unwrap());
        tokio::spawn(axum::serve(listener, router()).into_future());
        let request = http::Request::get(url).body(Vec::new()).unwrap();
        Http::new().unwrap().send(request).await.unwrap().map(|body| body.to_vec())
    }

    #[tokio::test]
    async fn the_document_and_the_page_come_from_the_program_alone() {
        let document = call("/openapi.json").await;
        assert_eq!(document.headers()["content-type"], "application/json");
        let document: serde_json::Value = serde_json::from_slice(document.body()).unwrap();
        assert_eq!(document["openapi"], "3.1.0");

        assert_eq!(call("/reference").await.headers()["location"], "/reference/");
        let page = call("/reference/").await;
        assert_eq!(page.headers()["content-type"], "text/html; charset=utf-8");
        let policy = page.headers()["content-security-policy"].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none';") && !policy.contains("unsafe"));
        let page = String::from_utf8(page.into_body()).unwrap();
        let files = page.split('"').filter(|part| part.contains("swagger") && part.contains('.'));
        for file in files {
            let served = call(&format!("/reference/{}", file.trim_start_matches("./"))).await;
            assert_eq!(served.status(), 200, "{file}");
        }
        let settings = call("/reference/swagger-initializer.js").await;
        let settings = String::from_utf8(settings.into_body()).unwrap();
        assert!(settings.contains("/openapi.json"), "{settings}");
        assert_eq!(call("/reference/nothing.js").await.status(), 404);
    }
}
