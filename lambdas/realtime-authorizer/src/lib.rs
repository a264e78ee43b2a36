//! The authorizer of the WebSocket API: lets in whoever brings a token that was not used yet, and uses it up.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use shared::error::Result;
use shared::model::UserId;
use shared::store::{ConnectionTokens, Store};

/// As the lambda's environment says: as [`Store::from_env`].
///
/// # Errors
/// Names the variable that is missing.
pub async fn from_env() -> Result<ConnectionTokens, lambda_http::Error> {
    Ok(ConnectionTokens::new(Store::from_env().await?))
}

/// A handshake.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Handshake {
    /// What is to be allowed or denied.
    method_arn: String,
    #[serde(default)]
    query_string_parameters: Option<Query>,
}

#[derive(Debug, Deserialize)]
struct Query {
    token: Option<String>,
}

/// Whether the handshake may go on, and whose socket it is.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Verdict {
    principal_id: String,
    policy_document: Value,
    context: Value,
}

/// Handles a handshake.
pub async fn handle(tokens: Arc<ConnectionTokens>, handshake: Handshake) -> Result<Verdict> {
    let token = handshake.query_string_parameters.and_then(|query| query.token);
    let session = match token {
        Some(token) => tokens.redeem(&token).await?,
        None => None,
    };
    Ok(verdict(&handshake.method_arn, session.as_ref()))
}

fn verdict(method_arn: &str, session: Option<&(UserId, i64)>) -> Verdict {
    let user = session.map(|(user, _)| user);
    Verdict {
        principal_id: user.map_or("nobody", UserId::as_str).to_owned(),
        policy_document: json!({
            "Version": "2012-10-17",
            "Statement": [{
                "Action": "execute-api:Invoke",
                "Effect": if user.is_some() { "Allow" } else { "Deny" },
                "Resource": method_arn,
            }],
        }),
        context: session.map_or_else(
            || json!({}),
            // The WebSocket API makes texts of numbers.
            |(user, began)| json!({ "userId": user, "sessionBegan": began.to_string() }),
        ),
    }
}
