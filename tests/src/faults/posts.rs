//! The way to the sockets, in a test's hands: posts can fail.

use std::sync::{Arc, Mutex, PoisonError};

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use local::{Around, Options};

/// What happens to a post.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PostFault {
    /// The WebSocket API is too busy for it.
    Throttle,
    /// The socket is said to be gone.
    Gone,
    /// It arrives, and its answer is lost.
    LoseAnswer,
}

/// Decides what happens to a post of these bytes.
type Decide = Box<dyn FnMut(&str) -> Option<PostFault> + Send>;

/// The posts of one backend. Clones are the same posts.
#[derive(Clone, Default)]
pub struct Posts(Arc<Mutex<Option<Decide>>>);

impl Posts {
    /// Lets `decide` see every frame that is posted from now on, and say what happens to it.
    pub fn decide(&self, decide: impl FnMut(&str) -> Option<PostFault> + Send + 'static) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Box::new(decide));
    }

    /// Nothing happens to posts any more.
    pub fn clear(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
    }

    /// Lets a server's posts go through here.
    pub fn set(&self, options: &mut Options) {
        let posts = self.clone();
        let around = move |plain| SharedHttpClient::new(Client { posts: posts.clone(), plain });
        options.http_clients.sockets = Some(Around(Arc::new(around)));
    }

    fn fault(&self, request: &HttpRequest) -> Option<PostFault> {
        let frame = String::from_utf8_lossy(request.body().bytes().unwrap_or_default());
        let mut decide = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        decide.as_mut().and_then(|decide| decide(&frame))
    }
}

impl std::fmt::Debug for Posts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Posts")
    }
}

#[derive(Debug)]
struct Client {
    posts: Posts,
    plain: SharedHttpClient,
}

#[derive(Debug)]
struct Connector {
    posts: Posts,
    plain: SharedHttpConnector,
}

impl HttpClient for Client {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        let plain = self.plain.http_connector(settings, components);
        SharedHttpConnector::new(Connector { posts: self.posts.clone(), plain })
    }
}

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        match self.posts.fault(&request) {
            None => self.plain.call(request),
            Some(PostFault::Throttle) => answer(429, "LimitExceededException"),
            Some(PostFault::Gone) => answer(410, "GoneException"),
            Some(PostFault::LoseAnswer) => {
                let sent = self.plain.call(request);
                HttpConnectorFuture::new(async move {
                    sent.await?;
                    Err(ConnectorError::io("the connection broke".into()))
                })
            }
        }
    }
}

fn answer(status: u16, exception: &'static str) -> HttpConnectorFuture {
    let status = status.try_into().expect("a status");
    let mut response = HttpResponse::new(status, SdkBody::from("{}"));
    response.headers_mut().insert("x-amzn-errortype", exception);
    HttpConnectorFuture::ready(Ok(response))
}
