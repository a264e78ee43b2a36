//! A group's log, read from its beginning: who was what at each entry, and whether each was allowed to do what they
//! did.

use std::collections::BTreeMap;

use serde_json::Value;

use super::tables::Tables;

/// What a member may do; the later, the more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    Member,
    Admin,
    Owner,
}

/// Who is what in a group.
pub type Roles = BTreeMap<String, Role>;

impl Role {
    pub fn parse(text: &str) -> Self {
        match text {
            "owner" => Self::Owner,
            "admin" => Self::Admin,
            "member" => Self::Member,
            other => panic!("{other} is no role"),
        }
    }
}

/// Applies `entry` to the roles before it.
///
/// # Errors
/// When its actor was not allowed to do it, or when it leaves the group without an owner.
pub fn apply(roles: &mut Roles, entry: &Value) -> Result<(), String> {
    let text = |name: &str| entry[name].as_str().unwrap_or_default().to_owned();
    let (actor, target) = (text("actorId"), text("target"));
    let (mine, theirs) = (roles.get(&actor).copied(), roles.get(&target).copied());
    let allowed = match text("type").as_str() {
        "groupCreated" => {
            let members = entry["memberIds"].as_array().into_iter().flatten();
            let members = members.filter_map(Value::as_str);
            roles.extend(members.map(|member| (member.to_owned(), Role::Member)));
            roles.insert(actor, Role::Owner).is_some()
        }
        "memberAdded" => {
            let role = Role::parse(&text("role"));
            let joins = actor == target && role == Role::Member;
            let adds = mine >= Some(Role::Admin);
            let gives = role == Role::Member || mine == Some(Role::Owner);
            roles.insert(target, role);
            theirs.is_none() && (joins || adds && gives)
        }
        "memberRemoved" => {
            roles.remove(&target);
            let removes = mine >= Some(Role::Admin) && theirs < mine;
            theirs.is_some() && (actor == target || removes)
        }
        "roleChanged" => {
            let role = Role::parse(&text("role"));
            roles.insert(target.clone(), role);
            let steps_down = actor == target && Some(role) < mine;
            let changes = actor != target && mine == Some(Role::Owner);
            theirs.is_some() && theirs != Some(role) && (steps_down || changes)
        }
        "groupUpdated" | "groupDeleted" => mine == Some(Role::Owner),
        // Who may write was read before; edits and deletions are looked at where the messages are.
        "message" | "edited" | "deleted" => true,
        other => panic!("{other} is no type of entry"),
    };
    if !allowed {
        return Err(format!("{mine:?} may not do this to {theirs:?}: {entry}"));
    }
    if !roles.values().any(|role| *role == Role::Owner) {
        return Err(format!("no owner is left after {entry}"));
    }
    Ok(())
}

/// Who is what at the end of `log`.
///
/// # Panics
/// When somebody did what they were not allowed to do, or no owner was left.
pub fn replay(log: &[Value]) -> Roles {
    let mut roles = Roles::new();
    for entry in log {
        apply(&mut roles, entry).unwrap_or_else(|wrong| panic!("{wrong}\nin {log:#?}"));
    }
    roles
}

/// Checks that a group's log holds, and that its members and its counts are what the log says.
pub async fn assert_holds(tables: &Tables, group: &str, conversation: &str) -> Roles {
    let log = tables.log(conversation).await;
    tests::assert_dense(&log, 1);
    let roles = replay(&log);
    let role = |row: &Value| Role::parse(row["role"].as_str().expect("a role"));
    let member = |row: &Value| (row["userId"].as_str().expect("a user").to_owned(), role(row));
    let members: Roles = tables.members(conversation).await.iter().map(member).collect();
    assert_eq!(members, roles, "the members are not what the log says: {log:#?}");

    let row = tables.get("Groups", &serde_json::json!({ "groupId": group })).await.expect("a row");
    let owners = roles.values().filter(|role| **role == Role::Owner).count();
    let counts = (row["members"].as_u64(), row["owners"].as_u64());
    assert_eq!(counts, (Some(roles.len() as u64), Some(owners as u64)), "the counts of {row}");
    roles
}
