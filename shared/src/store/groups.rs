//! Groups: groupId → the group, with its counts of members and owners. The index `open` (openTo · groupId) lists the
//! open ones.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use super::transaction::{Expression, Write};
use super::{
    BatchKeys, Consistency, Result, Store, from_item, from_items, key, number, one_more, page_of,
    text, to_item,
};
use crate::model::{Group, GroupId, Visibility};

const TABLE: &str = "Groups";
const OPEN: &str = "open";
const KEY: &str = "groupId";
/// The one partition of the index of open groups.
const EVERYONE: &str = "everyone";

/// The groups.
#[derive(Debug, Clone)]
pub struct Groups {
    store: Store,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    #[serde(flatten)]
    group: Group,
    members: i64,
    owners: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    open_to: Option<String>,
}

/// How many people a group has, or how that changes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Count {
    /// Members.
    pub members: i64,
    /// Owners among them.
    pub owners: i64,
}

impl Groups {
    /// Over `store`.
    #[must_use]
    pub fn new(store: Store) -> Self {
        Self { store }
    }

    /// The group, read strongly.
    ///
    /// # Errors
    /// When DynamoDB cannot be asked; so for all that follow.
    pub async fn get(&self, id: &GroupId) -> Result<Option<Group>> {
        let request = self.store.client.get_item().table_name(self.store.table(TABLE));
        let output = request.key(KEY, text(id)).consistent_read(true).send().await?;
        let row: Option<Row> = output.item.map(from_item).transpose()?;
        Ok(row.map(|row| row.group))
    }

    /// How many people a group has, read strongly; `None` where there is no such group.
    ///
    /// # Errors
    /// As [`Groups::get`].
    pub async fn count(&self, id: &GroupId) -> Result<Option<Count>> {
        let request = self.store.client.get_item().table_name(self.store.table(TABLE));
        let output = request.key(KEY, text(id)).consistent_read(true).send().await?;
        let row: Option<Row> = output.item.map(from_item).transpose()?;
        Ok(row.map(|Row { members, owners, .. }| Count { members, owners }))
    }

    /// Those of `ids` that exist, asked eventually first: only a strong read may say that there is none.
    ///
    /// # Errors
    /// As [`Groups::get`].
    pub async fn find_all(&self, ids: &[GroupId]) -> Result<Vec<Group>> {
        let mut groups = self.read_all(ids, Consistency::Eventual).await?;
        let found: HashSet<&GroupId> = groups.iter().map(|group| &group.group_id).collect();
        let missing: Vec<GroupId> = ids.iter().filter(|id| !found.contains(id)).cloned().collect();
        groups.extend(self.read_all(&missing, Consistency::Strong).await?);
        Ok(groups)
    }

    async fn read_all(&self, ids: &[GroupId], consistency: Consistency) -> Result<Vec<Group>> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let keys = ids.iter().map(|id| key([(KEY, text(id))])).collect();
        let rows =
            self.store.batch_get(vec![BatchKeys { table: TABLE, keys, consistency }]).await?;
        let rows: Vec<Row> = from_items(rows.into_values().flatten().collect())?;
        Ok(rows.into_iter().map(|row| row.group).collect())
    }

    /// `limit` open groups behind `after`, and the last of them where there may be more.
    ///
    /// # Errors
    /// As [`Groups::get`].
    pub async fn open(
        &self,
        after: Option<&GroupId>,
        limit: usize,
    ) -> Result<(Vec<Group>, Option<GroupId>)> {
        let start = after.map(|id| key([("openTo", text(EVERYONE)), (KEY, text(id))]));
        let request = self.store.client.query().table_name(self.store.table(TABLE));
        let output = request
            .index_name(OPEN)
            .key_condition_expression("openTo = :everyone")
            .expression_attribute_values(":everyone", text(EVERYONE))
            .limit(one_more(limit))
            .set_exclusive_start_key(start)
            .send()
            .await?;
        let cut_off = output.last_evaluated_key.is_some();
        let rows: Vec<Row> = from_items(output.items.unwrap_or_default())?;
        let groups: Vec<Group> = rows.into_iter().map(|row| row.group).collect();
        Ok(page_of(groups, limit, cut_off, |group| group.group_id.clone()))
    }

    /// A new group with as many people as `count` says, as part of a transaction.
    ///
    /// # Errors
    /// When it cannot be written as a row, which no group of ours is.
    pub fn create_write(&self, group: &Group, count: Count) -> Result<Write> {
        let open_to = open_to(group.visibility).map(str::to_owned);
        let Count { members, owners } = count;
        let row = Row { group: group.clone(), members, owners, open_to };
        Ok(Write::create(TABLE, to_item(&row)?, KEY))
    }

    /// Counts, as part of a transaction. Refused where the group would have more than [`Group::MAX_MEMBERS`] members
    /// or lose its last owner.
    #[must_use]
    pub fn count_write(&self, id: &GroupId, count: Count) -> Write {
        let change = Expression::new("ADD members :members, owners :owners")
            .with([(":members", number(count.members)), (":owners", number(count.owners))]);
        let (change, condition) = match count {
            Count { owners: ..0, .. } => (change.with([(":one", number(1))]), "owners > :one"),
            Count { members: 1.., .. } => {
                (change.with([(":most", number(Group::MAX_MEMBERS))]), "members < :most")
            }
            _ => (change, "attribute_exists(groupId)"),
        };
        Write::update(TABLE, key([(KEY, text(id))]), change, condition)
    }

    /// The group's name and visibility as they now are, as part of a transaction.
    #[must_use]
    pub fn update_write(&self, group: &Group) -> Write {
        let change = match open_to(group.visibility) {
            Some(everyone) => {
                Expression::new("SET #name = :name, visibility = :visibility, openTo = :everyone")
                    .with([(":everyone", text(everyone))])
            }
            None => Expression::new("SET #name = :name, visibility = :visibility REMOVE openTo"),
        };
        let change = change.naming("#name", "name").with([
            (":name", text(group.name.as_str())),
            (":visibility", text(group.visibility.as_str())),
        ]);
        Write::update(
            TABLE,
            key([(KEY, text(&group.group_id))]),
            change,
            "attribute_exists(groupId)",
        )
    }

    /// Deletes the group, as part of a transaction.
    #[must_use]
    pub fn delete_write(&self, id: &GroupId) -> Write {
        Write::delete(TABLE, key([(KEY, text(id))]))
    }
}

fn open_to(visibility: Visibility) -> Option<&'static str> {
    (visibility == Visibility::Open).then_some(EVERYONE)
}
