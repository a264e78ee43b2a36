//! Requests to what is no service of AWS: one client, with an end to its patience and to the answer.

use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Full, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use rustls::crypto::aws_lc_rs::default_provider;
use rustls::{ClientConfig, RootCertStore};
use tokio::time::timeout;

/// How long an answer may take, unless somebody has more time.
const PATIENCE: Duration = Duration::from_secs(4);
/// The longest answer, in bytes, unless somebody expects more.
const MAX_BYTES: usize = 256 * 1_024;

/// Why there is no answer.
pub type Error = Box<dyn std::error::Error + Send + Sync>;

/// Sends requests over connections that it keeps.
#[derive(Debug, Clone)]
pub struct Https {
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    patience: Duration,
    max_bytes: usize,
}

impl Https {
    /// A client without connections. Where the machine has no certificates to trust, it trusts nobody, and reaches what is
    /// not encrypted alone.
    ///
    /// # Errors
    /// When the cryptography has no protocol.
    pub fn new() -> Result<Self, Error> {
        let builder = HttpsConnectorBuilder::new();
        let builder = match builder.with_provider_and_native_roots(default_provider()) {
            Ok(builder) => builder,
            Err(error) => {
                tracing::warn!(%error, "there are no certificates to trust");
                let nobody = ClientConfig::builder_with_provider(default_provider().into())
                    .with_safe_default_protocol_versions()?
                    .with_root_certificates(RootCertStore::empty())
                    .with_no_client_auth();
                HttpsConnectorBuilder::new().with_tls_config(nobody)
            }
        };
        let connector = builder.https_or_http().enable_http1().build();
        let client = Client::builder(TokioExecutor::new()).build(connector);
        Ok(Self { client, patience: PATIENCE, max_bytes: MAX_BYTES })
    }

    /// The same client with another end to its patience, and to the answer.
    #[must_use]
    pub fn with_limits(self, patience: Duration, max_bytes: usize) -> Self {
        Self { patience, max_bytes, ..self }
    }

    /// Sends a request, once, and reads the whole answer.
    ///
    /// # Errors
    /// When there is none in time, or it is too long.
    pub async fn send(&self, request: Request<String>) -> Result<Response<Bytes>, Error> {
        let exchange = async {
            let answer = self.client.request(request.map(|body| Full::new(body.into()))).await?;
            let (head, body) = answer.into_parts();
            let body = Limited::new(body, self.max_bytes).collect().await?;
            Ok(Response::from_parts(head, body.to_bytes()))
        };
        timeout(self.patience, exchange).await?
    }
}
