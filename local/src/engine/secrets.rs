//! Secrets Manager: the secrets that the lambdas read, each with one version.

use std::collections::BTreeMap;
use std::fmt::Write;

use aws_lc_rs::digest::{SHA256, digest};
use serde::Deserialize;
use serde_json::{Value, json};
use shared::model::Timestamp;

use super::aws_json::{Outcome, Refusal, run};
use super::messaging;

/// The service's name in `X-Amz-Target`.
pub const SERVICE: &str = "secretsmanager";

/// The secret that holds the app client's id.
pub const CLIENT_ID: &str = "cognito-client-id";

/// The secret that signs the tokens of the notifications.
pub const MESSAGING_API: &str = "messaging-api";

/// The secret that knows the API keys, by their hashes.
pub const API_KEYS: &str = "api-keys";

/// What signs the tokens of the notifications here, for loopback only.
pub const MESSAGING_API_SECRET: &str = "local-messaging-api-secret-0123456789";

/// The API key here, for loopback only.
pub const API_KEY: &str = "local-api-key";

/// The stage of the version that a caller gets who names none.
const CURRENT: &str = "AWSCURRENT";

/// The secrets by name.
#[derive(Debug, Clone)]
pub struct Secrets {
    values: BTreeMap<&'static str, String>,
    created_at: Timestamp,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
struct GetSecretValue {
    secret_id: String,
    version_stage: Option<String>,
}

impl Secrets {
    /// All of them, where the app client has the id `client_id`.
    #[must_use]
    pub fn new(client_id: &str) -> Self {
        let values = BTreeMap::from([
            (CLIENT_ID, client_id.to_owned()),
            (MESSAGING_API, MESSAGING_API_SECRET.to_owned()),
            (API_KEYS, api_keys().to_string()),
        ]);
        Self { values, created_at: Timestamp::now() }
    }

    /// Answers a call.
    ///
    /// # Errors
    /// As Secrets Manager.
    pub fn call(&self, operation: &str, body: &[u8]) -> Outcome {
        match operation {
            "GetSecretValue" => run(body, |input| self.get(&input)),
            _ => Err(Refusal::unknown_operation()),
        }
    }

    fn get(&self, input: &GetSecretValue) -> Result<Value, Refusal> {
        let secret = self.values.get(input.secret_id.as_str());
        let secret = secret.ok_or_else(|| not_found("secret."))?;
        let stage = input.version_stage.as_deref().unwrap_or(CURRENT);
        if stage != CURRENT {
            return Err(not_found(&format!("secret value for staging label: {stage}")));
        }
        Ok(json!({
            "Name": input.secret_id,
            "SecretString": secret,
            "VersionStages": [CURRENT],
            "CreatedDate": self.created_at.epoch_seconds(),
        }))
    }
}

fn not_found(what: &str) -> Refusal {
    let message = format!("Secrets Manager can't find the specified {what}");
    Refusal { code: "ResourceNotFoundException", message }
}

fn api_keys() -> Value {
    let hash = digest(&SHA256, API_KEY.as_bytes());
    let key =
        json!({ "name": "local", "sha256": hex(hash.as_ref()), "senders": messaging::senders() });
    json!({ "keys": [key] })
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn get(input: &Value) -> Result<Value, String> {
        let answer = Secrets::new("client").call("GetSecretValue", input.to_string().as_bytes());
        let answer = answer.map_err(|refusal| format!("{}: {}", refusal.code, refusal.message))?;
        Ok(serde_json::from_slice(&answer).unwrap())
    }

    #[test]
    fn a_secret_has_its_current_version_alone() {
        let current = get(&json!({ "SecretId": MESSAGING_API })).unwrap();
        assert_eq!(current["SecretString"], MESSAGING_API_SECRET);
        assert!(Timestamp::now().epoch_seconds() - current["CreatedDate"].as_i64().unwrap() < 60);
        let named = get(&json!({ "SecretId": CLIENT_ID, "VersionStage": CURRENT })).unwrap();
        assert_eq!(named["SecretString"], "client");
        for missing in [
            json!({ "SecretId": CLIENT_ID, "VersionStage": "AWSPREVIOUS" }),
            json!({ "SecretId": "nothing" }),
        ] {
            assert!(get(&missing).unwrap_err().starts_with("ResourceNotFoundException: "));
        }
    }

    #[test]
    fn an_api_key_is_known_by_its_hash_alone() {
        let keys = get(&json!({ "SecretId": API_KEYS })).unwrap();
        let keys: Value = serde_json::from_str(keys["SecretString"].as_str().unwrap()).unwrap();
        let hash = "024f6c9525465fbec0047e2686f02a413c52241fde8af273148c419fa18fb312";
        let senders = json!({ "email": ["sender@example.com"], "sms": ["+18005551234"] });
        let key = json!({ "name": "local", "sha256": hash, "senders": senders });
        assert_eq!(keys, json!({ "keys": [key] }));
    }
}
