//! Everything put together.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use aws_smithy_runtime_api::client::http::SharedHttpClient;
use dynoxide::Database;
use futures_util::future::join_all;
use shared::app::App;
use shared::identity::{ClientIdSecret, Identity};
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::aws::WriteWatch;
use crate::data::DataFolder;
use crate::engine::cognito::UserPool;
use crate::engine::documents::Documents;
use crate::engine::dynamodb::{self, DynamoDb};
use crate::engine::services::Services;
use crate::engine::sqs::Sqs;
use crate::engine::streams::StreamRecords;
use crate::engine::{EngineError, dynamodb_local, tables};
use crate::error::StartError;
use crate::gateway::{self, Verifier};
use crate::mapping::{self, Mapping, Sources, Streams};
use crate::outbox::{self, Outbox};
use crate::realtime::{SocketLimits, Sockets};
use crate::serving::Serving;
use crate::{aws, functions, web};

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
    /// What the handlers reach DynamoDB through, for tests that let calls fail; none: plain HTTP.
    pub dynamodb_http_client: Option<SharedHttpClient>,
    /// The DynamoDB Local that holds the tables, for tests that ask it for a second opinion; none: the embedded engine.
    pub dynamodb_local: Option<SocketAddr>,
    /// The visibility timeout of all queues, for tests that let messages fail; none: that of `queues.json`.
    pub queue_visibility: Option<Duration>,
    /// When a socket that is otherwise well is ended.
    pub socket_limits: SocketLimits,
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
            dynamodb_http_client: None,
            dynamodb_local: None,
            queue_visibility: None,
            socket_limits: SocketLimits::default(),
        }
    }
}

/// A running server. Several can run in one process, each on a folder of its own.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    dynamodb: aws_sdk_dynamodb::Client,
    gateway: Serving,
    sockets: Sockets,
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

    let tables = start_dynamodb(&options, &data, database, &pool).await?;
    let queues = shared::queues::queues().map_err(unreadable("queues.json"))?;
    let sqs = Arc::new(Sqs::open(&data.queues(), &queues, options.queue_visibility)?);
    let services = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.map_err(EngineError::from)?;
    let services_address = services.local_addr().map_err(EngineError::from)?;

    let app = Arc::new(App::new(tables.client.clone(), "", options.flood_limit));
    let identity = Arc::new(identity(&pool, services_address, tables.client.clone()));
    let (endpoints, events) = (functions::endpoints(&app, &identity), functions::events());
    let verifier = Verifier::new(&pool.jwks(), &pool.issuer(), pool.client_id());
    let routes = shared::routes::functions().map_err(unreadable("routes.json"))?;
    let sockets = Sockets::new(&routes, &events, options.socket_limits)?;
    let router = gateway::router(&routes, &endpoints, verifier)?
        .merge(outbox::router(outbox))
        .merge(sockets.router())
        .merge(web::router());
    let secrets = (CLIENT_ID_SECRET.to_owned(), pool.client_id().to_owned());
    let secrets = Arc::new([secrets].into_iter().collect());
    let engines = Services { pool, secrets, sqs: Arc::clone(&sqs) }.router();
    let services = Serving::start(services, engines.merge(sockets.management()));
    let streams = Streams {
        client: tables.streams,
        written: tables.written,
        documents,
        records: tables.records,
    };
    let mappings = mapping::start(&routes, &events, &Sources { sqs, streams })?;
    let gateway = Serving::start(listener, router);
    let (dynamodb, engine) = (tables.client, tables.engine);
    Ok(Server { address, dynamodb, gateway, sockets, mappings, services, engine, data })
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

    /// Closes the sockets, accepts nothing more, answers what runs, and lets the data folder go.
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

/// The DynamoDB that holds the tables.
struct Tables {
    client: aws_sdk_dynamodb::Client,
    streams: aws_sdk_dynamodbstreams::Client,
    written: watch::Receiver<()>,
    /// The engine and what it keeps of the streams, where it is ours.
    engine: Option<DynamoDb>,
    records: Option<Arc<StreamRecords>>,
}

/// With all tables made.
async fn start_dynamodb(
    options: &Options,
    data: &DataFolder,
    database: Database,
    pool: &UserPool,
) -> Result<Tables, StartError> {
    let tables = shared::tables::tables().map_err(unreadable("tables.json"))?;
    let with_stream = tables.iter().filter(|(_, table)| table.stream.is_some());
    let watch = WriteWatch::new(with_stream.map(|(name, _)| name.clone()));
    let http_client = options.dynamodb_http_client.clone();
    let (config, plain, engine, records);
    if let Some(address) = options.dynamodb_local {
        plain = dynamodb_local::config(address, pool.client_id(), None);
        config = dynamodb_local::config(address, pool.client_id(), http_client);
        dynamodb_local::create_tables(&aws_sdk_dynamodb::Client::new(&plain), &tables).await?;
        (engine, records) = (None, None);
    } else {
        tables::create(&database, &tables)?;
        records = Some(Arc::new(StreamRecords::open(&data.database())?));
        let started = DynamoDb::start(database)?;
        plain = aws::config(started.address(), None);
        config = aws::config(started.address(), http_client);
        engine = Some(started);
    }
    let streams = aws_sdk_dynamodbstreams::Client::new(&plain);
    let (client, written) = (watch.client(&config), watch.subscribe());
    Ok(Tables { client, streams, written, engine, records })
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
