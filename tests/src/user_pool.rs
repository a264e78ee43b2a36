//! The user pool of a deployment, with the tester's own AWS credentials.

use std::env;

use aws_config::{BehaviorVersion, Region};
use aws_sdk_cognitoidentityprovider::Client;

use crate::runtime;

/// A pool whose users the tester may confirm.
#[derive(Debug)]
pub(crate) struct UserPool {
    cognito: Client,
    id: String,
}

impl UserPool {
    /// The pool that `CHINWAG_USER_POOL_ID` names; its id begins with its region.
    pub async fn from_env() -> Option<Self> {
        let id = env::var("CHINWAG_USER_POOL_ID").ok()?;
        let (region, _) = id.split_once('_').expect("CHINWAG_USER_POOL_ID is REGION_NAME");
        let config = aws_config::defaults(BehaviorVersion::latest());
        let config = config.region(Region::new(region.to_owned())).load().await;
        Some(Self { cognito: Client::new(&config), id })
    }

    /// Confirms a registration without its code.
    pub async fn confirm(&self, username: &str) {
        let request =
            self.cognito.admin_confirm_sign_up().user_pool_id(&self.id).username(username);
        runtime::run(request.send()).await.expect("the tester may confirm a registration");
    }
}
