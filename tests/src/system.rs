//! Another system, with AWS credentials of its own: its requests are signed (Signature Version 4).

use std::time::SystemTime;

use aws_config::BehaviorVersion;
use aws_sdk_dynamodb::config::{Credentials, ProvideCredentials};
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4::SigningParams;
use http::Method;
use http::header::{HOST, HeaderName};
use serde_json::Value;

use crate::backend::Backend;
use crate::client::{Client, Request};
use crate::reply::Reply;
use crate::runtime;

/// A system that may call the gateway.
#[derive(Debug, Clone)]
pub struct System {
    client: Client,
    /// What it signs with.
    pub credentials: Credentials,
    region: String,
}

impl System {
    /// The one that the local server knows; for a deployment, whoever runs the tests.
    pub async fn new(backend: &Backend) -> Self {
        let client = backend.anyone();
        if backend.server().is_some() {
            let credentials = Credentials::new("local", "local", None, None, "tests");
            return Self { client, credentials, region: "us-east-1".to_owned() };
        }
        let config = runtime::run(aws_config::load_defaults(BehaviorVersion::latest())).await;
        let provider = config.credentials_provider().expect("AWS credentials");
        let credentials = runtime::run(async move { provider.provide_credentials().await }).await;
        Self {
            client,
            credentials: credentials.expect("AWS credentials"),
            region: config.region().expect("AWS_REGION").to_string(),
        }
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
        let identity = self.credentials.clone().into();
        let params = SigningParams::builder()
            .identity(&identity)
            .region(&self.region)
            .name("execute-api")
            .time(time)
            .settings(SigningSettings::default())
            .build()
            .expect("all that a signature needs")
            .into();
        let headers = [(HOST.as_str(), request.host())];
        let signable = SignableRequest::new(
            request.method().as_str(),
            request.url(),
            headers.iter().copied(),
            SignableBody::Bytes(request.body()),
        );
        let signed = sign(signable.expect("a request"), &params).expect("a signature");
        let (headers, _) = signed.into_parts().0.into_parts();
        headers.into_iter().fold(request, |request, header| {
            let name = HeaderName::from_static(header.name());
            request.header(name, header.value())
        })
    }

    /// Sends a message to somebody through the gateway.
    pub async fn notify(&self, message: &Value) -> Reply {
        self.send(Method::POST, "/v1/gateway/messages", Some(message)).await
    }
}
