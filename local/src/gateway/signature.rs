//! Signature Version 4: who may pass on a route that asks for an AWS account's own credentials.

use std::time::{Duration, SystemTime};

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_sdk_dynamodb::config::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4::SigningParams;
use aws_smithy_runtime_api::client::identity::Identity;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, header};
use serde_json::{Value, json};
use time::PrimitiveDateTime;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;

const ALGORITHM: &str = "AWS4-HMAC-SHA256 ";
const KEY_ID: &str = "local";
const SECRET: &str = "local";
const REGION: &str = "us-east-1";
const SERVICE: &str = "execute-api";

const DATE: HeaderName = HeaderName::from_static("x-amz-date");
const DATE_FORMAT: &[BorrowedFormatItem<'_>] =
    format_description!("[year][month][day]T[hour][minute][second]Z");

/// How far the signer's clock may be off, either way.
const WINDOW: Duration = Duration::from_mins(5);

/// What the `Authorization` header says.
struct Authorization<'a> {
    credential: &'a str,
    signed_headers: &'a str,
    signature: &'a str,
}

/// Whether the request is signed with the one key there is, for this service, now, and as it is. Signed anew, it must have
/// the same signature: so nothing of it was changed that the signer has seen.
#[must_use]
pub fn is_signed(head: &Parts, body: &[u8]) -> bool {
    signature_fits(head, body, SystemTime::now()).is_some()
}

/// What a lambda is told of the signer.
#[must_use]
pub fn signer() -> Value {
    json!({
        "accessKey": KEY_ID,
        "accountId": "000000000000",
        "callerId": KEY_ID,
        "cognitoIdentity": null,
        "principalOrgId": null,
        "userArn": format!("arn:aws:iam::000000000000:user/{KEY_ID}"),
        "userId": KEY_ID,
    })
}

fn signature_fits(head: &Parts, body: &[u8], now: SystemTime) -> Option<()> {
    let authorization = Authorization::parse(one(&head.headers, &header::AUTHORIZATION)?)?;
    let date = one(&head.headers, &DATE)?;
    let day = date.get(..8)?;
    if authorization.credential != format!("{KEY_ID}/{day}/{REGION}/{SERVICE}/aws4_request") {
        return None;
    }
    let signed_at: SystemTime =
        PrimitiveDateTime::parse(date, DATE_FORMAT).ok()?.assume_utc().into();
    let apart = now.duration_since(signed_at).unwrap_or_else(|ahead| ahead.duration());
    if apart > WINDOW {
        return None;
    }
    let expected = signature(head, body, authorization.signed_headers, signed_at)?;
    verify_slices_are_equal(expected.as_bytes(), authorization.signature.as_bytes()).ok()
}

/// The signature of the request over these headers.
fn signature(head: &Parts, body: &[u8], signed: &str, time: SystemTime) -> Option<String> {
    let host = one(&head.headers, &header::HOST)?;
    let uri = format!("http://{host}{}", head.uri.path_and_query()?);
    let mut headers = Vec::new();
    for name in signed.split(';') {
        for value in head.headers.get_all(name) {
            headers.push((name, value.to_str().ok()?));
        }
    }
    let mut settings = SigningSettings::default();
    settings.excluded_headers = None;
    let identity: Identity = Credentials::new(KEY_ID, SECRET, None, None, "local").into();
    let params = SigningParams::builder()
        .identity(&identity)
        .region(REGION)
        .name(SERVICE)
        .time(time)
        .settings(settings)
        .build()
        .ok()?;
    let body = SignableBody::Bytes(body);
    let request =
        SignableRequest::new(head.method.as_str(), uri, headers.into_iter(), body).ok()?;
    Some(sign(request, &params.into()).ok()?.into_parts().1)
}

impl<'a> Authorization<'a> {
    fn parse(header: &'a str) -> Option<Self> {
        let parts = header.strip_prefix(ALGORITHM)?.split(',');
        let parts: Vec<_> = parts.filter_map(|part| part.trim().split_once('=')).collect();
        let part = |name| parts.iter().find(|(each, _)| *each == name).map(|(_, value)| *value);
        Some(Self {
            credential: part("Credential")?,
            signed_headers: part("SignedHeaders")?,
            signature: part("Signature")?,
        })
    }
}

