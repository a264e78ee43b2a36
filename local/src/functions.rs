//! The lambdas of this program by their names in `routes.json`.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use authenticate_code::CodeExchange;
use delete_account::Leaving;
use erasure::Eraser;
use export::Holdings;
use futures_util::FutureExt;
use gateway_delivery::Delivery;
use gateway_message::Gateway;
use graphql::{ApiKeys, GraphQl, Parts};
use messaging_authorizer::Authorizer;
use notify::Notifier;
use push::Pusher;
use realtime_connection::Door;
use realtime_token::Tokens;
use register::Registry;
use shared::app::App;
use shared::events::{EventHandler, event_handler};
use shared::http::{Endpoint, endpoint};
use shared::identity::{HostedSignIn, Identity, Sessions};
use shared::messaging::{Courier, Providers, Senders};
use shared::queue::Queue;
use shared::realtime::Realtime;
use shared::store::{ConnectionTokens, Deliveries, Templates};

use crate::engine::secrets;
use crate::permissions::as_function;

/// What the lambdas work with.
pub struct World {
    /// Accounts.
    pub identity: Arc<Identity>,
    /// How many may register from one address within an hour; none: as many as they like.
    pub registration_limit: Option<u32>,
    /// The hosted sign-in, if there is one.
    pub hosted: Option<HostedSignIn>,
    /// The tables and the sockets.
    pub realtime: Arc<Realtime>,
    /// Where clients connect.
    pub realtime_url: String,
    /// The queue of the accounts to be erased.
    pub erasures: Queue,
    /// When an erasure begins that was broken off before.
    pub erasure_backup: Duration,
    /// When an erased account is looked at once more.
    pub last_look: Duration,
    /// The queue of what other systems have to say.
    pub gateway: Queue,
    /// The queue of the chunks of large groups.
    pub push_chunks: Queue,
    /// The queue of the notifications.
    pub notifications: Queue,
    /// From whom mail and text messages may be sent.
    pub senders: Senders,
    /// The ways out for them.
    pub providers: Providers,
    /// How long nobody else sends a message that one has claimed.
    pub claim: Duration,
    /// When a message of GraphQL's goes out that was broken off.
    pub backup: Duration,
    /// Who may ask for notifications.
    pub authorizer: Arc<Authorizer>,
    /// The secrets.
    pub secrets: aws_sdk_secretsmanager::Client,
}

