//! The API's management calls, answered in this process: an HTTP client of the SDK that reaches the sockets without a network.

use std::sync::Arc;

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use axum::extract::ws::Utf8Bytes;
use percent_encoding::percent_decode_str;

use super::Hub;

/// Where the SDK thinks that the sockets are managed. Nothing listens there: the client knows them.
pub const MANAGEMENT_URL: &str = "http://localhost/local";

/// What comes before a socket's id in a path.
const CONNECTIONS: &str = "/@connections/";
/// The largest frame that can be posted, in bytes (API Gateway's limit).
const MAX_FRAME_BYTES: usize = 128 * 1_024;

/// The client. A clone reaches the same sockets.
#[derive(Debug, Clone)]
struct ManagementClient {
    hub: Arc<Hub>,
}

impl Hub {
    /// The HTTP client that reaches these sockets.
    #[must_use]
    pub fn http_client(self: &Arc<Self>) -> SharedHttpClient {
        SharedHttpClient::new(ManagementClient { hub: Arc::clone(self) })
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
        let (status, error) = self.answer(&request);
        let response = StatusCode::try_from(status).map(|status| {
            let mut response = HttpResponse::new(status, SdkBody::from("{}"));
            if let Some(error) = error {
                response.headers_mut().insert("x-amzn-errortype", error);
            }
            response
        });
        HttpConnectorFuture::ready(response.map_err(|error| ConnectorError::user(error.into())))
    }
}

impl ManagementClient {
    /// The status, and the exception's name.
    fn answer(&self, request: &HttpRequest) -> (u16, Option<&'static str>) {
        let path = request.uri().split('?').next().unwrap_or_default();
        let id = path.split_once(CONNECTIONS).map_or("", |(_, id)| id);
        let id = percent_decode_str(id).decode_utf8_lossy();
        let body = request.body().bytes().unwrap_or_default();
        let found = match request.method() {
            "POST" if body.len() > MAX_FRAME_BYTES => {
                return (413, Some("PayloadTooLargeException"));
            }
            "POST" => self.hub.post(&id, Utf8Bytes::from(String::from_utf8_lossy(body).as_ref())),
            "DELETE" => self.hub.end(&id),
            _ => return (403, Some("ForbiddenException")),
        };
        if found { (200, None) } else { (410, Some("GoneException")) }
    }
}
