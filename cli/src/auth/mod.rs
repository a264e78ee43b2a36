//! `chinwag auth`.

mod login;

use clap::Subcommand;
use serde_json::json;

use crate::client::Call;
use crate::context::Context;
use crate::error::Result;
use crate::output::safe;
use crate::secret::Source;
use login::Login;
pub use login::sign_in;

/// Without a subcommand it signs in.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Auth {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    login: Login,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Signs in, and stays signed in.
    Login(Login),
    /// Signs out.
    Logout(Logout),
    /// Tells who is signed in.
    Whoami,
    /// Prints the access token, for other programs: it is good for minutes, and lets whoever has it in.
    Token,
    /// Confirms a registration with the code that came by mail.
    Confirm(Confirm),
}

#[derive(Debug, clap::Args)]
struct Logout {
    /// Everywhere, with all devices.
    #[arg(long)]
    all: bool,
}

#[derive(Debug, clap::Args)]
struct Confirm {
    /// Who registered.
    username: String,
    /// Have another code sent.
    #[arg(long)]
    resend: bool,
    #[command(flatten)]
    source: Source,
}

impl Auth {
    pub async fn run(self, context: &Context) -> Result<()> {
        match self.command {
            None => self.login.run(context).await,
            Some(Command::Login(login)) => login.run(context).await,
            Some(Command::Logout(logout)) => logout.run(context).await,
            Some(Command::Whoami) => whoami(context).await,
            Some(Command::Token) => token(context).await,
            Some(Command::Confirm(confirm)) => confirm.run(context).await,
        }
    }
}

impl Logout {
    /// A first request makes sure that the tokens are good: the refresh token that names the session is the last one.
    async fn run(self, context: &Context) -> Result<()> {
        let client = context.account()?;
        client.call(Call::get("/v1/users/me")).await?;
        let session = context.session()?;
        let body = if self.all {
            json!({})
        } else {
            json!({ "refreshToken": session.tokens().refresh_token() })
        };
        client.call(Call::post("/v1/sign-out", body).repeatable()).await?;
        let username = session.username();
        session.sessions().remove(username).await?;
        let words = || format!("{} is signed out", safe(username));
        context.output.answer(&json!({ "username": username }), words)
    }
}

impl Confirm {
    async fn run(self, context: &Context) -> Result<()> {
        let client = context.anyone()?;
        let answer = json!({ "username": self.username });
        if self.resend {
            client.call(Call::post("/v1/register/resend", answer.clone())).await?;
            return context.output.answer(&answer, || "another code is on its way".to_owned());
        }
        let code = self.source.visible("Code")?;
        let body = json!({ "username": self.username, "code": code.trim() });
        client.call(Call::post("/v1/register/confirm", body)).await?;
        context.output.answer(&answer, || {
            format!("{name} is confirmed. Sign in: chinwag auth login {name}", name = self.username)
        })
    }
}

async fn whoami(context: &Context) -> Result<()> {
    let me = context.account()?.call(Call::get("/v1/users/me")).await?;
    let profile = context.profile()?;
    let text = |name: &str| safe(me[name].as_str().unwrap_or_default()).into_owned();
    context.output.answer(&me, || {
        let (username, name, id) = (text("username"), text("displayName"), text("userId"));
        format!("{username} ({name}), {id}, at {} ({})", profile.name, profile.url)
    })
}

/// The token is asked for by its own name, and tried first, so that it is a good one.
async fn token(context: &Context) -> Result<()> {
    let client = context.account()?;
    client.call(Call::get("/v1/users/me")).await?;
    let token = context.session()?.access_token();
    context.output.answer(&json!({ "accessToken": token }), || token.clone())
}
