//! The management API: an HTTP client of the SDK that reaches the sockets within this process, without a network.

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use axum::body::Bytes;
use percent_encoding::percent_decode_str;

use super::Hub;
use super::end::End;
use super::handshake::MAX_MESSAGE;
use super::outgoing::frame;

/// Where the SDK thinks that the sockets are managed. Nothing listens there: the client knows them.
pub const MANAGEMENT_URL: &str = "http://localhost/local";

/// What comes before a socket's id in a path.
const CONNECTIONS: &str = "/@connections/";

const GONE: Answer = (410, Some("GoneException"));

/// A status, and the name of an exception.
type Answer = (u16, Option<&'static str>);

#[derive(Clone)]
struct ManagementClient(Hub);

impl Hub {
    /// The HTTP client that reaches these sockets.
    #[must_use]
    pub fn http_client(&self) -> SharedHttpClient {
        SharedHttpClient::new(ManagementClient(self.clone()))
    }
}

impl std::fmt::Debug for ManagementClient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ManagementClient")
    }
}

impl HttpClient for ManagementClient {
    fn http_connector(
        &self,
        _: &HttpConnectorSettings,
        _: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for ManagementClient {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let client = self.clone();
        HttpConnectorFuture::new(async move {
            let (status, exception) = client.answer(&request).await;
            let status = status.try_into().map_err(|_| ConnectorError::user("no status".into()))?;
            let mut response = HttpResponse::new(status, SdkBody::from("{}"));
            if let Some(exception) = exception {
                response.headers_mut().insert("x-amzn-errortype", exception);
            }
            Ok(response)
        })
    }
}

impl ManagementClient {
    async fn answer(&self, request: &HttpRequest) -> Answer {
        let path = request.uri().split('?').next().unwrap_or_default();
        let id = path.split_once(CONNECTIONS).map_or("", |(_, id)| id);
        let id = percent_decode_str(id).decode_utf8_lossy();
        match request.method() {
            "POST" => self.post(&id, request.body().bytes().unwrap_or_default()).await,
            "DELETE" if self.0.close(&id, End::Deleted) => (204, None),
            "DELETE" => GONE,
            _ => (403, Some("ForbiddenException")),
        }
    }

    /// Sends a message to a socket, behind all others.
    async fn post(&self, id: &str, data: &[u8]) -> Answer {
        if data.len() > MAX_MESSAGE {
            return (413, Some("PayloadTooLargeException"));
        }
        let Some(outlet) = self.0.find(id) else { return GONE };
        if outlet.send(frame(Bytes::copy_from_slice(data))).await.is_err() {
            return (429, Some("LimitExceededException"));
        }
        (200, None)
    }
}
