//! The transaction that makes a group: its row, the first entry of its log, its members, and the client's id for it.

use shared::app::App;
use shared::error::{Error, Result};
use shared::log::{Retry, content_hash};
use shared::model::{
    ClientId, Content, ConversationId, Entry, EntryId, Group, GroupId, Membership, Name, Role, Seq,
    Streak, Timestamp, UserId, Visibility,
};
use shared::store::{Claim, Count, Transacted, Write};

/// A group that somebody wants to make.
#[derive(Debug)]
pub(super) struct Creation {
    pub creator: UserId,
    pub name: Name,
    pub visibility: Visibility,
    /// The first members besides the creator, sorted, each once.
    pub members: Vec<UserId>,
    pub client_group_id: Option<ClientId>,
}

/// A group that was made.
#[derive(Debug)]
pub(super) enum Created {
    /// By this request.
    Now(Group),
    /// By an earlier one with the same `clientGroupId`.
    Before(Group),
}

impl Creation {
    /// The group that an earlier request with the same `clientGroupId` made.
    pub async fn earlier(&self, app: &App) -> Result<Option<Group>> {
        let Some(client_id) = &self.client_group_id else { return Ok(None) };
        match app.sent_ids.of_group(&self.creator, client_id).await? {
            Some(claim) => self.made_by(app, &claim).await.map(Some),
            None => Ok(None),
        }
    }

    /// Makes the group.
    pub async fn carry_out(&self, app: &App) -> Result<Created> {
        let group = self.group();
        let claim = self.claim(&group.conversation_id);
        let mut retry = Retry::start();
        loop {
            match app.store.transact(self.writes(app, &group, claim.as_ref())?).await? {
                Transacted::Done => return Ok(Created::Now(group)),
                Transacted::Conflict => retry.after_conflict().await?,
                Transacted::Refused(_) => {
                    let earlier = self.earlier(app).await?;
                    let earlier = earlier.ok_or(Error::Unavailable)?;
                    return Ok(Created::Before(earlier));
                }
            }
        }
    }

    fn writes(&self, app: &App, group: &Group, claim: Option<&Claim>) -> Result<Vec<Write>> {
        let members = i64::try_from(self.members.len() + 1).unwrap_or(i64::MAX);
        let mut writes = vec![
            app.messages.append_write(&self.first_entry(group))?,
            app.groups.create_write(group, Count { members, owners: 1 })?,
            app.memberships.put_write(&membership(group, &self.creator, Role::Owner))?,
        ];
        for member in &self.members {
            writes.push(app.memberships.put_write(&membership(group, member, Role::Member))?);
        }
        if let Some(claim) = claim {
            writes.push(app.sent_ids.claim_write(claim)?);
        }
        Ok(writes)
    }

    fn group(&self) -> Group {
        let group_id = GroupId::generate();
        Group {
            conversation_id: ConversationId::Group(group_id.clone()),
            group_id,
            name: self.name.clone(),
            visibility: self.visibility,
            created_at: Timestamp::now(),
            created_by: self.creator.clone(),
        }
    }

    fn first_entry(&self, group: &Group) -> Entry {
        let mut member_ids = vec![self.creator.clone()];
        member_ids.extend(self.members.iter().cloned());
        Entry {
            conversation_id: group.conversation_id.clone(),
            seq: Seq::FIRST,
            entry_id: EntryId::generate(),
            actor_id: self.creator.clone(),
            created_at: group.created_at,
            author_id: None,
            waited_millis: None,
            streak: Streak::behind(None, &self.creator, group.created_at, false),
            content: Content::GroupCreated {
                name: group.name.clone(),
                visibility: group.visibility,
                member_ids,
            },
        }
    }

    fn claim(&self, conversation: &ConversationId) -> Option<Claim> {
        let client_id = self.client_group_id.as_ref()?;
        let (creator, conversation) = (self.creator.clone(), conversation.clone());
        Some(Claim::of_group(creator, client_id, conversation, self.hash()))
    }

    /// The group that `claim` stands for, if it was made of the same.
    async fn made_by(&self, app: &App, claim: &Claim) -> Result<Group> {
        if claim.content_hash != self.hash() {
            return Err(Error::ClientIdReused("clientGroupId"));
        }
        let group = claim.conversation_id.group().ok_or(Error::NotFound("group"))?;
        app.groups.get(group).await?.ok_or(Error::NotFound("group"))
    }

    fn hash(&self) -> String {
        let mut parts = vec![self.name.as_str().to_owned(), self.visibility.as_str().to_owned()];
        parts.extend(self.members.iter().map(ToString::to_string));
        content_hash(&parts)
    }
}

fn membership(group: &Group, user: &UserId, role: Role) -> Membership {
    let conversation = group.conversation_id.clone();
    Membership::of_group(user.clone(), conversation, role, Seq::FIRST, group.created_at)
}
