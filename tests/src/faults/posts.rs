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
use percent_encoding::percent_decode_str;

/// What happens to a post.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PostFault {
    /// The socket takes nothing more, or the WebSocket API is too busy for it.
    Throttle,
    /// The WebSocket API fails.
    Fail,
    /// The socket is said to be gone.
    Gone,
    /// It arrives, and its answer is lost.
    LoseAnswer,
}

/// A frame on its way to a socket.
#[derive(Debug)]
pub struct Post {
    /// Which socket.
    pub socket: String,
    /// What it says.
    pub frame: String,
}

/// Decides what happens to a post.
type Decide = Box<dyn FnMut(&Post) -> Option<PostFault> + Send>;

/// The posts of one backend. Clones are the same posts.
#[derive(Clone, Default)]
pub struct Posts(Arc<Mutex<Option<Decide>>>);

impl Posts {
    /// Lets `decide` see every frame that is posted from now on, and say what happens to it.
    pub fn decide(&self, decide: impl FnMut(&Post) -> Option<PostFault> + Send + 'static) {
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
        if request.method() != "POST" {
            return None;
        }
        let frame = String::from_utf8_lossy(request.body().bytes().unwrap_or_default());
        let path = request.uri().split('?').next().unwrap_or_default();
        let socket = path.rsplit('/').next().unwrap_or_default();
        let socket = percent_decode_str(socket).decode_utf8_lossy();
        let post = Post { socket: socket.into_owned(), frame: frame.into_owned() };
        let mut decide = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        decide.as_mut().and_then(|decide| decide(&post))
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
            Some(PostFault::Fail) => answer(500, "InternalServerError"),
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
