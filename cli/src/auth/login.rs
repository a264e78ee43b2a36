//! `chinwag auth login`: a password, and whatever else the server wants to know.

use serde_json::{Value, json};

use crate::client::{Call, Client};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::output::{self, safe};
use crate::people::text;
use crate::secret::Source;
use crate::session::Tokens;

/// How many questions a sign-in may have: more than any does.
const MAX_CHALLENGES: usize = 8;

#[derive(Debug, clap::Args)]
pub struct Login {
    /// The user name; without it, it is asked for.
    username: Option<String>,
    #[command(flatten)]
    source: Source,
}

impl Login {
    pub async fn run(self, context: &Context) -> Result<()> {
        let client = context.anyone()?;
        let username = match self.username.or_else(|| context.user().map(str::to_owned)) {
            Some(username) => username,
            None => self.source.visible("User name")?,
        };
        let password = self.source.secret("Password")?;
        let tokens =
            sign_in(&client, &username, &password, |asked| answer(self.source, asked)).await?;
        let me = client.with_token(tokens.access_token()).call(Call::get("/v1/users/me")).await?;
        let username = text(&me, "username")?;
        context.sessions()?.add(&username, tokens).await?;
        context.output.answer(&me, || format!("{} is signed in", safe(&username)))
    }
}

/// Tokens for a password; `answer` gives what else is wanted.
pub async fn sign_in(
    client: &Client,
    username: &str,
    password: &str,
    answer: impl Fn(&Value) -> Result<String>,
) -> Result<Tokens> {
    let body = json!({ "username": username, "password": password });
    let mut asked = client.call(Call::post("/v1/authenticate", body)).await?;
    for _ in 0..MAX_CHALLENGES {
        if asked["challenge"].is_null() {
            return Tokens::read(asked);
        }
        let body = json!({
            "username": username,
            "challenge": asked["challenge"],
            "session": asked["session"],
            "answer": answer(&asked)?,
        });
        asked = client.call(Call::post("/v1/authenticate/challenge", body)).await?;
    }
    Err("the server asks for more and more".into())
}

/// What the person says to a challenge.
fn answer(source: Source, asked: &Value) -> Result<String> {
    match asked["challenge"].as_str().unwrap_or_default() {
        "NEW_PASSWORD_REQUIRED" => source.new_password("New password"),
        "SOFTWARE_TOKEN_MFA" => {
            source.visible("Code of your authenticator").map(|code| code.trim().to_owned())
        }
        "EMAIL_OTP" => source.visible("Code that came by mail").map(|code| code.trim().to_owned()),
        "MFA_SETUP" => {
            let (secret, uri) = (text(asked, "secret")?, text(asked, "otpauthUri")?);
            output::note("Set up an authenticator app first, with this secret, or as a link:");
            output::note(format!("  {}\n  {}", safe(&secret), safe(&uri)));
            source.visible("The first code that it shows").map(|code| code.trim().to_owned())
        }
        "SELECT_MFA_TYPE" => {
            let options: Vec<&str> = asked["options"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .collect();
            source
                .visible(&format!("One of {}", safe(&options.join(", "))))
                .map(|code| code.trim().to_owned())
        }
        other => Err(Error::Failed(format!(
            "the server asks for {}, which this version does not know",
            safe(other)
        ))),
    }
}
