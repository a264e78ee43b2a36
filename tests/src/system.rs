//! Another system, with AWS credentials of its own: its requests are signed (Signature Version 4).

use std::env;
use std::time::SystemTime;

use aws_sdk_dynamodb::config::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4::SigningParams;
use http::Method;
use http::header::{HOST, HeaderName};
use serde_json::Value;

use crate::backend::Backend;
use crate::client::{Client, Request};
use crate::reply::Reply;

/// A `POST` of JSON that is signed with what the local server knows.
#[must_use]
pub fn sign_locally(url: &str, body: &str) -> http::Request<Vec<u8>> {
    let credentials = Credentials::new("local", "local", None, None, "tests");
    let host = url.split("://").last().and_then(|rest| rest.split('/').next()).unwrap_or_default();
    let signed = Signed {
        credentials: &credentials,
        region: "us-east-1",
        method: &Method::POST,
        url,
        host,
        body: body.as_bytes(),
        time: SystemTime::now(),
    };
    let mut request = http::Request::post(url).header("content-type", "application/json");
    for (name, value) in signed.headers() {
        request = request.header(name, value);
    }
    request.body(body.as_bytes().to_vec()).expect("a request")
}

/// What is signed.
struct Signed<'a> {
    credentials: &'a Credentials,
    region: &'a str,
    method: &'a Method,
    url: &'a str,
    host: &'a str,
    body: &'a [u8],
    time: SystemTime,
}

impl Signed<'_> {
    /// The headers that a signature adds.
    fn headers(&self) -> Vec<(HeaderName, String)> {
        let identity = self.credentials.clone().into();
        let params = SigningParams::builder()
            .identity(&identity)
            .region(self.region)
            .name("execute-api")
            .time(self.time)
            .settings(SigningSettings::default())
            .build()
            .expect("all that a signature needs")
            .into();
        let headers = [(HOST.as_str(), self.host)];
        let signable = SignableRequest::new(
            self.method.as_str(),
            self.url,
            headers.iter().copied(),
            SignableBody::Bytes(self.body),
        );
        let signed = sign(signable.expect("a request"), &params).expect("a signature");
        let (headers, _) = signed.into_parts().0.into_parts();
        headers
            .into_iter()
            .map(|header| (HeaderName::from_static(header.name()), header.value().to_owned()))
            .collect()
    }
}

/// A system that may call the gateway.
#[derive(Debug, Clone)]
pub struct System {
    client: Client,
    /// What it signs with.
    pub credentials: Credentials,
    region: String,
}

impl System {
    /// The one that the local server knows; for a deployment, the one whose key is in `CHINWAG_CALLER_ACCESS_KEY_ID` and
    /// `CHINWAG_CALLER_SECRET_ACCESS_KEY`, in the region `CHINWAG_CALLER_REGION`.
    #[must_use]
    pub fn new(backend: &Backend) -> Self {
        let client = backend.anyone();
        let (key, secret, region) = if backend.server().is_some() {
            ("local".to_owned(), "local".to_owned(), "us-east-1".to_owned())
        } else {
            let variable = |name: &str| {
                env::var(name).unwrap_or_else(|_| panic!("{name} says who calls the gateway"))
            };
            (
                variable("CHINWAG_CALLER_ACCESS_KEY_ID"),
                variable("CHINWAG_CALLER_SECRET_ACCESS_KEY"),
                variable("CHINWAG_CALLER_REGION"),
            )
        };
        Self { client, credentials: Credentials::new(key, secret, None, None, "tests"), region }
    }

    /// The same system with other credentials.
    #[must_use]
    pub fn with(&self, key: &str, secret: &str) -> Self {
        Self { credentials: Credentials::new(key, secret, None, None, "tests"), ..self.clone() }
    }

    /// Sends a request that is signed.
    pub async fn send(&self, method: Method, path: &str, body: Option<&Value>) -> Reply {
        self.signed(method, path, body, SystemTime::now()).send().await
    }

    /// A request that was signed at `time`.
    #[must_use]
    pub fn signed(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
        time: SystemTime,
    ) -> Request {
        let request = self.client.request(method, path);
        let request = match body {
            Some(body) => request.json(body),
            None => request,
        };
        let signed = Signed {
            credentials: &self.credentials,
            region: &self.region,
            method: request.method(),
            url: request.url(),
            host: request.host(),
            body: request.body(),
            time,
        };
        let headers = signed.headers();
        headers.into_iter().fold(request, |request, (name, value)| request.header(name, &value))
    }

    /// Sends a message to somebody through the gateway.
    pub async fn notify(&self, message: &Value) -> Reply {
        self.send(Method::POST, "/v1/gateway/messages", Some(message)).await
    }
}
