//! `chinwag seed`: people, groups and conversations to look at. Run again it adds only what is missing.

mod story;

use std::collections::{BTreeMap, HashSet};

use indicatif::ProgressBar;
use serde_json::{Value, json};

use crate::auth::sign_in;
use crate::client::{Call, Client, segment};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::output;
use crate::people::text;
use crate::secret::Source;
use crate::send::Recipient;
use story::{CONVERSATIONS, Conversation, GROUPS, Group, PEOPLE};

/// The password of everybody on the local server, which nobody else reaches.
const LOCAL_PASSWORD: &str = "Correct-Horse-1";

#[derive(Debug, clap::Args)]
pub struct Seed {
    /// What the user names begin with.
    #[arg(long, default_value = "demo-")]
    prefix: String,
    #[command(flatten)]
    source: Source,
}

/// Somebody of the story, signed in.
struct Person {
    client: Client,
    id: String,
}

/// All of them, by their names in the story.
type Cast = BTreeMap<&'static str, Person>;

impl Seed {
    pub async fn run(self, context: &Context) -> Result<()> {
        let local = context.profile()?.is_loopback();
        let password = if local {
            LOCAL_PASSWORD.to_owned()
        } else {
            self.source.new_password("A password for all of them")?
        };
        let lines: usize = CONVERSATIONS.iter().map(|conversation| conversation.lines.len()).sum();
        let steps = PEOPLE.len() + GROUPS.len() + lines;
        let progress = output::progress(steps.try_into().unwrap_or_default(), "seeding")?;

        let cast = self.people(&context.anyone()?, &password, &progress).await?;
        let groups = groups(&cast, &progress).await?;
        let mut sent = 0;
        for conversation in CONVERSATIONS {
            sent += say(&cast, &groups, conversation, &progress).await?;
        }
        progress.finish_and_clear();
        let people: Vec<String> =
            PEOPLE.iter().map(|(name, _)| format!("{}{name}", self.prefix)).collect();
        let answer = json!({ "people": people, "groups": groups, "messagesSent": sent });
        context.output.answer(&answer, || {
            let password = if local {
                format!(", all with the password {LOCAL_PASSWORD}")
            } else {
                String::new()
            };
            format!("{} are there{password}; {sent} messages sent", people.join(", "))
        })
    }

    /// Registers who is not there yet, and signs everybody in.
    async fn people(
        &self,
        client: &Client,
        password: &str,
        progress: &ProgressBar,
    ) -> Result<Cast> {
        let mut cast = Cast::new();
        for (name, display_name) in PEOPLE {
            let username = format!("{}{name}", self.prefix);
            let body = json!({
                "username": username,
                "email": format!("{username}@example.com"),
                "password": password,
                "displayName": display_name,
            });
            let registered = client.call(Call::post("/v1/register", body)).await;
            match registered {
                Ok(answer) if answer["confirmed"] == false => {
                    return Err(Error::Failed(format!(
                        "{username} waits for a code by mail: this deployment cannot be seeded"
                    )));
                }
                Err(error) if error.status() != Some(409) => return Err(error),
                Ok(_) | Err(_) => {}
            }
            let tokens = sign_in(client, &username, password, |_| {
                Err(format!("{username} has a second factor").into())
            })
            .await?;
            let client = client.with_token(tokens.access_token());
            let id = text(&client.call(Call::get("/v1/users/me")).await?, "userId")?;
            cast.insert(name, Person { client, id });
            progress.inc(1);
        }
        Ok(cast)
    }
}

/// Makes the groups that are not there yet; their ids by name.
async fn groups(cast: &Cast, progress: &ProgressBar) -> Result<BTreeMap<&'static str, String>> {
    let mut ids = BTreeMap::new();
    for group in GROUPS {
        let owner = person(cast, group.owner)?;
        let mine = owner.client.pages("/v1/conversations", &[], "conversations").await?;
        let found = mine.iter().find(|conversation| conversation["name"] == group.name);
        let id = match found {
            Some(conversation) => text(conversation, "groupId")?,
            None => make(cast, group, owner).await?,
        };
        ids.insert(group.name, id);
        progress.inc(1);
    }
    Ok(ids)
}

async fn make(cast: &Cast, group: &Group, owner: &Person) -> Result<String> {
    let members: Result<Vec<&str>> =
        group.members.iter().map(|name| Ok(person(cast, name)?.id.as_str())).collect();
    let body = json!({
        "name": group.name,
        "memberIds": members?,
        "clientGroupId": format!("seed-{}", group.owner),
    });
    text(&owner.client.call(Call::post("/v1/groups", body).repeatable()).await?, "groupId")
}

/// Says what was not said yet, and tells how much that was. What was said is looked up, since ids are known for a day only.
async fn say(
    cast: &Cast,
    groups: &BTreeMap<&'static str, String>,
    conversation: &Conversation,
    progress: &ProgressBar,
) -> Result<usize> {
    let mut sent = 0;
    let said = said(cast, conversation).await?;
    for (index, (speaker, line)) in conversation.lines.iter().enumerate() {
        let speaker = person(cast, speaker)?;
        if !said.contains(&(speaker.id.clone(), (*line).to_owned())) {
            let recipient = match groups.get(conversation.with) {
                Some(group) => Recipient::Group(group.clone()),
                None => Recipient::Person(other(cast, conversation, speaker)?),
            };
            let id = format!("seed-{}-{}-{index}", conversation.begins, recipient_key(&recipient));
            let body = json!({ "body": line, "clientMessageId": id });
            speaker.client.call(recipient.call(body)).await?;
            sent += 1;
        }
        progress.inc(1);
    }
    Ok(sent)
}

/// Who said what.
async fn said(cast: &Cast, conversation: &Conversation) -> Result<HashSet<(String, String)>> {
    let reader = person(cast, conversation.begins)?;
    let peer = cast.get(conversation.with).map(|person| person.id.as_str());
    let mine = reader.client.pages("/v1/conversations", &[], "conversations").await?;
    let is_it = |found: &&Value| match peer {
        Some(id) => found["peerId"] == id,
        None => found["name"] == conversation.with,
    };
    let Some(found) = mine.iter().find(is_it) else { return Ok(HashSet::new()) };
    let id = segment(&text(found, "conversationId")?);
    let path = format!("/v1/conversations/{id}/messages?after=0&limit=100");
    let page = reader.client.call(Call::get(path)).await?;
    let entries = page["entries"].as_array().into_iter().flatten();
    let field = |entry: &Value, name: &str| entry[name].as_str().map(str::to_owned);
    Ok(entries
        .filter_map(|entry| Some((field(entry, "senderId")?, field(entry, "body")?)))
        .collect())
}

/// The one of the two who is not `speaker`.
fn other(cast: &Cast, conversation: &Conversation, speaker: &Person) -> Result<String> {
    let (one, another) = (person(cast, conversation.begins)?, person(cast, conversation.with)?);
    Ok(if one.id == speaker.id { another.id.clone() } else { one.id.clone() })
}

fn person<'a>(cast: &'a Cast, name: &str) -> Result<&'a Person> {
    cast.get(name).ok_or_else(|| format!("nobody in the story is called {name}").into())
}

/// Ids have at most 64 characters: of a person's or a group's id the end is enough.
fn recipient_key(recipient: &Recipient) -> &str {
    let (Recipient::Person(id) | Recipient::Group(id)) = recipient;
    id.get(id.len().saturating_sub(12)..).unwrap_or(id)
}
