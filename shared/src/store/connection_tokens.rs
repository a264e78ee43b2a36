//! `ConnectionTokens`: SHA-256 of a token → whose it is. A token lets one socket in, once, within 30 s, and is stored nowhere.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use aws_sdk_dynamodb::operation::delete_item::DeleteItemError;
use aws_sdk_dynamodb::types::ReturnValue;

use super::{Result, Store, StoreError, from_item, text, to_item};
use crate::model::{Timestamp, UserId};

const TABLE: &str = "ConnectionTokens";
/// Who makes the tokens.
const ISSUER: &str = "urn:chinwag:realtime-token";
/// Who takes them.
const AUDIENCE: &str = "urn:chinwag:realtime";
/// 256 bits.
const TOKEN_BYTES: usize = 32;

/// The tokens that were not used yet.
#[derive(Debug, Clone)]
pub struct ConnectionTokens {
    store: Store,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    token_hash: String,
    user_id: UserId,
    session_began: i64,
    issuer: String,
    audience: String,
    /// The time to live deletes late: this is what counts.
    good_until: Timestamp,
    expires_at: i64,
}

impl ConnectionTokens {
    /// How long a token is good.
    pub const GOOD_FOR_SECONDS: u32 = 30;

    /// Over `store`.
    #[must_use]
    pub fn new(store: Store) -> Self {
        Self { store }
    }

    /// A new token for `user`, of a session that began at `session_began`, in seconds of the Unix epoch.
    ///
    /// # Errors
    /// When DynamoDB cannot be asked, or the system has no random numbers.
    pub async fn issue(&self, user: &UserId, session_began: i64) -> Result<String> {
        let mut bytes = [0; TOKEN_BYTES];
        getrandom::fill(&mut bytes).map_err(|error| StoreError::fault(error.to_string()))?;
        let token = URL_SAFE_NO_PAD.encode(bytes);
        let good_until = Timestamp::now().plus_millis(i64::from(Self::GOOD_FOR_SECONDS) * 1_000);
        let row = Row {
            token_hash: hash(&token),
            user_id: user.clone(),
            session_began,
            issuer: ISSUER.to_owned(),
            audience: AUDIENCE.to_owned(),
            good_until,
            expires_at: good_until.epoch_seconds() + 1,
        };
        let request = self.store.client.put_item().table_name(self.store.table(TABLE));
        request.set_item(Some(to_item(&row)?)).send().await?;
        Ok(token)
    }

    /// Uses up `token`: of all who try at once, one is told whose it is, and when the session began in which it was issued. An
    /// expired one is nobody's.
    ///
    /// # Errors
    /// When DynamoDB cannot be asked.
    pub async fn redeem(&self, token: &str) -> Result<Option<(UserId, i64)>> {
        let request = self.store.client.delete_item().table_name(self.store.table(TABLE));
        let deleted = request
            .key("tokenHash", text(hash(token)))
            .condition_expression("attribute_exists(tokenHash)")
            .return_values(ReturnValue::AllOld)
            .send()
            .await;
        let output = match deleted {
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(DeleteItemError::is_conditional_check_failed_exception) =>
            {
                return Ok(None);
            }
            deleted => deleted?,
        };
        let row: Option<Row> = output.attributes.map(from_item).transpose()?;
        let ours = |row: &Row| row.issuer == ISSUER && row.audience == AUDIENCE;
        let in_time = |row: &Row| row.good_until > Timestamp::now();
        Ok(row.filter(|row| ours(row) && in_time(row)).map(|row| (row.user_id, row.session_began)))
    }
}

fn hash(token: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(token))
}