impl World {
    /// The lambdas with routes of the HTTP API.
    #[must_use]
    pub fn endpoints(&self) -> BTreeMap<&'static str, Endpoint> {
        let store = &self.realtime.app.store;
        let app = Arc::new(self.realtime.app.clone());
        let tokens = ConnectionTokens::new(store.clone());
        let tokens = Arc::new(Tokens::new(tokens, self.realtime_url.clone()));
        let gateway = Arc::new(Gateway::new(store.clone(), self.gateway.clone()));
        let (senders, notifications) = (self.senders.clone(), self.notifications.clone());
        let notifier = Arc::new(Notifier::new(store, senders, notifications));
        let deliveries = Arc::new(Deliveries::new(store.clone()));
        let templates = Arc::new(Templates::new(store.clone()));
        let graphql = Arc::new(self.graphql(&deliveries));
        let app = || Arc::clone(&app);
        let identity = || Arc::clone(&self.identity);
        let realtime = || Arc::clone(&self.realtime);
        let registry = Registry::new(identity(), store.clone(), self.registration_limit);
        let codes = Arc::new(CodeExchange::new(identity(), self.hosted.clone()));
        let sessions = self.sessions();
        let sessions = || Arc::clone(&sessions);
        let holdings = Holdings::new(identity(), self.realtime.app.clone());
        let erasures = self.erasures.clone();
        let leaving = Leaving::new(sessions(), erasures, self.erasure_backup);
        let endpoints = [
            ("register", endpoint(Arc::new(registry), register::handle)),
            ("confirm-registration", endpoint(identity(), confirm_registration::handle)),
            ("authenticate", endpoint(identity(), authenticate::handle)),
            ("authenticate-challenge", endpoint(identity(), authenticate_challenge::handle)),
            ("authenticate-code", endpoint(codes, authenticate_code::handle)),
            ("refresh", endpoint(identity(), refresh::handle)),
            ("sign-out", endpoint(sessions(), sign_out::handle)),
            ("password-reset", endpoint(sessions(), password_reset::handle)),
            ("password-change", endpoint(sessions(), password_change::handle)),
            ("mfa", endpoint(identity(), mfa::handle)),
            ("profile", endpoint(app(), profile::handle)),
            ("export", endpoint(Arc::new(holdings), export::handle)),
            ("delete-account", endpoint(Arc::new(leaving), delete_account::handle)),
            ("users", endpoint(app(), users::handle)),
            ("send", endpoint(app(), send::handle)),
            ("check-messages", endpoint(app(), check_messages::handle)),
            ("conversations", endpoint(app(), conversations::handle)),
            ("history", endpoint(app(), history::handle)),
            ("message", endpoint(app(), message::handle)),
            ("read-position", endpoint(realtime(), read_position::handle)),
            ("block", endpoint(realtime(), block::handle)),
            ("blocks", endpoint(app(), blocks::handle)),
            ("create-group", endpoint(app(), create_group::handle)),
            ("groups", endpoint(app(), groups::handle)),
            ("group", endpoint(realtime(), group::handle)),
            ("members", endpoint(app(), members::handle)),
            ("add-member", endpoint(app(), add_member::handle)),
            ("remove-member", endpoint(app(), remove_member::handle)),
            ("send-group", endpoint(app(), send_group::handle)),
            ("lobby-admins", endpoint(app(), lobby_admins::handle)),
            ("realtime-token", endpoint(tokens, realtime_token::handle)),
            ("gateway-message", endpoint(gateway, gateway_message::handle)),
            ("notify", endpoint(notifier, notify::handle)),
            ("notification", endpoint(deliveries, notification::handle)),
            ("templates", endpoint(templates, templates::handle)),
            ("graphql", endpoint(graphql, graphql::handle)),
        ];
        endpoints.map(|(name, endpoint)| (name, endpoint_as_function(name, endpoint))).into()
    }

    /// The lambdas that are called otherwise.
    #[must_use]
    pub fn events(&self) -> BTreeMap<&'static str, EventHandler> {
        let Realtime { app: App { store, .. }, sockets, .. } = &*self.realtime;
        let tokens = Arc::new(ConnectionTokens::new(store.clone()));
        let door = Arc::new(Door::new(store, sockets.clone(), self.gateway.clone()));
        let pusher = Pusher::new(Realtime::clone(&self.realtime), self.push_chunks.clone());
        let delivery = Arc::new(Delivery::new(store, sockets.clone(), self.gateway.clone()));
        let deliveries = Arc::new(Deliveries::new(store.clone()));
        let courier = Arc::new(self.courier(&deliveries));
        let authorizer = Arc::clone(&self.authorizer);
        let (sessions, erasures) = (self.sessions(), self.erasures.clone());
        let eraser = Eraser::new(sessions, Arc::clone(&self.realtime), erasures, self.last_look);
        let realtime = || Arc::clone(&self.realtime);
        let events = [
            ("realtime-authorizer", event_handler(tokens, realtime_authorizer::handle)),
            ("realtime-connection", event_handler(door, realtime_connection::handle)),
            ("realtime-message", event_handler(realtime(), realtime_message::handle)),
            ("erasure", event_handler(Arc::new(eraser), erasure::handle)),
            ("push", event_handler(Arc::new(pusher), push::handle)),
            ("push-chunk", event_handler(realtime(), push_chunk::handle)),
            ("gateway-delivery", event_handler(delivery, gateway_delivery::handle)),
            ("messaging-authorizer", event_handler(authorizer, messaging_authorizer::handle)),
            ("notification-delivery", event_handler(courier, notification_delivery::handle)),
            ("delivery-events", event_handler(deliveries, delivery_events::handle)),
        ];
        events.map(|(name, handler)| (name, handler_as_function(name, handler))).into()
    }

    fn sessions(&self) -> Arc<Sessions> {
        let Realtime { app: App { store, .. }, sockets, .. } = &*self.realtime;
        let identity = Arc::clone(&self.identity);
        Arc::new(Sessions::new(identity, store.clone(), sockets.clone()))
    }

    fn courier(&self, deliveries: &Deliveries) -> Courier {
        Courier::new(deliveries.clone(), self.providers.clone(), self.claim)
    }

    fn graphql(&self, deliveries: &Deliveries) -> GraphQl {
        GraphQl::new(Parts {
            keys: ApiKeys::new(
                self.secrets.clone(),
                secrets::API_KEYS.to_owned(),
                self.senders.clone(),
            ),
            deliveries: deliveries.clone(),
            courier: self.courier(deliveries),
            queue: self.notifications.clone(),
            backup: self.backup,
            introspection: true,
        })
    }
}

