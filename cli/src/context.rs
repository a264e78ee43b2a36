//! What every command is told: which deployment, as whom, and how to print.

use crate::client::Client;
use crate::error::Result;
use crate::output::Output;
use crate::profiles::{self, Profile, Profiles};
use crate::session::{Session, Sessions};

/// Options that every command takes.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Everywhere")]
pub struct Common {
    /// The deployment, by the name of its profile; by default the one in use.
    #[arg(long, global = true, env = "CHINWAG_PROFILE", value_name = "NAME", value_parser = profiles::name)]
    profile: Option<String>,
    /// As whom; by default whoever signed in last.
    #[arg(long = "user", global = true, env = "CHINWAG_USER", value_name = "USER NAME")]
    acting_user: Option<String>,
    /// Print JSON, for a program to read.
    #[arg(long, global = true)]
    json: bool,
    /// No colours. They are also off where `NO_COLOR` is set, and where no terminal is.
    #[arg(long, global = true)]
    no_color: bool,
}

/// What every command is told.
pub struct Context {
    /// How it prints.
    pub output: Output,
    profile: Option<String>,
    user: Option<String>,
}

impl From<Common> for Context {
    fn from(common: Common) -> Self {
        if common.no_color {
            anstream::ColorChoice::Never.write_global();
        }
        Self { output: Output::new(common.json), profile: common.profile, user: common.acting_user }
    }
}

impl Context {
    /// The deployment that is meant.
    pub fn profile(&self) -> Result<Profile> {
        Profiles::load()?.find(self.profile.as_deref())
    }

    /// Who is meant, where that is said.
    pub fn user(&self) -> Option<&str> {
        self.user.as_deref()
    }

    /// Talks to the deployment as nobody.
    pub fn anyone(&self) -> Result<Client> {
        Client::new(&self.profile()?.url)
    }

    /// Everybody who is signed in there.
    pub fn sessions(&self) -> Result<Sessions> {
        let profile = self.profile()?;
        Sessions::new(&profile.name, &profile.url)
    }

    /// The session of who is meant.
    pub fn session(&self) -> Result<Session> {
        self.sessions()?.session(self.user())
    }

    /// Talks to the deployment as who is meant.
    pub fn account(&self) -> Result<Client> {
        Ok(self.anyone()?.with_session(self.session()?))
    }
}
