//! The web client: the files of `web/`, which are in the program; a development build reads them from the folder.

use aws_lc_rs::digest::{SHA256, digest};
use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rust_embed::RustEmbed;
use serde_json::json;

/// The page of the client.
const INDEX: &str = "index.html";

/// Where the client asks whom to talk to: whoever served it, unless it says otherwise; and where people sign in.
const CONFIG: &str = "config.json";

#[derive(RustEmbed)]
#[folder = "../web"]
struct Files;

/// The routes of the files, and `/` for the page, for a client that finds the hosted sign-in at `hosted_ui`, as `client_id`.
pub fn router(hosted_ui: &str, client_id: &str) -> Router {
    let config = json!({ "hostedSignIn": { "url": hosted_ui, "clientId": client_id } }).to_string();
    let files = Files::iter().filter(|name| name != CONFIG);
    let router = files.fold(Router::new(), |router, name| {
        router.route(&format!("/{name}"), get(file).with_state(name.into_owned()))
    });
    router
        .route("/", get(file).with_state(INDEX.to_owned()))
        .route(
            &format!("/{CONFIG}"),
            get(async move |headers: HeaderMap| answer(CONFIG, config, &headers)),
        )
        .method_not_allowed_fallback(async || StatusCode::NOT_FOUND)
}

async fn file(State(name): State<String>, headers: HeaderMap) -> Response {
    match Files::get(&name) {
        Some(file) => answer(&name, file.data.into_owned(), &headers),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// The content of the file `name`, unless the browser has it.
pub fn answer(name: &str, content: impl Into<Vec<u8>>, asked: &HeaderMap) -> Response {
    let content = content.into();
    let tag = format!("\"{}\"", URL_SAFE_NO_PAD.encode(digest(&SHA256, &content)));
    let held = asked.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let held = held.flat_map(|tags| tags.split(','));
    let is_held =
        held.map(str::trim).any(|each| each == "*" || each.trim_start_matches("W/") == tag);
    let (status, body) = if is_held {
        (StatusCode::NOT_MODIFIED, Body::empty())
    } else {
        (StatusCode::OK, Body::from(content))
    };
    let headers = [
        (header::CONTENT_TYPE, content_type(name).to_owned()),
        (header::ETAG, tag),
        (header::CACHE_CONTROL, "no-cache".to_owned()),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
        (header::REFERRER_POLICY, "no-referrer".to_owned()),
        (header::CONTENT_SECURITY_POLICY, content_security_policy(asked.get(header::HOST))),
    ];
    (status, headers, body).into_response()
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map_or("", |(_, extension)| extension) {
        "html" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "json" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        _ => "application/octet-stream",
    }
}

/// Nothing from anywhere else. Not every browser counts the sockets of an origin to `'self'`.
fn content_security_policy(host: Option<&HeaderValue>) -> String {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte);
    let host = host.and_then(|host| host.to_str().ok()).filter(|host| host.bytes().all(allowed));
    let sockets = host.map(|host| format!(" ws://{host}")).unwrap_or_default();
    format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; \
         connect-src 'self'{sockets}; manifest-src 'self'; base-uri 'none'; form-action 'none'; \
         frame-ancestors 'none'"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use ::tests::http::Http;

    async fn serve() -> String {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(axum::serve(listener, router("/pages", "client")).into_future());
        url
    }

    async fn call(method: &str, url: &str, held: &str) -> http::Response<Vec<u8>> {
        let request = http::Request::builder().method(method).uri(url);
        let request = request.header("if-none-match", held).body(Vec::new()).unwrap();
        Http::new().unwrap().send(request).await.unwrap().map(|body| body.to_vec())
    }

    #[tokio::test]
    async fn every_file_is_served_with_its_type_and_only_when_it_changed() {
        let url = serve().await;
        for name in Files::iter().filter(|name| name != CONFIG) {
            let served = call("GET", &format!("{url}/{name}"), "").await;
            assert_eq!(served.status(), 200, "{name}");
            assert_eq!(served.body()[..], Files::get(&name).unwrap().data[..]);
            assert_ne!(served.headers()["content-type"], "application/octet-stream", "{name}");
        }
        let page = call("GET", &url, "").await;
        assert_eq!(page.headers()["content-type"], "text/html; charset=utf-8");
        assert_eq!(page.headers()["cache-control"], "no-cache");
        let tag = page.headers()["etag"].to_str().unwrap();
        for held in [tag.to_owned(), format!("\"x\", W/{tag}"), "*".to_owned()] {
            let unchanged = call("GET", &url, &held).await;
            assert_eq!((unchanged.status().as_u16(), unchanged.body().len()), (304, 0), "{held}");
            assert_eq!(unchanged.headers()["etag"], tag);
        }
        assert_eq!(call("GET", &url, "\"x\"").await.status(), 200);
        let head = call("HEAD", &url, "").await;
        assert_eq!((head.status().as_u16(), head.body().len()), (200, 0));
        assert_eq!(call("POST", &url, "").await.status(), 404);

        let config = call("GET", &format!("{url}/{CONFIG}"), "").await;
        let config_body: serde_json::Value = serde_json::from_slice(config.body()).unwrap();
        let hosted = json!({ "url": "/pages", "clientId": "client" });
        assert_eq!(config_body, json!({ "hostedSignIn": hosted }));
        assert_eq!(config.headers()["content-type"], "application/json");
    }

    #[tokio::test]
    async fn a_page_may_load_and_call_nothing_but_its_own_server() {
        let url = serve().await;
        let page = call("GET", &url, "").await;
        let policy = page.headers()["content-security-policy"].to_str().unwrap();
        let sockets = url.replace("http", "ws");
        assert!(policy.contains(&format!("connect-src 'self' {sockets};")), "{policy}");
        assert!(policy.starts_with("default-src 'none';") && !policy.contains("unsafe"));
        assert_eq!(page.headers()["x-content-type-options"], "nosniff");
        assert_eq!(page.headers()["referrer-policy"], "no-referrer");
        for host in ["a; script-src *", "a b", "a'b", "a/b"] {
            let policy = content_security_policy(Some(&host.parse().unwrap()));
            assert!(policy.contains("connect-src 'self';"), "{policy}");
        }
    }
}
