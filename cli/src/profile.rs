//! `chinwag profile`.

use serde_json::{Value, json};

use crate::context::Context;
use crate::error::Result;
use crate::profiles::{self, Profile, Profiles};
use crate::session::Sessions;

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Adds a deployment, or gives its profile another URL.
    Add(Add),
    /// Lists all profiles; the one in use has a star.
    List,
    /// Puts a profile into use.
    Use {
        /// Its name.
        #[arg(value_parser = profiles::name)]
        name: String,
    },
    /// Forgets a profile, and who was signed in there.
    Remove {
        /// Its name.
        #[arg(value_parser = profiles::name)]
        name: String,
    },
}

#[derive(Debug, clap::Args)]
pub struct Add {
    /// What to call it.
    #[arg(value_parser = profiles::name)]
    name: String,
    /// Where it is: the output `api_url` of a deployment.
    url: String,
    /// Take a URL that is not encrypted and not on this machine.
    #[arg(long)]
    allow_http: bool,
}

impl Command {
    pub async fn run(self, context: &Context) -> Result<()> {
        match self {
            Self::Add(add) => add.run(context).await,
            Self::List => list(context),
            Self::Use { name } => {
                let profile = Profiles::change(|profiles| profiles.select(&name)).await?;
                told(context, &profile, "is in use")
            }
            Self::Remove { name } => {
                let profile = Profiles::change(|profiles| profiles.remove(&name)).await?;
                Sessions::new(&profile.name, &profile.url)?.clear().await?;
                told(context, &profile, "is forgotten")
            }
        }
    }
}

impl Add {
    async fn run(self, context: &Context) -> Result<()> {
        let url = profiles::base_url(&self.url, self.allow_http)?;
        let profile = Profiles::change(|profiles| {
            profiles.add(&self.name, url);
            profiles.find(Some(&self.name))
        })
        .await?;
        told(context, &profile, "is added")
    }
}

fn list(context: &Context) -> Result<()> {
    let profiles = Profiles::load()?;
    let current = profiles.current();
    let all: Vec<Value> = profiles
        .all()
        .into_iter()
        .map(
            |Profile { name, url }| json!({ "current": name == current, "name": name, "url": url }),
        )
        .collect();
    context.output.answer(&json!({ "profiles": all }), || {
        let lines: Vec<String> = profiles
            .all()
            .iter()
            .map(|profile| {
                let star = if profile.name == current { '*' } else { ' ' };
                format!("{star} {}  {}", profile.name, profile.url)
            })
            .collect();
        lines.join("\n")
    })
}

fn told(context: &Context, profile: &Profile, words: &str) -> Result<()> {
    let answer = json!({ "name": profile.name, "url": profile.url });
    context.output.answer(&answer, || format!("{} {words} ({})", profile.name, profile.url))
}
