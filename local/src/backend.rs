//! The engines of one server, and the lambdas' world of them.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;

use aws_config::SdkConfig;
use dynoxide::Database;
use messaging_authorizer::{Authorizer, PublicKeys, SharedSecret};
use shared::app::App;
use shared::identity::{ClientIdSecret, HostedSignIn, Identity};
use shared::messaging::{ConfigurationSets, Courier, Providers};
use shared::queue::Queue;
use shared::realtime::{Realtime, Sockets};
use shared::store::Store;
use tokio::net::TcpListener;

use crate::aws;
use crate::data::DataFolder;
use crate::engine::cognito::{Settings, UserPool};
use crate::engine::documents::Documents;
use crate::engine::messaging::{self, Messaging};
use crate::engine::secrets::{self, Secrets};
use crate::engine::services::Services;
use crate::engine::sqs::Sqs;
use crate::engine::{Result, dynamodb};
use crate::error::StartError;
use crate::functions::World;
use crate::gateway::Verifier;
use crate::outbox::Outbox;
use crate::permissions::Permissions;
use crate::realtime::{self, Hub, MANAGEMENT_URL};
use crate::server::{Options, unreadable};
use crate::serving::Serving;
use crate::storage::Storage;

/// The configuration set of both services; here there is one.
const SET: &str = "local";

/// What stands in for AWS, on one data folder; the tables are in [`Storage`].
pub struct Engines {
    /// The database.
    pub database: Database,
    /// What the engines keep for themselves.
    pub documents: Documents,
    /// Cognito.
    pub pool: Arc<UserPool>,
    /// SQS.
    pub sqs: Arc<Sqs>,
    /// SES and End User Messaging.
    pub messaging: Arc<Messaging>,
}

impl Engines {
    /// The engines on `data`.
    ///
    /// # Errors
    /// When a file there cannot be read.
    pub fn open(options: &Options, data: &DataFolder) -> Result<Self, StartError> {
        let database = open_database(&data.database())?;
        let documents = Documents::open(database.clone())?;
        let outbox = Arc::new(Outbox::open(documents.clone())?);
        let messaging =
            Messaging::open(documents.clone(), Arc::clone(&outbox), options.provider_delay)?;
        let settings = Settings {
            confirm_registration: options.confirm_registration,
            require_mfa: options.require_mfa,
        };
        let pool = UserPool::open(documents.clone(), outbox, settings)?;
        let queues = shared::queues::queues().map_err(unreadable("queues.json"))?;
        let sqs = Sqs::open(&data.queues(), &queues, options.queue_visibility)?;
        let (pool, sqs, messaging) = (Arc::new(pool), Arc::new(sqs), Arc::new(messaging));
        Ok(Self { database, documents, pool, sqs, messaging })
    }

    /// The tables, in the database, which is in `file`, or where the options say; lambdas may do with them what `permissions`
    /// say.
    ///
    /// # Errors
    /// When the engine refuses.
    pub async fn open_storage(
        &self,
        options: &Options,
        file: &Path,
        permissions: &Permissions,
    ) -> Result<Storage, StartError> {
        let tables = shared::tables::tables().map_err(unreadable("tables.json"))?;
        let http_clients = options.http_clients.clone();
        Ok(match options.dynamodb_local {
            Some(address) => {
                let client_id = self.pool.client_id();
                Storage::dynamodb_local(address, client_id, &tables, permissions, http_clients)
                    .await?
            }
            None => {
                Storage::embedded(self.database.clone(), file, &tables, permissions, http_clients)?
            }
        })
    }

    /// Lets the services answer on loopback.
    ///
    /// # Errors
    /// When there is no socket to be had.
    pub async fn start_services(&self) -> Result<(SocketAddr, Serving)> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let services = Services {
            pool: Arc::clone(&self.pool),
            secrets: Arc::new(Secrets::new(self.pool.client_id())),
            sqs: Arc::clone(&self.sqs),
            messaging: Arc::clone(&self.messaging),
        };
        Ok((address, Serving::start(listener, services.router())))
    }

    /// Who may call the routes that ask for an access token.
    #[must_use]
    pub fn verifier(&self) -> Verifier {
        Verifier::new(&self.pool.jwks(), &self.pool.issuer(), self.pool.client_id())
    }

    /// What the lambdas work with, where the server listens at `address` and the services do at `services`: for each client
    /// of the tables a world.
    pub fn worlds(
        &self,
        options: &Options,
        address: SocketAddr,
        services: SocketAddr,
        hub: &Hub,
        messaging_keys: Option<PublicKeys>,
        hosted: HostedSignIn,
    ) -> impl Fn(&aws_sdk_dynamodb::Client) -> World {
        let http_client = options.http_clients.around_sockets(hub.http_client());
        let sockets = Sockets::new(&aws::config(address, Some(http_client)), MANAGEMENT_URL);
        let config = aws::config(services, None);
        let urls = self.sqs.urls(services);
        let senders = messaging::senders();
        let sets = ConfigurationSets { email: SET.to_owned(), sms: SET.to_owned() };
        let providers = Providers::new(&config, sets);
        let secrets = aws_sdk_secretsmanager::Client::new(&config);
        let secret = SharedSecret::new(secrets.clone(), secrets::MESSAGING_API.to_owned());
        let authorizer = Arc::new(Authorizer::new(secret, messaging_keys));
        // Over by the time that the same message comes again, as Courier::CLAIM is.
        let claim = options
            .queue_visibility
            .map_or(Courier::CLAIM, |visibility| (visibility * 5 / 6).min(Courier::CLAIM));
        let backup =
            options.queue_visibility.map_or(graphql::BACKUP, |some| some.min(graphql::BACKUP));
        let erasure_backup = options
            .queue_visibility
            .map_or(delete_account::BACKUP, |some| some.min(delete_account::BACKUP));
        move |client| World {
            identity: Arc::new(identity(&self.pool, &config, client.clone())),
            registration_limit: options.registration_limit,
            hosted: Some(hosted.clone()),
            realtime: Arc::new(Realtime::new(
                App::new(Store::new(client.clone(), ""), options.flood_limit),
                sockets.clone(),
            )),
            realtime_url: format!("ws://{address}{}", realtime::PATH),
            gateway: queue(&urls, &config, "gateway"),
            erasures: queue(&urls, &config, "erasures"),
            erasure_backup,
            last_look: options.last_look,
            push_chunks: queue(&urls, &config, "push-chunks"),
            notifications: queue(&urls, &config, "notifications"),
            senders: senders.clone(),
            providers: providers.clone(),
            claim,
            backup,
            authorizer: Arc::clone(&authorizer),
            secrets: secrets.clone(),
        }
    }
}

fn open_database(path: &Path) -> Result<Database, StartError> {
    dynamodb::open(path).map_err(|error| StartError::Database {
        path: path.to_owned(),
        reason: error.to_string().replace('\n', " "),
    })
}

fn queue(urls: &BTreeMap<String, String>, config: &SdkConfig, name: &str) -> Queue {
    Queue::new(config, urls.get(name).cloned().unwrap_or_default())
}

fn identity(pool: &UserPool, config: &SdkConfig, dynamodb: aws_sdk_dynamodb::Client) -> Identity {
    let secrets = aws_sdk_secretsmanager::Client::new(config);
    let secret = ClientIdSecret::new(secrets, secrets::CLIENT_ID.to_owned());
    let cognito = aws_sdk_cognitoidentityprovider::Client::new(config);
    let pool = shared::identity::UserPool::new(cognito, pool.id().to_owned(), secret);
    Identity::new(pool, Store::new(dynamodb, ""))
}
