//! The events, and what a lambda reads of them.

use super::*;
use axum::http::Request;
use lambda_http::RequestExt;

fn incoming(head: &Parts) -> Incoming<'_> {
    Incoming {
        route_key: "GET /v1/users/{userId}",
        head,
        parameters: BTreeMap::from([("userId", "a b")]),
        peer: "127.0.0.1:5000".parse().unwrap(),
        request_id: "r-1",
    }
}

fn event(request: Request<&[u8]>, caller: Caller) -> String {
    let (head, body) = request.into_parts();
    incoming(&head).event(caller, body)
}

#[test]
fn an_event_has_the_shape_of_payload_format_2() {
    let request = Request::get("/v1/users/a%20b?x=1&x=2&y=%C3%A4")
        .header("X-Twice", "1")
        .header("X-Twice", "2")
        .header("Host", "not a host")
        .header("Cookie", "a=1; b=2")
        .header("User-Agent", "test")
        .body(&b""[..])
        .unwrap();
    let claims = BTreeMap::from([("sub".to_owned(), "me".to_owned())]);
    let event: Value = serde_json::from_str(&event(request, Caller::User(claims))).unwrap();
    assert_eq!(event["version"], "2.0");
    assert_eq!(event["rawPath"], "/v1/users/a%20b");
    assert_eq!(event["rawQueryString"], "x=1&x=2&y=%C3%A4");
    assert_eq!(event["queryStringParameters"], json!({ "x": "1,2", "y": "ä" }));
    assert_eq!(event["pathParameters"], json!({ "userId": "a b" }));
    assert_eq!(event["cookies"], json!(["a=1", "b=2"]));
    assert_eq!(event["headers"]["x-twice"], "1,2");
    assert_eq!(event["headers"]["host"], "localhost");
    assert!(event["headers"].get("cookie").is_none() && event.get("body").is_none());
    let context = &event["requestContext"];
    assert_eq!(
        context["authorizer"],
        json!({ "jwt": { "claims": { "sub": "me" }, "scopes": null } })
    );
    assert_eq!(context["http"]["sourceIp"], "127.0.0.1");
    assert_eq!(context["http"]["protocol"], "HTTP/1.1");
    assert_eq!((&context["requestId"], &context["stage"]), (&json!("r-1"), &json!("$default")));
}

#[test]
fn a_lambda_reads_it() {
    let body = "{\"name\":\"ä\"}".as_bytes();
    let request = Request::post("/v1/users/a%20b?limit=5").body(body).unwrap();
    let request = lambda_http::request::from_str(&event(request, Caller::Anyone)).unwrap();
    assert_eq!(request.path_parameters().first("userId"), Some("a b"));
    assert_eq!(request.query_string_parameters().first("limit"), Some("5"));
    assert_eq!(&request.body()[..], body);
}

#[test]
fn a_lambda_is_told_who_signed() {
    let caller = Caller::Account(json!({ "accessKey": "local", "userArn": "arn" }));
    let request = event(Request::post("/").body(&b""[..]).unwrap(), caller);
    let event: Value = serde_json::from_str(&request).unwrap();
    assert_eq!(event["requestContext"]["authorizer"]["iam"]["accessKey"], "local");
    lambda_http::request::from_str(&request).unwrap();
}

#[test]
fn a_body_that_is_no_text_arrives_byte_for_byte() {
    let request = Request::post("/").body(&b"\xff\x00"[..]).unwrap();
    let request = lambda_http::request::from_str(&event(request, Caller::Anyone)).unwrap();
    assert_eq!(&request.body()[..], b"\xff\x00");
}

#[test]
fn a_lambda_is_told_what_another_said_of_the_caller() {
    let context = json!({ "subject": "me", "level": 3 });
    let caller = Caller::Admitted(context.as_object().unwrap().clone());
    let request = event(Request::post("/").body(&b""[..]).unwrap(), caller);
    let event: Value = serde_json::from_str(&request).unwrap();
    assert_eq!(event["requestContext"]["authorizer"], json!({ "lambda": context }));
    lambda_http::request::from_str(&request).unwrap();
}

#[test]
fn the_lambda_that_lets_callers_in_sees_the_request_without_its_body() {
    let request = Request::get("/v1/users/a%20b?x=1").header("Authorization", "Bearer t");
    let (head, ()) = request.header("Cookie", "a=1").body(()).unwrap().into_parts();
    let event = incoming(&head).authorization("Bearer t");
    assert_eq!((&event["version"], &event["type"]), (&json!("2.0"), &json!("REQUEST")));
    assert_eq!(
        event["routeArn"],
        "arn:aws:execute-api:us-east-1:000000000000:local/$default/GET/v1/users/a%20b"
    );
    assert_eq!(event["identitySource"], json!(["Bearer t"]));
    assert_eq!(event["routeKey"], "GET /v1/users/{userId}");
    assert_eq!(
        (&event["rawPath"], &event["rawQueryString"]),
        (&json!("/v1/users/a%20b"), &json!("x=1"))
    );
    assert_eq!(event["headers"]["authorization"], "Bearer t");
    assert_eq!(event["cookies"], json!(["a=1"]));
    assert_eq!(event["pathParameters"], json!({ "userId": "a b" }));
    assert_eq!(event["requestContext"]["requestId"], "r-1");
    assert!(event["requestContext"].get("authorizer").is_none());
    assert!(event.get("body").is_none() && event.get("isBase64Encoded").is_none());
}