/// The header, where it stands there once.
fn one<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    let (value, None) = (values.next()?, values.next()) else { return None };
    value.to_str().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::Request;

    const NOW: &str = "20260102T030405Z";
    const NAME: &str = "Credential=local/20260102/us-east-1/execute-api/aws4_request";

    /// Requests that botocore signed at that time: method, target, body, signature.
    const SIGNED: [(&str, &str, &str, &str); 5] = [
        (
            "POST",
            "/v1/gateway/messages",
            "{\"message\":\"ä\"}",
            "58b63b72b4d781bcf12a81eeceecedb04d96b2fe04c1a37e11cd8dec0b8f1b37",
        ),
        (
            "GET",
            "/v1/a?x=1&y=2",
            "",
            "27625c159424f2f2ee89fa9b832d8923b8f663a1e8a7b3c109560cce18480555",
        ),
        (
            "GET",
            "/v1/a?y=2&x=&x=b%20c&x=a%2Fb&e",
            "",
            "382e2470b44b903eac6e3543b428588bd595f1078f8d7b55fd0a33225e685f1f",
        ),
        (
            "PUT",
            "/v1/lobby/admins/a%20b%2Fc%C3%A4",
            "",
            "67a8d9ae19d53e279187d53a122d73092ad766313955599039e0f2775f4af011",
        ),
        (
            "DELETE",
            "/v1/lobby/admins/11111111-2222-4333-8444-555555555555?q=%C3%A4~-_.",
            "",
            "21d187f1fa8df9e0c96adbdb236bded16510a9796d6d0b361a6434c3a12ebc6f",
        ),
    ];

    fn time(date: &str) -> SystemTime {
        PrimitiveDateTime::parse(date, DATE_FORMAT).unwrap().assume_utc().into()
    }

    fn head((method, target, body, signature): (&str, &str, &str, &str)) -> Parts {
        let signed =
            if body.is_empty() { "host;x-amz-date" } else { "content-type;host;x-amz-date" };
        let authorization =
            format!("{ALGORITHM}{NAME}, SignedHeaders={signed}, Signature={signature}");
        let request = Request::builder()
            .method(method)
            .uri(target)
            .header("host", "127.0.0.1:8080")
            .header("content-type", "application/json")
            .header("user-agent", "not signed")
            .header("x-amz-date", NOW)
            .header("authorization", authorization);
        request.body(()).unwrap().into_parts().0
    }

    fn fits(head: &Parts, body: &str) -> bool {
        signature_fits(head, body.as_bytes(), time(NOW)).is_some()
    }

    #[test]
    fn what_botocore_signed_is_signed() {
        for signed in SIGNED {
            assert!(fits(&head(signed), signed.2), "{signed:?}");
        }
    }

    #[test]
    fn what_was_changed_since_is_not() {
        let signed = SIGNED[0];
        let (method, target, body, signature) = signed;
        assert!(!fits(&head(signed), "{\"message\":\"a\"}"));
        assert!(!fits(&head(("PUT", target, body, signature)), body));
        assert!(!fits(&head((method, "/v1/gateway/messages?x=1", body, signature)), body));
        assert!(!fits(&head((method, target, body, SIGNED[1].3)), body));
        for (name, value) in [
            ("content-type", "text/plain"),
            ("host", "localhost:8080"),
            ("x-amz-date", "20260102T030406Z"),
            ("x-amz-date", "20260103T030405Z"),
            ("x-amz-date", "2026"),
            ("x-amz-date", "ä"),
        ] {
            let mut head = head(signed);
            head.headers.insert(HeaderName::from_static(name), value.parse().unwrap());
            assert!(!fits(&head, body), "{name}: {value}");
        }
        for name in ["host", "x-amz-date", "content-type", "authorization"] {
            let mut head = head(signed);
            head.headers.remove(name);
            assert!(!fits(&head, body), "no {name}");
        }
    }

    #[test]
    fn another_key_region_service_or_form_is_refused() {
        let signed = SIGNED[0];
        let authorization = head(signed).headers["authorization"].to_str().unwrap().to_owned();
        for (from, to) in [
            ("local/", "other/"),
            ("us-east-1", "us-east-2"),
            ("execute-api", "s3"),
            ("aws4_request", "aws4"),
            ("AWS4-HMAC-SHA256", "Bearer"),
            ("Credential=", ""),
            ("Signature=", "Signature"),
            ("content-type;host;x-amz-date", "host"),
            ("content-type;host;x-amz-date", "content-type;;ä"),
        ] {
            let mut head = head(signed);
            let other = authorization.replace(from, to);
            head.headers.insert("authorization", other.as_bytes().try_into().unwrap());
            assert!(!fits(&head, signed.2), "{other}");
        }
    }

    #[test]
    fn a_signature_holds_for_five_minutes_either_way() {
        let signed = SIGNED[1];
        for (at, holds) in [
            ("20260102T030904Z", true),
            ("20260102T030906Z", false),
            ("20260102T025906Z", true),
            ("20260102T025904Z", false),
        ] {
            let fits = signature_fits(&head(signed), b"", time(at)).is_some();
            assert_eq!(fits, holds, "{at}");
        }
    }
}
