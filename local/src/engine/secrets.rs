//! Secrets Manager: the secrets that the lambdas read.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

use super::aws_json::{Outcome, Refusal, run};

/// The service's name in `X-Amz-Target`.
pub const SERVICE: &str = "secretsmanager";

/// The secrets by name.
#[derive(Debug, Clone, Default)]
pub struct Secrets(BTreeMap<String, String>);

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct GetSecretValue {
    secret_id: String,
}

impl FromIterator<(String, String)> for Secrets {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(secrets: I) -> Self {
        Self(secrets.into_iter().collect())
    }
}

impl Secrets {
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
        let secret = self.0.get(&input.secret_id).ok_or_else(|| Refusal {
            code: "ResourceNotFoundException",
            message: "Secrets Manager can't find the specified secret.".to_owned(),
        })?;
        Ok(json!({
            "Name": input.secret_id,
            "SecretString": secret,
            "VersionStages": ["AWSCURRENT"],
        }))
    }
}
