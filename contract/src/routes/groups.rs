//! Groups and their members.

use add_member::Put;
use create_group::Create;
use group::Update;
use serde_json::{Value, json};
use shared::error::Error;
use shared::model::{Group, Visibility};
use shared::store::Member;

use crate::example;
use crate::operation::{Operation, Tag};
use crate::schemas::Schemas;

pub const TAG: Tag = Tag {
    name: "Groups",
    description: "Roles are `owner`, `admin` and `member`, in this order. The group `lobby` is a public chat room that is always there.",
};

pub fn operations() -> Vec<Operation> {
    vec![
        Operation::new("POST /v1/groups", "createGroup", "Make a group")
            .about("The caller is its owner.")
            .takes::<Create>(json!({ "name": "Chess club", "memberIds": [example::BOB] }))
            .answers::<Group>(201, "Made.", example::group())
            .answers::<Group>(200, "Made before with this `clientGroupId`.", example::group())
            .refuses([
                Error::Blocked,
                Error::NotFound("group"),
                Error::ClientIdReused("clientGroupId"),
            ]),
        Operation::new("GET /v1/groups", "listOpenGroups", "Groups that anyone may join")
            .query("visibility", "Which groups: private ones are not listed.", open, json!("open"))
            .pages::<Group>(
                "groups",
                "Open groups.",
                &{
                    let mut group = example::group();
                    group["visibility"] = json!("open");
                    group
                },
            ),
        Operation::new("GET /v1/groups/{groupId}", "getGroup", "A group")
            .about("Anyone may see an open one; a private one only its members.")
            .answers::<Group>(200, "The group.", example::group())
            .refuses([Error::NotAMember, Error::NotFound("group")]),
        Operation::new("PATCH /v1/groups/{groupId}", "updateGroup", "Rename a group, open or close it")
            .about("Its owners only.")
            .takes::<Update>(json!({ "name": "Chess and tea" }))
            .answers::<Group>(200, "The group as it is now.", example::group())
            .refuses([
                Error::Forbidden("only owners may do this"),
                Error::NotAMember,
                Error::NotFound("group"),
            ]),
        Operation::new("DELETE /v1/groups/{groupId}", "deleteGroup", "Delete a group")
            .about("Its owners only. Nothing of it stays.")
            .says(204, "Deleted.")
            .refuses([
                Error::Forbidden("only owners may do this"),
                Error::NotAMember,
                Error::NotFound("group"),
            ]),
        Operation::new("GET /v1/groups/{groupId}/members", "listMembers", "Who belongs to a group")
            .pages::<Member>("members", "Its members.", &example::member())
            .refuses([Error::NotAMember, Error::NotFound("group")]),
        Operation::new(
            "PUT /v1/groups/{groupId}/members/{userId}",
            "putMember",
            "Join, add somebody, or give a role",
        )
        .about(
            "Anyone may join an open group; admins add members; owners give roles; anyone may step down. Who is added \
             reads from then on.",
        )
        .takes::<Put>(json!({ "role": "admin" }))
        .answers::<Member>(201, "Added.", example::member())
        .answers::<Member>(200, "There already, with the role that was asked for.", example::member())
        .refuses([
            Error::Forbidden("only owners may give a role"),
            Error::NotAMember,
            Error::Blocked,
            Error::NotFound("group"),
            Error::LastOwner,
            Error::GroupFull,
        ]),
        Operation::new(
            "DELETE /v1/groups/{groupId}/members/{userId}",
            "removeMember",
            "Leave, or remove somebody",
        )
        .about("Anyone may leave; admins and owners remove those below their own rank.")
        .says(204, "Not a member any more.")
        .refuses([
            Error::Forbidden("only members of lower rank may be removed"),
            Error::NotAMember,
            Error::NotFound("member"),
            Error::LastOwner,
        ]),
        Operation::new("PUT /v1/lobby/admins/{userId}", "appointLobbyAdmin", "Appoint an admin of the lobby")
            .about("For the operator. Whoever is appointed becomes a member.")
            .says(204, "An admin, now or before.")
            .refuses([Error::NotFound("user"), Error::GroupFull]),
        Operation::new("DELETE /v1/lobby/admins/{userId}", "dismissLobbyAdmin", "Dismiss an admin of the lobby")
            .about("For the operator. Whoever is dismissed stays a member.")
            .says(204, "No admin, now or before.")
            .refuses([Error::NotFound("user")]),
    ]
}

fn open(_: &mut Schemas) -> Value {
    json!({ "type": "string", "enum": [Visibility::Open.as_str()] })
}