fn endpoint_as_function(name: &'static str, endpoint: Endpoint) -> Endpoint {
    Arc::new(move |request| as_function(name, endpoint(request)).boxed())
}

fn handler_as_function(name: &'static str, handler: EventHandler) -> EventHandler {
    Arc::new(move |event| as_function(name, handler(event)).boxed())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::aws;
    use crate::realtime::MANAGEMENT_URL;
    use messaging_authorizer::SharedSecret;
    use shared::identity::{ACCESS_TOKEN_OUTLIVED, ClientIdSecret, UserPool};
    use shared::messaging::ConfigurationSets;
    use shared::realtime::Sockets;
    use shared::store::Store;

    fn world() -> World {
        let config = aws::config("127.0.0.1:1".parse().unwrap(), None);
        let dynamodb = aws_sdk_dynamodb::Client::new(&config);
        let secrets = aws_sdk_secretsmanager::Client::new(&config);
        let cognito = aws_sdk_cognitoidentityprovider::Client::new(&config);
        let secret = ClientIdSecret::new(secrets.clone(), "secret".to_owned());
        let pool = UserPool::new(cognito, "pool".to_owned(), secret);
        let store = Store::new(dynamodb, "");
        let app = App::new(store.clone(), None);
        let queue = || Queue::new(&config, String::new());
        World {
            identity: Arc::new(Identity::new(pool, store)),
            registration_limit: None,
            hosted: None,
            realtime: Arc::new(Realtime::new(app, Sockets::new(&config, MANAGEMENT_URL))),
            realtime_url: String::new(),
            erasures: queue(),
            erasure_backup: delete_account::BACKUP,
            last_look: ACCESS_TOKEN_OUTLIVED,
            gateway: queue(),
            push_chunks: queue(),
            notifications: queue(),
            senders: Senders::default(),
            providers: Providers::new(&config, ConfigurationSets::default()),
            claim: Courier::CLAIM,
            backup: graphql::BACKUP,
            authorizer: Arc::new(Authorizer::new(
                SharedSecret::new(secrets.clone(), String::new()),
                None,
            )),
            secrets,
        }
    }

    #[test]
    fn every_lambda_of_routes_json_is_here_and_no_other() {
        let (endpoints, events) = (world().endpoints(), world().events());
        for (name, row) in shared::routes::functions().unwrap() {
            let name = name.as_str();
            assert_eq!(endpoints.contains_key(name), !row.routes.is_empty(), "{name}");
            assert_eq!(events.contains_key(name), row.routes.is_empty(), "{name}");
        }
        let here: BTreeSet<&str> = endpoints.into_keys().chain(events.into_keys()).collect();
        assert!(here.iter().eq(shared::routes::functions().unwrap().keys()));
    }

    #[test]
    fn every_folder_of_lambdas_is_in_routes_json_and_no_other() {
        let folders = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../lambdas"));
        let folders = folders.unwrap().map(|folder| folder.unwrap().file_name());
        let folders: BTreeSet<String> = folders.map(|name| name.into_string().unwrap()).collect();
        let named = shared::routes::functions().unwrap();
        assert_eq!(folders, named.into_keys().collect());
    }
}
