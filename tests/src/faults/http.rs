//! The wire as the SDK sees it: an HTTP client.

use std::time::Instant;

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;
use serde_json::{Value, json};

use super::plan::Action;
use super::{Call, Done, Fault, Wire, fault};

/// The plain client with a wire around it.
#[derive(Debug)]
pub(super) struct Client {
    wire: Wire,
    plain: SharedHttpClient,
}

#[derive(Debug)]
struct Connector {
    wire: Wire,
    plain: SharedHttpConnector,
}

/// One call on its way.
struct Passage {
    wire: Wire,
    plain: SharedHttpConnector,
    call: Call,
    began: Instant,
    output: Option<Value>,
}

/// A status and a body, or none.
type Answer = Result<(u16, Value), ConnectorError>;

impl Client {
    pub fn new(wire: Wire) -> Self {
        Self { wire, plain: aws_smithy_http_client::Builder::new().build_http() }
    }
}

impl HttpClient for Client {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        let plain = self.plain.http_connector(settings, components);
        SharedHttpConnector::new(Connector { wire: self.wire.clone(), plain })
    }
}

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let (wire, plain) = (self.wire.clone(), self.plain.clone());
        let call = Call::read(&request);
        let step = self.wire.step(&call);
        let passage = Passage { wire, plain, call, began: Instant::now(), output: None };
        HttpConnectorFuture::new(async move {
            let _running = match step {
                Some(step) => Some(step.wait().await),
                None => None,
            };
            passage.pass(request).await
        })
    }
}

impl Passage {
    async fn pass(mut self, request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
        if self.wire.is_recording() {
            // No call is answered before its siblings have begun, however fast the engine is.
            tokio::task::yield_now().await;
        }
        let action = self.wire.action(&self.call);
        let answer = self.carry_out(request, action).await;
        let Self { wire, call, began, output, .. } = self;
        wire.note(|| Done { call, began, ended: Instant::now(), output });
        let (status, body) = answer?;
        let status = status.try_into().map_err(|_| broken())?;
        Ok(HttpResponse::new(status, SdkBody::from(body.to_string())))
    }

    async fn carry_out(&mut self, request: HttpRequest, action: Action) -> Answer {
        match action {
            Action::Pass => self.forward(request).await,
            Action::Fail(fault) => self.fail(request, fault).await,
            Action::Hold(latch) => match latch.wait(&self.call).await {
                Some(fault) => self.fail(request, fault).await,
                None => self.forward(request).await,
            },
            Action::HoldAnswer(latch) => {
                let answer = self.forward(request).await;
                match latch.wait(&self.call).await {
                    Some(Fault::CrashAfter) => Err(self.crash()),
                    Some(_) => Err(broken()),
                    None => answer,
                }
            }
        }
    }

    async fn fail(&mut self, mut request: HttpRequest, fault: Fault) -> Answer {
        match fault {
            Fault::Throttle => Ok((400, fault::throttled())),
            Fault::Conflict => Ok((400, fault::conflict(&self.call))),
            Fault::LoseCall => Err(broken()),
            Fault::CrashBefore => Err(self.crash()),
            Fault::LoseAnswer => {
                self.forward(request).await?;
                Err(broken())
            }
            Fault::CrashAfter => {
                self.forward(request).await?;
                Err(self.crash())
            }
            Fault::Ask(change) => {
                change_body(&mut request, |body| change.apply(body));
                self.forward(request).await
            }
            Fault::Answer(change) => {
                let (status, mut body) = self.forward(request).await?;
                if status == 200 {
                    change.apply(&mut body);
                }
                Ok((status, body))
            }
        }
    }

    /// To the engine and back.
    async fn forward(&mut self, mut request: HttpRequest) -> Answer {
        if self.wire.is_recording() {
            change_body(&mut request, |body| body["ReturnConsumedCapacity"] = json!("INDEXES"));
        }
        let response = self.plain.call(request).await?;
        let status = response.status().as_u16();
        let body = ByteStream::new(response.into_body()).collect().await;
        let body = body.map_err(|error| ConnectorError::io(error.into()))?.into_bytes();
        let body: Value = serde_json::from_slice(&body).unwrap_or_default();
        self.output = Some(body.clone());
        Ok((status, body))
    }

    fn crash(&self) -> ConnectorError {
        self.wire.state().crashed.extend(self.call.request);
        ConnectorError::user("the process died".into())
    }
}

fn broken() -> ConnectorError {
    ConnectorError::io("the connection broke".into())
}

fn change_body(request: &mut HttpRequest, change: impl FnOnce(&mut Value)) {
    let body = request.body().bytes().unwrap_or_default();
    let mut body: Value = serde_json::from_slice(body).unwrap_or_default();
    change(&mut body);
    let body = body.to_string();
    request.headers_mut().insert("content-length", body.len().to_string());
    *request.body_mut() = SdkBody::from(body);
}
