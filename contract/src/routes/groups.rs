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
        Operation::new("POST /v1/groups", "createGroup", "Create a group")
            .about(
                "The caller is its owner. At most 90 first members; a group has at most 10,000. With a `clientGroupId` it is \
                 created once, however often this is repeated within 24 hours; 404 where it was deleted since.",
            )
            .takes::<Create>(json!({ "name": "Chess club", "memberIds": [example::BOB] }))
            .answers::<Group>(201, "Created.", example::group())
            .answers::<Group>(200, "Created before with this `clientGroupId`.", example::group())
            .refuses([
                Error::Blocked,
                Error::NotFound("group"),
                Error::ClientIdReused("clientGroupId"),
            ]),
        Operation::new("GET /v1/groups", "listOpenGroups", "List open groups")
            .about("Those that anyone may join.")
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
        Operation::new("GET /v1/groups/{groupId}", "getGroup", "Get a group")
            .about("Anyone may see an open one; a private one only its members.")
            .answers::<Group>(200, "The group.", example::group())
            .refuses([Error::NotAMember, Error::NotFound("group")]),
        Operation::new("PATCH /v1/groups/{groupId}", "updateGroup", "Rename a group, or change its visibility")
            .about("Its owners only.")
            .takes::<Update>(json!({ "name": "Chess and tea" }))
            .answers::<Group>(200, "The group as it is now.", {
                let mut group = example::group();
                group["name"] = json!("Chess and tea");
                group
            })
            .refuses([
                Error::Forbidden("only owners may do this"),
                Error::NotAMember,
                Error::NotFound("group"),
            ]),
        Operation::new("DELETE /v1/groups/{groupId}", "deleteGroup", "Delete a group")
            .about("Its owners only. Nothing of it stays. 503 while a large one is being deleted: repeat it.")
            .says(204, "Deleted.")
            .refuses([
                Error::Forbidden("only owners may do this"),
                Error::NotAMember,
                Error::NotFound("group"),
            ]),
        Operation::new("GET /v1/groups/{groupId}/members", "listMembers", "List a group's members")
            .about("For members only.")
            .pages::<Member>("members", "Its members.", &example::member())
            .refuses([Error::NotAMember, Error::NotFound("group")]),
        Operation::new(
            "PUT /v1/groups/{groupId}/members/{userId}",
            "putMember",
            "Join a group, add a member, or change a role",
        )
        .about(
            "Anyone may join an open group; admins and owners add members; owners change roles; anyone may step down. A new \
             member reads from the moment of joining on. Who was removed by another cannot come back by themself: 403 \
             `forbidden` until an admin adds them. A group has at most 10,000 members.",
        )
        .takes::<Put>(json!({ "role": "admin" }))
        .answers::<Member>(201, "Added.", example::admin())
        .answers::<Member>(200, "A member already, now with the role that was asked for.", example::admin())
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
            "Leave a group, or remove a member",
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
            .says(204, "Is an admin, now or already before.")
            .refuses([Error::NotFound("user"), Error::GroupFull]),
        Operation::new("DELETE /v1/lobby/admins/{userId}", "dismissLobbyAdmin", "Dismiss an admin of the lobby")
            .about("For the operator. Whoever is dismissed stays a member.")
            .says(204, "Is no admin, now or already before.")
            .refuses([Error::NotFound("user")]),
    ]
}

fn open(_: &mut Schemas) -> Value {
    json!({ "type": "string", "enum": [Visibility::Open.as_str()] })
}
