//! Everything put together.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use messaging_authorizer::PublicKeys;
use shared::identity::{ACCESS_TOKEN_OUTLIVED, HostedSignIn};
use tokio::net::TcpListener;

use crate::backend::Engines;
use crate::data::DataFolder;
use crate::engine::EngineError;
use crate::engine::cognito::hosted_ui;
use crate::engine::dynamodb::DynamoDb;
use crate::error::StartError;
use crate::mapping::{self, Mapping, Sources, Streams};
use crate::permissions::Permissions;
use crate::realtime::{self, Hub, SocketLimits};
use crate::serving::Serving;
use crate::storage::HttpClients;
use crate::{gateway, outbox, reference, web};

/// What a server is started with.
#[derive(Debug, Clone)]
pub struct Options {
    /// The address to listen on: a name or a number.
    pub host: String,
    /// The port to listen on; 0 for any that is free.
    pub port: u16,
    /// The folder that holds all state; made where there is none.
    pub data: PathBuf,
    /// Whether a registration waits for the code that is sent, as on AWS, or is confirmed at once.
    pub confirm_registration: bool,
    /// Whether nobody gets in without a second factor, as with `mfa = "ON"` on AWS; else everybody may have one.
    pub require_mfa: bool,
    /// How many messages a second one sender may write into one conversation; none: as many as they like.
    pub flood_limit: Option<u32>,
    /// How many may register from one address within an hour; none: as many as they like.
    pub registration_limit: Option<u32>,
    /// What the handlers reach DynamoDB through.
    pub http_clients: HttpClients,
    /// The DynamoDB Local that holds the tables, for tests that ask it for a second opinion; none: the embedded engine.
    pub dynamodb_local: Option<SocketAddr>,
    /// When sockets are ended.
    pub socket_limits: SocketLimits,
    /// The visibility timeout of all queues, for tests that let messages fail; none: that of `queues.json`.
    pub queue_visibility: Option<Duration>,
    /// When an erased account is looked at once more: when no access token of it is good any more.
    pub last_look: Duration,
    /// Where the public keys of RS256 tokens for the notifications are read; none: only HS256 is accepted.
    pub messaging_jwks_url: Option<String>,
    /// How long mail and text messages take to be taken, for benchmarks and tests; none: no time.
    pub provider_delay: Option<Duration>,
}

impl Options {
    /// Any free port of loopback, state in `data`, and everything else as `cargo run` has it.
    #[must_use]
    pub fn new(data: impl Into<PathBuf>) -> Self {
        Self {
            host: Ipv4Addr::LOCALHOST.to_string(),
            port: 0,
            data: data.into(),
            confirm_registration: false,
            require_mfa: false,
            flood_limit: None,
            registration_limit: None,
            http_clients: HttpClients::default(),
            dynamodb_local: None,
            socket_limits: SocketLimits::default(),
            queue_visibility: None,
            last_look: ACCESS_TOKEN_OUTLIVED,
            messaging_jwks_url: None,
            provider_delay: None,
        }
    }
}

/// A running server. Several can run in one process, each on a folder of its own.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    dynamodb: aws_sdk_dynamodb::Client,
    sockets: realtime::Sockets,
    gateway: Serving,
    mappings: Vec<Mapping>,
    services: Serving,
    engine: Option<DynamoDb>,
    data: DataFolder,
}

/// Starts a server; when this returns, it answers.
///
/// # Errors
/// See [`StartError`].
pub async fn start(options: Options) -> Result<Server, StartError> {
    let listener = listen(&options.host, options.port).await?;
    let address = listener.local_addr().map_err(EngineError::from)?;
    let data = DataFolder::open(&options.data)?;
    let functions = shared::routes::functions().map_err(unreadable("routes.json"))?;
    let engines = Engines::open(&options, &data)?;
    let permissions = Permissions::new(functions.clone());
    let storage = engines.open_storage(&options, &data.database(), &permissions).await?;
    let (services_address, services) = engines.start_services().await?;

    let hub = Hub::default();
    let messaging_keys = messaging_keys(options.messaging_jwks_url.as_deref())?;
    let hosted = hosted_sign_in(address)?;
    let world = engines.worlds(&options, address, services_address, &hub, messaging_keys, hosted);
    let events = world(&storage.events).events();
    let endpoints = world(&storage.routes).endpoints();
    let sources = Sources {
        sqs: Arc::clone(&engines.sqs),
        streams: Streams {
            client: storage.streams,
            written: storage.writes.subscribe(),
            documents: engines.documents.clone(),
            records: storage.records,
        },
        reports: engines.messaging.reports(),
    };
    let mappings = mapping::start(&functions, &events, &sources)?;

    let sockets = realtime::Sockets::new(&functions, &events, options.socket_limits, hub.clone())?;
    let router = gateway::router(&functions, &endpoints, &events, engines.verifier())?
        .merge(hosted_ui::router(Arc::clone(&engines.pool)))
        .merge(outbox::router(Arc::clone(&engines.messaging)))
        .merge(sockets.router())
        .merge(reference::router())
        .merge(web::router(hosted_ui::PATH, engines.pool.client_id()));
    let gateway = Serving::start(listener, router);
    let (dynamodb, engine) = (storage.routes, storage.engine);
    Ok(Server { address, dynamodb, sockets, gateway, mappings, services, engine, data })
}

impl Server {
    /// The address that it listens on.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where its routes are.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The data folder, absolute.
    #[must_use]
    pub fn data(&self) -> &Path {
        self.data.path()
    }

    /// The tables, for tests that look at them; through the same HTTP client as the handlers.
    #[must_use]
    pub fn dynamodb(&self) -> &aws_sdk_dynamodb::Client {
        &self.dynamodb
    }

    /// Accepts nothing more, answers what runs, and lets the data folder go.
    pub async fn stop(self) {
        self.sockets.stop().await;
        self.gateway.stop().await;
        join_all(self.mappings.into_iter().map(Mapping::stop)).await;
        self.services.stop().await;
        if let Some(engine) = self.engine {
            engine.stop().await;
        }
        drop(self.data);
    }
}

async fn listen(host: &str, port: u16) -> Result<TcpListener, StartError> {
    TcpListener::bind((host, port)).await.map_err(|source| {
        let address = format!("{host}:{port}");
        match source.kind() {
            io::ErrorKind::AddrInUse => StartError::PortInUse { address },
            _ => StartError::Listen { address, source },
        }
    })
}

fn messaging_keys(url: Option<&str>) -> Result<Option<PublicKeys>, StartError> {
    let keys = url.map(PublicKeys::new).transpose();
    keys.map_err(|source| StartError::MessagingKeys { source })
}

/// The pages are this server's own, and send people to its web client, under either name of this machine.
fn hosted_sign_in(address: SocketAddr) -> Result<HostedSignIn, StartError> {
    let pages = format!("http://{address}{}", hosted_ui::PATH);
    let web_client = [address.to_string(), format!("localhost:{}", address.port())];
    let web_client = web_client.map(|host| format!("http://{host}/"));
    let hosted = HostedSignIn::new(&pages, web_client.into());
    hosted.map_err(|source| StartError::HostedSignIn { source })
}

pub(crate) fn unreadable(file: &'static str) -> impl FnOnce(serde_json::Error) -> StartError {
    move |source| StartError::Table { file, source }
}
