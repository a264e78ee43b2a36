//! Tokens for the notifications: JSON Web Tokens, signed with the secret that the authorizer knows (HS256).

use std::env;
use std::time::{SystemTime, UNIX_EPOCH};

use jsonwebtoken::{EncodingKey, Header, encode};
use serde::Serialize;

use crate::{Result, account, refused, say};

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
    /// The name of the secret in the AWS account that the environment says: the output `messaging_secret` of a deployment.
    #[arg(long, value_name = "NAME")]
    aws_secret: Option<String>,
}

/// What a token says.
#[derive(Debug, Serialize)]
struct Claims<'a> {
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
    pub async fn run(self) -> Result<()> {
        let Self::Mint(mint) = self;
        let secret = secret(mint.aws_secret.as_deref()).await?;
        say(mint.token(secret.as_bytes())?);
        Ok(())
    }
}

impl Mint {
    fn token(&self, secret: &[u8]) -> Result<String> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
        let claims = Claims {
            iss: ISSUER,
            sub: &self.subject,
            iat: now,
            exp: now + self.lifetime,
            email: self.email.as_deref(),
            customer_id: self.customer.as_deref(),
        };
        Ok(encode(&Header::default(), &claims, &EncodingKey::from_secret(secret))?)
    }
}

async fn secret(name: Option<&str>) -> Result<String> {
    if let Some(name) = name {
        let client = aws_sdk_secretsmanager::Client::new(&account().await);
        let output = client.get_secret_value().secret_id(name).send().await;
        let output = output.map_err(refused)?;
        return output.secret_string.ok_or_else(|| format!("the secret {name} is no text").into());
    }
    match env::var(SECRET) {
        Ok(secret) if secret.is_empty() => Err(format!("{SECRET} is empty").into()),
        Ok(secret) => Ok(secret),
        Err(env::VarError::NotPresent) => Ok(LOCAL_SECRET.to_owned()),
        Err(error) => Err(format!("{SECRET}: {error}").into()),
    }
}
