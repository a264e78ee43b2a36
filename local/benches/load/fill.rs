//! Data by the hundred thousand, written into the database of a server that does not run.

use std::path::Path;

use dynoxide::{Database, ImportOptions};
use serde::Serialize;
use shared::model::{
    Content, ConversationId, Entry, EntryId, Group, GroupId, Membership, Message, Role, Seq,
    Streak, Timestamp, UserId, Visibility,
};

use crate::Result;
use crate::people::Person;

/// A group and how many members it has.
pub type GroupOf = (GroupId, usize);
/// A conversation and how many entries it has.
pub type LogOf = (ConversationId, usize);

/// Groups of the given sizes that `owner` owns; everybody else in them exists only there.
pub fn groups_of(data: &Path, owner: &Person, sizes: &[usize]) -> Result<Vec<GroupOf>> {
    let tables = Tables::open(data)?;
    sizes.iter().map(|size| Ok((tables.group(&owner.id.parse()?, *size)?, *size))).collect()
}

/// Direct conversations of `reader`, each with another person, of the given lengths. `peer` is the first of those.
pub fn logs_of(data: &Path, reader: &Person, peer: &Person, sizes: &[usize]) -> Result<Vec<LogOf>> {
    let tables = Tables::open(data)?;
    let reader: UserId = reader.id.parse()?;
    let peer: UserId = peer.id.parse()?;
    sizes
        .iter()
        .map(|size| {
            let group = tables.group(&reader, 2)?;
            let conversation = ConversationId::Group(group);
            tables.log(&conversation, &peer, 2, *size)?;
            Ok((conversation, *size))
        })
        .collect()
}

/// `count` messages in logs of a thousand each.
pub fn messages(data: &Path, count: usize) -> Result<()> {
    let tables = Tables::open(data)?;
    for _ in 0..count / 1_000 {
        let owner = new_user()?;
        let conversation = ConversationId::Group(tables.group(&owner, 2)?);
        tables.log(&conversation, &owner, 2, 1_000)?;
    }
    Ok(())
}

/// How many sockets each row of Connections names. Every row must have an end.
pub fn sockets_of(data: &Path) -> Result<Vec<usize>> {
    let tables = Tables::open(data)?;
    let request = serde_json::json!({ "TableName": "Connections" });
    let rows = tables.0.scan(serde_json::from_value(request)?)?.items.unwrap_or_default();
    let sockets = rows.iter().map(|row| {
        let ends = row.contains_key("expiresAt").then(|| row.len() - 2);
        ends.ok_or_else(|| "a row has no end".into())
    });
    sockets.collect()
}

struct Tables(Database);

impl Tables {
    fn open(data: &Path) -> Result<Self> {
        let file = data.join("chinwag.sqlite");
        let database = Database::new(file.to_str().ok_or("the path is no UTF-8")?)?;
        database.enable_bulk_loading()?;
        Ok(Self(database))
    }

    /// Writes rows with the attributes of `rows` as they are in JSON.
    fn put(&self, table: &str, rows: &[impl Serialize]) -> Result<()> {
        let items: Result<Vec<_>> = rows
            .iter()
            .map(|row| {
                let item: serde_dynamo::Item = serde_dynamo::to_item(row)?;
                Ok(serde_json::from_value(serde_json::to_value(item)?)?)
            })
            .collect();
        self.0.import_items(table, items?, ImportOptions::default())?;
        Ok(())
    }

    fn group(&self, owner: &UserId, size: usize) -> Result<GroupId> {
        let group_id = GroupId::generate();
        let conversation_id = ConversationId::Group(group_id.clone());
        let now = Timestamp::now();
        let group = Group {
            group_id: group_id.clone(),
            conversation_id: conversation_id.clone(),
            name: "Everybody".parse()?,
            visibility: Visibility::Private,
            created_at: now,
            created_by: owner.clone(),
        };
        let mut row = serde_json::to_value(&group)?;
        row["members"] = size.into();
        row["owners"] = 1.into();
        self.put("Groups", &[row])?;
        let part =
            |user, role| Membership::of_group(user, conversation_id.clone(), role, Seq::FIRST, now);
        let mut parts = vec![part(owner.clone(), Role::Owner)];
        for _ in 1..size {
            parts.push(part(new_user()?, Role::Member));
        }
        self.put("GroupMemberships", &parts)?;
        let created = Content::GroupCreated {
            name: group.name,
            visibility: group.visibility,
            member_ids: vec![owner.clone()],
        };
        self.put("Messages", &[entry(&conversation_id, owner, Seq::FIRST, created)])?;
        Ok(group_id)
    }

    /// Entries `from` to `to` of a log.
    fn log(
        &self,
        conversation: &ConversationId,
        sender: &UserId,
        from: usize,
        to: usize,
    ) -> Result<()> {
        let mut seq = Seq::FIRST;
        let mut rows = Vec::new();
        for number in from..=to {
            seq = seq.next();
            let message = Message {
                body: Some("so it goes".parse()?),
                reply_to: None,
                client_message_id: None,
                edited_at: None,
                deleted_at: None,
            };
            rows.push(entry(conversation, sender, seq, Content::Message(message)));
            if rows.len() == 10_000 || number == to {
                self.put("Messages", &rows)?;
                rows.clear();
            }
        }
        Ok(())
    }
}

impl Drop for Tables {
    fn drop(&mut self) {
        let _ = self.0.disable_bulk_loading();
    }
}

fn entry(conversation: &ConversationId, actor: &UserId, seq: Seq, content: Content) -> Entry {
    let now = Timestamp::now();
    Entry {
        conversation_id: conversation.clone(),
        seq,
        entry_id: EntryId::generate(),
        actor_id: actor.clone(),
        created_at: now,
        author_id: None,
        waited_millis: None,
        streak: Streak::behind(None, actor, now, false),
        content,
    }
}

fn new_user() -> Result<UserId> {
    Ok(uuid::Uuid::new_v4().to_string().parse()?)
}
