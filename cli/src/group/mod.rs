//! `chinwag group`.

mod members;

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use crate::client::{Call, fresh_id, segment};
use crate::context::Context;
use crate::entries::clock;
use crate::error::Result;
use crate::output::{aside, safe};
use crate::people;
use crate::send::{Message, Recipient};
use members::{Add, Remove, SetRole};

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Makes a group, and you its owner.
    Create(Create),
    /// Lists your groups.
    List {
        /// List the open groups instead, which anybody may join.
        #[arg(long)]
        open: bool,
    },
    /// Shows a group.
    Show(Id),
    /// Gives a group another name.
    Rename {
        #[command(flatten)]
        id: Id,
        /// The name.
        name: String,
    },
    /// Deletes a group, for everybody.
    Delete(Id),
    /// Lists a group's members.
    Members(Id),
    /// Adds people to a group.
    Add(Add),
    /// Removes people from a group.
    Remove(Remove),
    /// Gives a member another role.
    Role(SetRole),
    /// Joins an open group.
    Join(Id),
    /// Leaves a group.
    Leave(Id),
    /// Sends a group a message.
    Send {
        #[command(flatten)]
        id: Id,
        #[command(flatten)]
        message: Message,
    },
}

/// Which group.
#[derive(Debug, Args)]
pub struct Id {
    /// The group's id; that of the public chat room is `lobby`.
    #[arg(value_name = "GROUP")]
    group: String,
}

#[derive(Debug, Args)]
pub struct Create {
    /// What it is called.
    name: String,
    /// Let anybody see and join it.
    #[arg(long)]
    open: bool,
    /// Its first members: user names or ids.
    #[arg(long = "member", value_name = "USER")]
    members: Vec<String>,
    /// Your own name for it: who makes it again under that name within a day makes nothing twice.
    #[arg(long, value_name = "ID")]
    client_group_id: Option<String>,
}

impl Id {
    /// A path below the group's own.
    fn path(&self, rest: &str) -> String {
        format!("/v1/groups/{}{rest}", segment(&self.group))
    }
}

impl Command {
    pub async fn run(self, context: &Context) -> Result<()> {
        match self {
            Self::Create(create) => create.run(context).await,
            Self::List { open: true } => list_open(context).await,
            Self::List { open: false } => list_own(context).await,
            Self::Show(id) => shown(context, Call::get(id.path(""))).await,
            Self::Rename { id, name } => {
                let call = Call::new(http::Method::PATCH, id.path(""));
                shown(context, call.body(json!({ "name": name }))).await
            }
            Self::Delete(id) => delete(context, &id).await,
            Self::Members(id) => members::list(context, &id).await,
            Self::Add(add) => add.run(context).await,
            Self::Remove(remove) => remove.run(context).await,
            Self::Role(role) => role.run(context).await,
            Self::Join(id) => members::join(context, &id).await,
            Self::Leave(id) => members::leave(context, &id).await,
            Self::Send { id, message } => {
                let client = context.account()?;
                message.send(context, &client, &Recipient::Group(id.group)).await
            }
        }
    }
}

impl Create {
    async fn run(self, context: &Context) -> Result<()> {
        let client = context.account()?;
        let body = json!({
            "name": self.name,
            "visibility": if self.open { "open" } else { "private" },
            "memberIds": people::ids_of(&client, &self.members).await?,
            "clientGroupId": self.client_group_id.unwrap_or_else(fresh_id),
        });
        shown(context, Call::post("/v1/groups", body).repeatable()).await
    }
}

/// Makes a request that answers a group, and prints it.
async fn shown(context: &Context, call: Call) -> Result<()> {
    let group = context.account()?.call(call).await?;
    context.output.answer(&group, || line(&group))
}

async fn delete(context: &Context, id: &Id) -> Result<()> {
    context.account()?.call(Call::delete(id.path(""))).await?;
    let words = || format!("{} is deleted", safe(&id.group));
    context.output.answer(&json!({ "groupId": id.group }), words)
}

async fn list_open(context: &Context) -> Result<()> {
    let client = context.account()?;
    let groups = client.pages("/v1/groups", &[("visibility", "open")], "groups").await?;
    context.output.answer(&json!({ "groups": groups }), || lines(&groups, line))
}

async fn list_own(context: &Context) -> Result<()> {
    let client = context.account()?;
    let mut groups = client.pages("/v1/conversations", &[], "conversations").await?;
    groups.retain(|conversation| conversation["kind"] == "group");
    context.output.answer(&json!({ "conversations": groups }), || {
        lines(&groups, |group| {
            let unread = group["unread"].as_u64().unwrap_or_default();
            let unread = if unread == 0 { String::new() } else { format!("  {unread} unread") };
            format!("{}  {}{}", text(group, "groupId"), text(group, "name"), aside(unread))
        })
    })
}

fn lines(items: &[Value], line: impl Fn(&Value) -> String) -> String {
    items.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn line(group: &Value) -> String {
    let since = clock(group["createdAt"].as_str().unwrap_or_default());
    let (id, name, visibility) =
        (text(group, "groupId"), text(group, "name"), text(group, "visibility"));
    format!("{id}  {name}  {}", aside(format!("{visibility}, since {since}")))
}

fn text(value: &Value, name: &str) -> String {
    safe(value[name].as_str().unwrap_or_default()).into_owned()
}
