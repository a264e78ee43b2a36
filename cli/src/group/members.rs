//! Members of groups.

use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use super::{Id, text};
use crate::client::{Call, Client, segment};
use crate::context::Context;
use crate::error::Result;
use crate::output::{aside, name, safe};
use crate::people::{self, Names};

#[derive(Debug, Args)]
pub struct Add {
    #[command(flatten)]
    id: Id,
    /// User names or ids.
    #[arg(required = true, value_name = "USER")]
    users: Vec<String>,
    /// As what; by default as members.
    #[arg(long)]
    role: Option<Role>,
}

#[derive(Debug, Args)]
pub struct Remove {
    #[command(flatten)]
    id: Id,
    /// User names or ids.
    #[arg(required = true, value_name = "USER")]
    users: Vec<String>,
}

#[derive(Debug, Args)]
pub struct SetRole {
    #[command(flatten)]
    id: Id,
    /// A user name or an id.
    user: String,
    /// The role.
    role: Role,
}

/// What a member may do.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Role {
    /// Everything.
    Owner,
    /// Adds and removes members.
    Admin,
    /// Reads and writes.
    Member,
}

impl Role {
    fn as_str(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Admin => "admin",
            Self::Member => "member",
        }
    }
}

impl Id {
    fn member(&self, user_id: &str) -> String {
        self.path(&format!("/members/{}", segment(user_id)))
    }
}

impl Add {
    pub async fn run(self, context: &Context) -> Result<()> {
        let client = context.account()?;
        let mut members = Vec::new();
        for id in people::ids_of(&client, &self.users).await? {
            members.push(put(&client, &self.id, &id, self.role).await?);
        }
        let words = || format!("{} added", safe(&self.users.join(", ")));
        context.output.answer(&json!({ "members": members }), words)
    }
}

impl Remove {
    pub async fn run(self, context: &Context) -> Result<()> {
        let client = context.account()?;
        let ids = people::ids_of(&client, &self.users).await?;
        for id in &ids {
            client.call(Call::delete(self.id.member(id))).await?;
        }
        let words = || format!("{} removed", safe(&self.users.join(", ")));
        context.output.answer(&json!({ "userIds": ids }), words)
    }
}

impl SetRole {
    pub async fn run(self, context: &Context) -> Result<()> {
        let client = context.account()?;
        let id = people::id_of(&client, &self.user).await?;
        let member = put(&client, &self.id, &id, Some(self.role)).await?;
        let role = self.role.as_str();
        context.output.answer(&member, || format!("{} is {role} now", safe(&self.user)))
    }
}

/// Adds the one who asks.
pub async fn join(context: &Context, id: &Id) -> Result<()> {
    let client = context.account()?;
    let member = put(&client, id, &own_id(&client).await?, None).await?;
    context.output.answer(&member, || format!("you are in {}", safe(&id.group)))
}

/// Removes the one who asks.
pub async fn leave(context: &Context, id: &Id) -> Result<()> {
    let client = context.account()?;
    client.call(Call::delete(id.member(&own_id(&client).await?))).await?;
    let words = || format!("you have left {}", safe(&id.group));
    context.output.answer(&json!({ "groupId": id.group }), words)
}

/// Prints all members.
pub async fn list(context: &Context, id: &Id) -> Result<()> {
    let client = context.account()?;
    let members = client.pages(&id.path("/members"), &[], "members").await?;
    let (mut names, mut lines) = (Names::new(&client), Vec::new());
    if !context.output.is_json() {
        for member in &members {
            let who = names.of(member["userId"].as_str().unwrap_or_default()).await;
            lines.push(format!("{} {}", name(&who), aside(text(member, "role"))));
        }
    }
    context.output.answer(&json!({ "members": members }), || lines.join("\n"))
}

async fn put(client: &Client, id: &Id, user_id: &str, role: Option<Role>) -> Result<Value> {
    let call = Call::put(id.member(user_id));
    let call = match role {
        Some(role) => call.body(json!({ "role": role.as_str() })),
        None => call,
    };
    client.call(call).await
}

async fn own_id(client: &Client) -> Result<String> {
    people::text(&client.call(Call::get("/v1/users/me")).await?, "userId")
}
