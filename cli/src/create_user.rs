//! `chinwag create-user`.

use serde_json::json;

use crate::client::Call;
use crate::context::Context;
use crate::error::Result;
use crate::secret::Source;

#[derive(Debug, clap::Args)]
pub struct CreateUser {
    /// What they sign in with: 3 to 32 of a-z 0-9 . _ -
    username: String,
    /// Their mail address, where codes go.
    #[arg(long)]
    email: String,
    /// What others see; by default the user name.
    #[arg(long, value_name = "NAME")]
    display_name: Option<String>,
    #[command(flatten)]
    source: Source,
}

impl CreateUser {
    pub async fn run(self, context: &Context) -> Result<()> {
        let client = context.anyone()?;
        let password = self.source.new_password("Password")?;
        let mut body =
            json!({ "username": self.username, "email": self.email, "password": password });
        if let Some(name) = self.display_name {
            body["displayName"] = name.into();
        }
        let answer = client.call(Call::post("/v1/register", body)).await?;
        context.output.answer(&answer, || {
            let name = answer["username"].as_str().unwrap_or(&self.username);
            if answer["confirmed"] == true {
                format!("{name} is registered. Sign in: chinwag auth login {name}")
            } else {
                format!(
                    "{name} is registered, and a code is on its way by mail: chinwag auth confirm {name}"
                )
            }
        })
    }
}
