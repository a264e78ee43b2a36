//! An HTTP client out of what the AWS SDK stands on. One that brings features of its own would have every SDK crate built
//! twice: once for `cargo run`, once for the tests.

use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use rustls::crypto::aws_lc_rs::default_provider;

/// Why there is no answer.
pub type Error = Box<dyn std::error::Error + Send + Sync>;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_mins(1);

/// Sends requests over connections that it keeps.
#[derive(Debug, Clone)]
pub struct Http(Client<HttpsConnector<HttpConnector>, Full<Bytes>>);

impl Http {
    /// A client without connections.
    ///
    /// # Errors
    /// When the machine has no certificates to trust.
    pub fn new() -> Result<Self, Error> {
        let connector = HttpsConnectorBuilder::new()
            .with_provider_and_native_roots(default_provider())?
            .https_or_http()
            .enable_http1()
            .build();
        Ok(Self(Client::builder(TokioExecutor::new()).build(connector)))
    }

    /// Sends a request and reads the whole answer.
    ///
    /// # Errors
    /// When there is none within a minute.
    pub async fn send(&self, request: Request<Vec<u8>>) -> Result<Response<Bytes>, Error> {
        let request = request.map(|body| Full::new(Bytes::from(body)));
        let exchange = async {
            let (head, body) = self.0.request(request).await?.into_parts();
            Ok(Response::from_parts(head, body.collect().await?.to_bytes()))
        };
        tokio::time::timeout(PATIENCE, exchange).await?
    }
}
