//! Tokens for the notifications: JSON Web Tokens, signed with the secret that the authorizer knows (HS256).

use std::env;
use std::time::{SystemTime, UNIX_EPOCH};

use jsonwebtoken::{EncodingKey, Header, encode};
use serde::Serialize;
use serde_json::json;

use crate::aws::{account, refused};
use crate::context::Context;
use crate::error::{Error, Result};

/// Who makes the tokens, as the authorizer wants it.
const ISSUER: &str = "messaging-api";
/// The environment variable that may hold the secret: on a command line others could read it.
const SECRET: &str = "CHINWAG_MESSAGING_API_SECRET";
/// What the local server knows, for loopback only.
const LOCAL_SECRET: &str = "local-messaging-api-secret-0123456789";

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Prints a token. It is signed with the secret of the environment variable `CHINWAG_MESSAGING_API_SECRET`, with that of
    /// --aws-secret, or else with the one that the local server knows.
    Mint(Mint),
}

#[derive(Debug, clap::Args)]
pub struct Mint {
    /// For whom it is: what they send is theirs alone.
    #[arg(value_parser = clap::builder::NonEmptyStringValueParser::new())]
    subject: String,
    /// A mail address to note in it.
    #[arg(long)]
    email: Option<String>,
    /// A customer's id to note in it.
    #[arg(long)]
    customer: Option<String>,
    /// For how many seconds it is good.
    #[arg(long, value_name = "SECONDS", default_value_t = 3_600, value_parser = clap::value_parser!(u64).range(1..=31_536_000))]
    lifetime: u64,
    #[command(flatten)]
    secret: Secret,
}

/// What tokens are signed with: the secret of the environment variable `CHINWAG_MESSAGING_API_SECRET`, or that of the AWS
/// account, or else the one that the local server knows.
#[derive(Debug, clap::Args)]
pub struct Secret {
    /// The name of the secret in the AWS account that the environment says: the output `messaging_secret` of a deployment.
    #[arg(long, value_name = "NAME")]
    aws_secret: Option<String>,
}

/// What a token says.
#[derive(Debug, Serialize)]
pub struct Claims<'a> {
    iss: &'static str,
    sub: &'a str,
    iat: u64,
    exp: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    customer_id: Option<&'a str>,
}

impl Command {
    pub async fn run(self, context: &Context) -> Result<()> {
        let Self::Mint(mint) = self;
        let claims = Claims {
            email: mint.email.as_deref(),
            customer_id: mint.customer.as_deref(),
            ..Claims::new(&mint.subject, mint.lifetime)?
        };
        let token = mint.secret.sign(&claims).await?;
        context.output.answer(&json!({ "token": token }), || token.clone())
    }
}

impl<'a> Claims<'a> {
    /// Those of a token for `subject` that is good for `lifetime` seconds from now on.
    pub fn new(subject: &'a str, lifetime: u64) -> Result<Self> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_err(Error::failed)?.as_secs();
        let exp = now + lifetime;
        Ok(Self { iss: ISSUER, sub: subject, iat: now, exp, email: None, customer_id: None })
    }
}

impl Secret {
    /// A token that says `claims`.
    pub async fn sign(&self, claims: &Claims<'_>) -> Result<String> {
        let key = EncodingKey::from_secret(self.read().await?.as_bytes());
        encode(&Header::default(), claims, &key).map_err(Error::failed)
    }

    async fn read(&self) -> Result<String> {
        if let Some(name) = &self.aws_secret {
            let client = aws_sdk_secretsmanager::Client::new(&account().await);
            let output = client.get_secret_value().secret_id(name).send().await;
            let output = output.map_err(refused)?;
            return output
                .secret_string
                .ok_or_else(|| format!("the secret {name} is no text").into());
        }
        match env::var(SECRET) {
            Ok(secret) if secret.is_empty() => Err(format!("{SECRET} is empty").into()),
            Ok(secret) => Ok(secret),
            Err(env::VarError::NotPresent) => Ok(LOCAL_SECRET.to_owned()),
            Err(error) => Err(format!("{SECRET}: {error}").into()),
        }
    }
}
