//! The gateway over HTTP.

use super::*;
use crate::engine::cognito::key::SigningKey;
use ::tests::http::Http;
use lambda_http::{Body, Response as LambdaResponse};
use serde_json::{Value, json};

const ISSUER: &str = "https://issuer";

struct Api {
    url: String,
    key: SigningKey,
    client: Http,
}

fn endpoint(status: u16) -> Endpoint {
    Arc::new(move |request| {
        Box::pin(async move {
            assert_ne!(request.body().len(), 5, "the handler broke off");
            let body = Body::Text(request.uri().path().to_owned());
            LambdaResponse::builder().status(status).body(body).unwrap()
        })
    })
}

async fn api() -> Api {
    let functions = json!({
        "open": { "routes": ["POST /v1/open"], "authorizer": "none" },
        "mine": { "routes": ["GET /v1/mine/{id}"], "authorizer": "jwt" },
        "signed": { "routes": ["POST /v1/signed", "PUT /v1/signed/{id}"], "authorizer": "iam" },
        "behind": { "queue": { "name": "q", "batchSize": 1 } },
    });
    let endpoints = BTreeMap::from([
        ("open", endpoint(201)),
        ("mine", endpoint(200)),
        ("signed", endpoint(202)),
    ]);
    let key = SigningKey::parse(&SigningKey::generate().unwrap()).unwrap();
    let verifier = Verifier::new(&key.public(), ISSUER, "client");
    let functions = serde_json::from_value(functions).unwrap();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let router = router(&functions, &endpoints, verifier).unwrap();
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(axum::serve(listener, service).into_future());
    Api { url, key, client: Http::new().unwrap() }
}

impl Api {
    async fn send(&self, method: &str, path: &str, body: Vec<u8>) -> (u16, Value) {
        let response = self.answer(self.request(method, path).body(body).unwrap()).await;
        assert!(response.headers().contains_key("apigw-requestid"));
        let body = serde_json::from_str(response.body()).unwrap_or_default();
        (response.status().as_u16(), body)
    }

    fn request(&self, method: &str, path: &str) -> http::request::Builder {
        http::Request::builder().method(method).uri(format!("{}{path}", self.url))
    }

    async fn answer(&self, request: http::Request<Vec<u8>>) -> http::Response<String> {
        let response = self.client.send(request).await.unwrap();
        response.map(|body| String::from_utf8_lossy(&body).into_owned())
    }
}

#[tokio::test]
async fn only_a_caller_with_a_token_reaches_a_handler_that_asks_for_one() {
    let api = api().await;
    let (status, body) = api.send("GET", "/v1/mine/1", Vec::new()).await;
    assert_eq!((status, &body["message"]), (401, &json!("Unauthorized")));
    assert_eq!(body["code"], "unauthenticated");

    let exp = shared::model::Timestamp::now().epoch_seconds() + 60;
    let claims = json!({ "sub": "me", "iss": ISSUER, "client_id": "client", "token_use": "access", "iat": 0, "exp": exp });
    let token = api.key.sign(&claims).unwrap();
    let request =
        api.request("GET", "/v1/mine/1").header("authorization", format!("Bearer {token}"));
    let response = api.answer(request.body(Vec::new()).unwrap()).await;
    assert_eq!(response.body(), "/v1/mine/1");
}

#[tokio::test]
async fn only_who_signs_reaches_a_handler_that_asks_for_it() {
    let api = api().await;
    let (status, body) = api.send("POST", "/v1/signed", b"{}".to_vec()).await;
    assert_eq!((status, &body["message"]), (403, &json!("Forbidden")));
    assert_eq!(body["code"], "forbidden");
    assert_eq!(api.send("POST", "/v1/signed", vec![b'x'; 300_000]).await.0, 403);
}

#[tokio::test]
async fn what_has_no_route_is_not_found() {
    let api = api().await;
    for (method, path) in [
        ("GET", "/v1/open"),
        ("PUT", "/v1/mine/1"),
        ("GET", "/v1/mine/"),
        ("GET", "/v1/mine/%ff"),
        ("POST", "/v1/open/"),
        ("GET", "/"),
    ] {
        let (status, body) = api.send(method, path, Vec::new()).await;
        assert_eq!((status, &body["message"]), (404, &json!("Not Found")), "{method} {path}");
    }
    assert_eq!(api.send("HEAD", "/v1/mine/1", Vec::new()).await.0, 404);
}

#[tokio::test]
async fn a_body_may_have_256_kib_and_a_token_is_asked_for_first() {
    let api = api().await;
    assert_eq!(api.send("POST", "/v1/open", vec![b'x'; 256 * 1024]).await.0, 201);
    let (status, body) = api.send("POST", "/v1/open", vec![b'x'; 256 * 1024 + 1]).await;
    assert_eq!((status, &body["message"]), (413, &json!("Request Entity Too Large")));
    assert_eq!(api.send("POST", "/v1/open", vec![b'x'; 9_000_000]).await.0, 413);
    assert_eq!(api.send("GET", "/v1/mine/1", vec![b'x'; 300_000]).await.0, 401);
}

#[tokio::test]
async fn a_handler_that_panics_takes_nothing_with_it() {
    let api = api().await;
    let (status, body) = api.send("POST", "/v1/open", b"panic".to_vec()).await;
    assert_eq!((status, &body["code"]), (500, &json!("internal")));
    assert_eq!(api.send("POST", "/v1/open", Vec::new()).await.0, 201);
}

#[tokio::test]
async fn any_web_page_may_call() {
    let api = api().await;
    let asking = |method| api.request(method, "/v1/mine/1").header("origin", "https://a.example");
    let preflight = asking("OPTIONS").header("access-control-request-method", "PUT");
    let allowed = api.answer(preflight.body(Vec::new()).unwrap()).await;
    assert!(allowed.status().is_success());
    assert_eq!(allowed.headers()["access-control-allow-origin"], "*");
    assert_eq!(allowed.headers()["access-control-allow-headers"], "authorization,content-type");
    assert_eq!(allowed.headers()["access-control-allow-methods"], "GET,POST,PUT,PATCH,DELETE");

    let refused = api.answer(asking("GET").body(Vec::new()).unwrap()).await;
    assert_eq!(refused.status(), 401);
    assert_eq!(refused.headers()["www-authenticate"], "Bearer");
    assert_eq!(refused.headers()["access-control-allow-origin"], "*");
    assert_eq!(
        refused.headers()["access-control-expose-headers"],
        "location,retry-after,ratelimit,ratelimit-policy"
    );
}
