//! Everything put together.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use dynoxide::Database;
use futures_util::future::join_all;
use shared::app::App;
use shared::identity::{ClientIdSecret, Identity};
use shared::realtime::{Queue, Realtime};
use shared::store::Store;
use tokio::net::TcpListener;

use crate::data::DataFolder;
use crate::engine::EngineError;
use crate::engine::cognito::UserPool;
use crate::engine::documents::Documents;
use crate::engine::dynamodb::{self, DynamoDb};
use crate::engine::services::Services;
use crate::engine::sqs::Sqs;
use crate::error::StartError;
use crate::functions::World;
use crate::gateway::{self, Verifier};
use crate::mapping::{self, Mapping, Sources, Streams};
use crate::outbox::{self, Outbox};
use crate::realtime::{self, Hub, MANAGEMENT_URL, SocketLimits};
use crate::serving::Serving;
use crate::storage::{HttpClients, Storage};
use crate::{aws, web};

/// The secret that holds the app client's id.
const CLIENT_ID_SECRET: &str = "cognito-client-id";

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
    /// How many messages a second one sender may write into one conversation; none: as many as they like.
    pub flood_limit: Option<u32>,
    /// What the handlers reach DynamoDB through.
    pub http_clients: HttpClients,
    /// The DynamoDB Local that holds the tables, for tests that ask it for a second opinion; none: the embedded engine.
    pub dynamodb_local: Option<SocketAddr>,
    /// When sockets are ended.
    pub socket_limits: SocketLimits,
    /// The visibility timeout of all queues, for tests that let messages fail; none: that of `queues.json`.
    pub queue_visibility: Option<Duration>,
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
            flood_limit: None,
            http_clients: HttpClients::default(),
            dynamodb_local: None,
            socket_limits: SocketLimits::default(),
            queue_visibility: None,
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
    let database = open_database(&data.database())?;
    let documents = Documents::open(database.clone())?;
    let outbox = Arc::new(Outbox::open(documents.clone())?);
    let pool =
        UserPool::open(documents.clone(), Arc::clone(&outbox), options.confirm_registration)?;
    let pool = Arc::new(pool);
    let queues = shared::queues::queues().map_err(unreadable("queues.json"))?;
    let sqs = Arc::new(Sqs::open(&data.queues(), &queues, options.queue_visibility)?);
    let functions = shared::routes::functions().map_err(unreadable("routes.json"))?;

    let storage = open_storage(&options, database, &data.database(), &pool).await?;
    let (services_address, services) = start_services(&pool, &sqs).await?;
    let hub = Hub::default();
    let http_client = options.http_clients.around_sockets(hub.http_client());
    let sockets = aws::config(address, Some(http_client));
    let sockets = shared::realtime::Sockets::new(&sockets, MANAGEMENT_URL);
    let world = |client: &aws_sdk_dynamodb::Client| World {
        identity: Arc::new(identity(&pool, services_address, client.clone())),
        realtime: Arc::new(Realtime::new(
            App::new(Store::new(client.clone(), ""), options.flood_limit),
            sockets.clone(),
        )),
        realtime_url: format!("ws://{address}{}", realtime::PATH),
        gateway: queue(&sqs, services_address, "gateway"),
        push_chunks: queue(&sqs, services_address, "push-chunks"),
    };
    let events = world(&storage.events).events();
    let streams = Streams {
        client: storage.streams,
        written: storage.writes.subscribe(),
        documents,
        records: storage.records,
    };
    let sources = Sources { sqs: Arc::clone(&sqs), streams };
    let mappings = mapping::start(&functions, &events, &sources)?;

    let sockets = realtime::Sockets::new(&functions, &events, options.socket_limits, hub.clone())?;
    let verifier = Verifier::new(&pool.jwks(), &pool.issuer(), pool.client_id());
    let router = gateway::router(&functions, &world(&storage.routes).endpoints(), verifier)?
        .merge(outbox::router(outbox))
        .merge(sockets.router())
        .merge(web::router());
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

fn open_database(path: &Path) -> Result<Database, StartError> {
    dynamodb::open(path).map_err(|error| StartError::Database {
        path: path.to_owned(),
        reason: error.to_string().replace('\n', " "),
    })
}

async fn open_storage(
    options: &Options,
    database: Database,
    file: &Path,
    pool: &UserPool,
) -> Result<Storage, StartError> {
    let tables = shared::tables::tables().map_err(unreadable("tables.json"))?;
    let http_clients = options.http_clients.clone();
    Ok(match options.dynamodb_local {
        Some(address) => {
            Storage::dynamodb_local(address, pool.client_id(), &tables, http_clients).await?
        }
        None => Storage::embedded(database, file, &tables, http_clients)?,
    })
}

fn queue(sqs: &Sqs, services: SocketAddr, name: &str) -> Queue {
    let url = sqs.urls(services).remove(name).unwrap_or_default();
    Queue::new(&aws::config(services, None), url)
}

async fn start_services(
    pool: &Arc<UserPool>,
    sqs: &Arc<Sqs>,
) -> Result<(SocketAddr, Serving), EngineError> {
    let secret = (CLIENT_ID_SECRET.to_owned(), pool.client_id().to_owned());
    let secrets = Arc::new([secret].into_iter().collect());
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let address = listener.local_addr()?;
    let router = Services { pool: Arc::clone(pool), secrets, sqs: Arc::clone(sqs) }.router();
    Ok((address, Serving::start(listener, router)))
}

fn identity(pool: &UserPool, services: SocketAddr, dynamodb: aws_sdk_dynamodb::Client) -> Identity {
    let config = aws::config(services, None);
    let secrets = aws_sdk_secretsmanager::Client::new(&config);
    let secret = ClientIdSecret::new(secrets, CLIENT_ID_SECRET.to_owned());
    let cognito = aws_sdk_cognitoidentityprovider::Client::new(&config);
    let pool = shared::identity::UserPool::new(cognito, pool.id().to_owned(), secret);
    Identity::new(pool, dynamodb, "")
}

fn unreadable(file: &'static str) -> impl FnOnce(serde_json::Error) -> StartError {
    move |source| StartError::Table { file, source }
}
