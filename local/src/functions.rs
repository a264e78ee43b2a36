//! The lambdas of this program by their names in `routes.json`.

use std::collections::BTreeMap;
use std::sync::Arc;

use shared::app::App;
use shared::events::EventHandler;
use shared::http::{Endpoint, endpoint};
use shared::identity::Identity;

/// Every lambda, each over what it works with.
#[must_use]
pub fn endpoints(app: &Arc<App>, identity: &Arc<Identity>) -> BTreeMap<&'static str, Endpoint> {
    let (app, identity) = (|| Arc::clone(app), || Arc::clone(identity));
    BTreeMap::from([
        ("register", endpoint(identity(), register::handle)),
        ("confirm-registration", endpoint(identity(), confirm_registration::handle)),
        ("authenticate", endpoint(identity(), authenticate::handle)),
        ("refresh", endpoint(identity(), refresh::handle)),
        ("profile", endpoint(app(), profile::handle)),
        ("users", endpoint(app(), users::handle)),
        ("send", endpoint(app(), send::handle)),
        ("check-messages", endpoint(app(), check_messages::handle)),
        ("conversations", endpoint(app(), conversations::handle)),
        ("history", endpoint(app(), history::handle)),
        ("message", endpoint(app(), message::handle)),
        ("read-position", endpoint(app(), read_position::handle)),
        ("block", endpoint(app(), block::handle)),
        ("blocks", endpoint(app(), blocks::handle)),
        ("create-group", endpoint(app(), create_group::handle)),
        ("groups", endpoint(app(), groups::handle)),
        ("group", endpoint(app(), group::handle)),
        ("members", endpoint(app(), members::handle)),
        ("add-member", endpoint(app(), add_member::handle)),
        ("remove-member", endpoint(app(), remove_member::handle)),
        ("send-group", endpoint(app(), send_group::handle)),
    ])
}

/// Every lambda that no HTTP request calls.
#[must_use]
pub fn events() -> BTreeMap<&'static str, EventHandler> {
    BTreeMap::new()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::aws;
    use shared::identity::{ClientIdSecret, UserPool};

    #[test]
    fn every_lambda_of_routes_json_is_here_and_no_other() {
        let config = aws::config("127.0.0.1:1".parse().unwrap(), None);
        let dynamodb = aws_sdk_dynamodb::Client::new(&config);
        let secrets = aws_sdk_secretsmanager::Client::new(&config);
        let cognito = aws_sdk_cognitoidentityprovider::Client::new(&config);
        let secret = ClientIdSecret::new(secrets, "secret".to_owned());
        let pool = UserPool::new(cognito, "pool".to_owned(), secret);
        let identity = Arc::new(Identity::new(pool, dynamodb.clone(), ""));
        let app = Arc::new(App::new(dynamodb, "", None));

        let named = shared::routes::functions().unwrap();
        assert!(endpoints(&app, &identity).keys().eq(named.keys()));
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
