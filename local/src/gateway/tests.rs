//! The gateway over HTTP.

use super::*;
use crate::engine::cognito::key::SigningKey;
use ::tests::http::Http;
use lambda_http::request::RequestContext;
use lambda_http::{Body, RequestExt, Response as LambdaResponse};
use serde_json::{Value, json};
use shared::events::Failed;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

const ISSUER: &str = "https://issuer";

struct Api {
    url: String,
    key: SigningKey,
    client: Http,
    /// What the authorizer was asked.
    asked: UnboundedReceiver<Value>,
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

/// Says what the authorizer said.
fn guarded() -> Endpoint {
    Arc::new(|request| {
        Box::pin(async move {
            let Some(RequestContext::ApiGatewayV2(context)) = request.request_context_ref() else {
                panic!("no context")
            };
            let said = json!(context.authorizer.as_ref().unwrap().fields);
            LambdaResponse::new(Body::Text(said.to_string()))
        })
    })
}

/// Answers as the token says.
fn authorize(event: &Value) -> Result<Value, Failed> {
    let context = json!({ "subject": "me", "route": event["routeKey"] });
    match event["identitySource"][0].as_str().unwrap() {
        "Bearer denied" => Ok(json!({ "isAuthorized": false, "context": context })),
        "Bearer bare" => Ok(json!({ "isAuthorized": true })),
        "Bearer nonsense" => Ok(json!({ "isAuthorized": "yes" })),
        "Bearer policy" => Ok(json!({ "principalId": "me", "policyDocument": {} })),
        "Bearer failing" => Err(Failed),
        "Bearer panicking" => panic!("the authorizer broke off"),
        _ => Ok(json!({ "isAuthorized": true, "context": context })),
    }
}

async fn api() -> Api {
    let functions = json!({
        "authorizer": { "authorizes": "http" },
        "guarded": { "routes": ["GET /v1/guarded", "POST /v1/guarded/{id}"], "authorizer": "lambda" },
        "open": { "routes": ["POST /v1/open"], "authorizer": "none" },
        "mine": { "routes": ["GET /v1/mine/{id}"], "authorizer": "jwt" },
        "signed": { "routes": ["POST /v1/signed", "PUT /v1/signed/{id}"], "authorizer": "iam" },
        "behind": { "queue": { "name": "q", "batchSize": 1 } },
    });
    let endpoints = BTreeMap::from([
        ("open", endpoint(201)),
        ("mine", endpoint(200)),
        ("signed", endpoint(202)),
        ("guarded", guarded()),
    ]);
    let (calls, asked) = unbounded_channel();
    let authorizer: EventHandler = Arc::new(move |event: Value| {
        calls.send(event.clone()).unwrap();
        Box::pin(async move { authorize(&event) })
    });
    let handlers = BTreeMap::from([("authorizer", authorizer)]);
    let key = SigningKey::parse(&SigningKey::generate().unwrap()).unwrap();
    let verifier = Verifier::new(&key.public(), ISSUER, "client");
    let functions = serde_json::from_value(functions).unwrap();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let router = router(&functions, &endpoints, &handlers, verifier).unwrap();
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(axum::serve(listener, service).into_future());
    Api { url, key, client: Http::new().unwrap(), asked }
}

impl Api {
    async fn send(&self, method: &str, path: &str, body: Vec<u8>) -> (u16, Value) {
        let response = self.answer(self.request(method, path).body(body).unwrap()).await;
        assert!(response.headers().contains_key("apigw-requestid"));
        let body = serde_json::from_str(response.body()).unwrap_or_default();
        (response.status().as_u16(), body)
    }

    /// With what stands in the `Authorization` header.
    async fn as_caller(&self, method: &str, path: &str, authorization: &str) -> (u16, Value) {
        let request = self.request(method, path).header("authorization", authorization);
        let response = self.answer(request.body(Vec::new()).unwrap()).await;
        (response.status().as_u16(), serde_json::from_str(response.body()).unwrap_or_default())
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
async fn a_lambda_decides_who_reaches_a_handler_and_is_asked_once_for_each_token() {
    let mut api = api().await;
    for token in ["Bearer good", "Bearer bare", "Bearer denied"] {
        for (method, path) in [("GET", "/v1/guarded?x=1"), ("POST", "/v1/guarded/7")] {
            let (status, body) = api.as_caller(method, path, token).await;
            // What it said for the first route counts for the second one, too.
            let said = json!({ "subject": "me", "route": "GET /v1/guarded" });
            match token {
                "Bearer good" => assert_eq!((status, body), (200, said)),
                "Bearer bare" => assert_eq!((status, body), (200, json!({}))),
                _ => {
                    assert_eq!((status, &body["code"]), (403, &json!("forbidden")));
                    assert_eq!(body["detail"], "the token is not accepted");
                    assert_eq!(body["message"], "Forbidden");
                }
            }
        }
        let event = api.asked.try_recv().unwrap();
        assert_eq!(event["identitySource"], json!([token]));
        assert_eq!((&event["type"], &event["rawQueryString"]), (&json!("REQUEST"), &json!("x=1")));
        assert!(api.asked.try_recv().is_err(), "{token}");
    }
}

#[tokio::test]
async fn a_lambda_is_not_asked_about_nobody_and_asked_again_when_it_failed() {
    let mut api = api().await;
    for nobody in [
        api.send("GET", "/v1/guarded", Vec::new()).await,
        api.as_caller("GET", "/v1/guarded", "").await,
    ] {
        assert_eq!((nobody.0, &nobody.1["message"]), (401, &json!("Unauthorized")));
    }
    assert!(api.asked.try_recv().is_err());
    for token in ["Bearer nonsense", "Bearer policy", "Bearer failing", "Bearer panicking"] {
        for _ in 0..2 {
            let (status, body) = api.as_caller("GET", "/v1/guarded", token).await;
            assert_eq!(
                (status, &body["message"]),
                (500, &json!("Internal Server Error")),
                "{token}"
            );
            assert_eq!(api.asked.try_recv().unwrap()["identitySource"], json!([token]));
        }
    }
}

#[test]
fn a_route_that_a_lambda_guards_needs_that_lambda() {
    let verifier = || {
        let key = SigningKey::parse(&SigningKey::generate().unwrap()).unwrap();
        Verifier::new(&key.public(), ISSUER, "client")
    };
    let endpoints = BTreeMap::from([("guarded", guarded())]);
    let row = json!({ "routes": ["GET /v1/guarded"], "authorizer": "lambda" });
    for (functions, missing) in [
        (json!({ "guarded": row }), "http authorizer"),
        (json!({ "guarded": row, "authorizer": { "authorizes": "http" } }), "authorizer"),
    ] {
        let functions = serde_json::from_value(functions).unwrap();
        let refused = router(&functions, &endpoints, &BTreeMap::new(), verifier());
        let Err(StartError::UnknownFunction(name)) = refused else { panic!("it starts") };
        assert_eq!(name, missing);
    }
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
    assert_eq!(
        allowed.headers()["access-control-allow-headers"],
        "authorization,content-type,x-api-key"
    );
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
